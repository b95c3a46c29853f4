//! Adds up table entries for 128 people at once, and says who stays within a limit: the inner loop of every scan.
//!
//! All `unsafe` of the crate is in this file. There is one algorithm, [`Sums`], written over a trait of ten operations on
//! bytes; each processor form implements these in one line each. What is unsafe about them is only that the processor must
//! know the instructions, which [`Kernel::detect`] asks it, and that a load must stay inside its array, which the array
//! types say. [`Portable`] implements the same operations in plain Rust, and the tests compare all forms bit by bit.
#![allow(unsafe_code, reason = "vector instructions; see the module's documentation")]
#![allow(
    clippy::needless_range_loop,
    reason = "closures and zips are not inlined into functions with other instructions"
)]

pub(crate) use super::columns::{BLOCK, Columns, TILE};

/// A table that is looked up by a code below 16.
pub(crate) type Table16 = [u8; 16];

/// The highest sum that a [`Op::Sum`] tells apart; the next code stands for people without a value.
pub(crate) const MOST_SUM: u8 = 30;

/// One step of a program: what it adds to a person depends on the person's codes. All additions saturate at 255.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op<'a> {
    /// The entry of a table at the code in a column; codes are below 16.
    Lookup { column: u32, table: Table16 },
    /// The same for codes below 32.
    WideLookup { column: u32, low: Table16, high: Table16 },
    /// One of three values: for the code itself, for any other, and for 255, which stands for no value.
    Compare { column: u32, code: u8, same: u8, other: u8, missing: u8 },
    /// Adds entries of small tables over several columns, at most [`MOST_SUM`], and looks up what the sum is worth.
    /// In the column of missing values, [`MISSING_SUM`] takes the place of the sum and 0 leaves it.
    Sum { terms: &'a [Term], tables: &'a [Table16], missing: Option<u32>, low: Table16, high: Table16 },
    /// The same for sums that are [`MOST_SHORT_SUM`] at most; one more stands for people without a value.
    ShortSum { terms: &'a [Term], tables: &'a [Table16], missing: Option<u32>, table: Table16 },
    /// Leaves the tile when everybody in it is beyond the limit already.
    Check,
}

/// The highest sum of an [`Op::ShortSum`].
pub(crate) const MOST_SHORT_SUM: u8 = 14;

/// What stands for the sum of somebody without a value.
pub(crate) const MISSING_SUM: u8 = MOST_SUM + 1;

/// A column of a sum, and which of the sum's tables it is looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub column: u32,
    pub table: u32,
}

/// Which instructions a scan is made of. All give the same answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// The widest that this processor knows.
    pub fn detect() -> Self {
        Self::known().last().copied().unwrap_or(Self::Portable)
    }

    /// All that this processor knows, from narrow to wide.
    pub fn known() -> &'static [Self] {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                return &[Self::Portable, Self::Avx2, Self::Avx512];
            }
            if is_x86_feature_detected!("avx2") {
                return &[Self::Portable, Self::Avx2];
            }
        }
        &[Self::Portable]
    }

    /// Runs a program over some tiles, and appends those whose sum is at most the limit, in order. The sum begins with
    /// what `start` says of each person; a limit of 255 would let everybody in.
    pub fn scan(self, program: Program, columns: &Columns, tiles: &[u32], hits: &mut Vec<Hit>) {
        assert!(program.steps.columns == columns.width(), "the steps are not for these columns");
        assert!(tiles.iter().all(|&tile| (tile as usize) < columns.tiles()), "a tile that there is not");
        match self {
            // SAFETY: plain Rust on every processor; columns and tiles were checked.
            Self::Portable => unsafe { scan::<Portable, { TILE / Portable::WIDTH }>(program, columns, tiles, hits) },
            // SAFETY: `detect` and `known` give these forms only where the processor has the instructions; columns and
            // tiles were checked.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::scan_avx2(program, columns, tiles, hits) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::scan_avx512(program, columns, tiles, hits) },
        }
    }
}

/// What to add up, and up to where it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program<'p> {
    pub steps: &'p Steps<'p>,
    /// How many of the first steps to leave out.
    pub skip: usize,
    /// Where the sums begin, by tile.
    pub start: &'p [[u8; TILE]],
    /// The largest sum that counts.
    pub limit: u8,
}

/// Steps that are known to fit some columns.
#[derive(Debug, Default)]
pub(crate) struct Steps<'a> {
    ops: Vec<Op<'a>>,
    columns: usize,
}

impl<'a> Steps<'a> {
    /// Steps over these columns.
    ///
    /// # Panics
    /// If a step names a column or a table that there is not.
    pub fn over(columns: &Columns, ops: impl IntoIterator<Item = Op<'a>>) -> Self {
        let mut steps = Self::default();
        steps.set(ops, columns);
        steps
    }

    /// Takes the place of what was here before.
    ///
    /// # Panics
    /// If a step names a column or a table that there is not.
    pub fn set(&mut self, ops: impl IntoIterator<Item = Op<'a>>, columns: &Columns) {
        self.ops.clear();
        self.ops.extend(ops);
        assert!(has_all(columns, &self.ops), "a step names a column that there is not");
        self.columns = columns.width();
    }
}

/// Whether all columns of some steps are there, which their loads rely on.
fn has_all(columns: &Columns, ops: &[Op]) -> bool {
    let has = |column: u32| (column as usize) < columns.width();
    ops.iter().all(|op| match op {
        Op::Lookup { column, .. } | Op::WideLookup { column, .. } | Op::Compare { column, .. } => has(*column),
        Op::Sum { terms, tables, missing, .. } | Op::ShortSum { terms, tables, missing, .. } => {
            let sound = |term: &Term| has(term.column) && (term.table as usize) < tables.len();
            terms.iter().all(sound) && missing.is_none_or(has)
        }
        Op::Check => true,
    })
}

/// Somebody within the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub position: u32,
    pub sum: u8,
}

/// Bytes side by side in a register.
trait Lanes: Copy {
    /// How many, at most a tile.
    const WIDTH: usize;
    /// Reads a part of a tile.
    unsafe fn load(tile: &[u8; TILE], part: usize) -> Self;
    /// Writes them to the beginning of a tile.
    unsafe fn store(self, tile: &mut [u8; TILE]);
    unsafe fn splat(byte: u8) -> Self;
    /// The table in every 16 lanes.
    unsafe fn table(table: &Table16) -> Self;
    /// The entry at each code below 16; 0 where a code is 128 or more.
    unsafe fn look_up(table: Self, codes: Self) -> Self;
    /// Saturates at 255.
    unsafe fn add(self, other: Self) -> Self;
    /// Wraps around.
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// `then` where the two are equal.
    unsafe fn select_equal(self, other: Self, then: Self, otherwise: Self) -> Self;
    /// A bit for each lane that is at most the other's.
    unsafe fn at_most(self, other: Self) -> u64;
}

/// Without vector instructions of its own; what the compiler makes of it is as fast as it may be.
#[derive(Clone, Copy)]
struct Portable([u8; 32]);

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, join: impl Fn(u8, u8) -> u8) -> Self {
        Self(std::array::from_fn(|lane| join(self.0[lane], other.0[lane])))
    }
}

impl Lanes for Portable {
    const WIDTH: usize = 32;
    #[inline(always)]
    unsafe fn load(tile: &[u8; TILE], part: usize) -> Self {
        Self(std::array::from_fn(|lane| tile[part * Self::WIDTH + lane]))
    }
    #[inline(always)]
    unsafe fn store(self, tile: &mut [u8; TILE]) {
        tile[..Self::WIDTH].copy_from_slice(&self.0);
    }
    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        Self([byte; 32])
    }
    #[inline(always)]
    unsafe fn table(table: &Table16) -> Self {
        Self(std::array::from_fn(|lane| table[lane % table.len()]))
    }
    #[inline(always)]
    unsafe fn look_up(table: Self, codes: Self) -> Self {
        Self(codes.0.map(|code| if code < 128 { table.0[usize::from(code & 15)] } else { 0 }))
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, u8::saturating_add)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, u8::wrapping_sub)
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        self.zip(other, u8::min)
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.zip(other, u8::max)
    }
    #[inline(always)]
    unsafe fn select_equal(self, other: Self, then: Self, otherwise: Self) -> Self {
        Self(std::array::from_fn(|lane| if self.0[lane] == other.0[lane] { then.0[lane] } else { otherwise.0[lane] }))
    }
    #[inline(always)]
    unsafe fn at_most(self, other: Self) -> u64 {
        (0..Self::WIDTH).fold(0, |mask, lane| mask | (u64::from(self.0[lane] <= other.0[lane]) << lane))
    }
}

/// The scan over tiles, a block after the other; inlined into one function per processor form, which switches the
/// instructions on.
///
/// # Safety
/// The processor must know the instructions of `V`.
#[inline(always)]
unsafe fn scan<V: Lanes, const PARTS: usize>(program: Program, columns: &Columns, tiles: &[u32], hits: &mut Vec<Hit>) {
    let mut rest = tiles;
    while let Some(block) = rest.first().map(|tile| *tile as usize / BLOCK) {
        let count = rest.iter().take(BLOCK).take_while(|&&tile| tile as usize / BLOCK == block).count();
        let (tiles, later) = rest.split_at(count);
        rest = later;
        // SAFETY: passed on to the caller; not more tiles than a block has.
        unsafe {
            let mut sums = Sums::<V, PARTS>::begin(program.start, columns, tiles);
            sums.run(&program.steps.ops[program.skip..], program.limit);
            sums.list(program.limit, hits);
        }
    }
}

/// What is added up for some tiles of a block.
struct Sums<'c, V, const PARTS: usize> {
    codes: &'c [[u8; TILE]],
    /// For each tile that is left: its number, where its first column is, and its sums.
    tiles: [u32; BLOCK],
    first: [usize; BLOCK],
    sums: [[V; PARTS]; BLOCK],
    left: usize,
}

impl<'c, V: Lanes, const PARTS: usize> Sums<'c, V, PARTS> {
    /// # Safety
    /// The processor must know the instructions of `V`, as for all below. There are at most [`BLOCK`] tiles.
    #[inline(always)]
    unsafe fn begin(start: &[[u8; TILE]], columns: &'c Columns, tiles: &[u32]) -> Self {
        // SAFETY: passed on to the caller.
        let none = unsafe { V::splat(0) };
        let (codes, sums) = (columns.codes(), [[none; PARTS]; BLOCK]);
        let mut sums = Self { codes, tiles: [0; BLOCK], first: [0; BLOCK], sums, left: tiles.len() };
        for (at, &tile) in tiles.iter().enumerate() {
            sums.tiles[at] = tile;
            sums.first[at] = columns.first(tile as usize);
            for part in 0..PARTS {
                // SAFETY: passed on to the caller.
                sums.sums[at][part] = unsafe { V::load(&start[tile as usize], part) };
            }
        }
        sums
    }

    /// Each step for all tiles before the next one, so that loads need not wait for the branches of checks.
    ///
    /// # Safety
    /// As for [`Self::begin`]; the steps are those of these columns.
    #[inline(always)]
    unsafe fn run(&mut self, ops: &[Op], limit: u8) {
        for op in ops {
            // SAFETY: passed on to the caller.
            unsafe {
                match op {
                    Op::Lookup { column, table } => self.add(*column, Narrow(V::table(table))),
                    Op::WideLookup { column, low, high } => self.add(*column, Wide(V::table(low), V::table(high))),
                    Op::Compare { column, code, same, other, missing } => {
                        let (same, other, missing) = (V::splat(*same), V::splat(*other), V::splat(*missing));
                        self.add(*column, Compared { code: V::splat(*code), same, other, missing });
                    }
                    Op::ShortSum { terms, tables, missing, table } => {
                        self.add_up(terms, tables, *missing, MOST_SHORT_SUM, Narrow(V::table(table)));
                    }
                    Op::Sum { terms, tables, missing, low, high } => {
                        self.add_up(terms, tables, *missing, MOST_SUM, Wide(V::table(low), V::table(high)));
                    }
                    Op::Check => self.check(limit),
                }
            }
        }
    }

    /// The codes of one of the tiles that are left.
    ///
    /// # Safety
    /// As for [`Self::run`].
    #[inline(always)]
    unsafe fn column(&self, at: usize, column: u32) -> &'c [u8; TILE] {
        let at = self.first[at] + column as usize * BLOCK;
        debug_assert!(at < self.codes.len());
        // SAFETY: `Steps::set` asked for the column, and `first` is of a tile that there is.
        unsafe { self.codes.get_unchecked(at) }
    }

    /// Adds what the codes of a column mean.
    ///
    /// # Safety
    /// As for [`Self::run`].
    #[inline(always)]
    unsafe fn add(&mut self, column: u32, meaning: impl Meaning<V>) {
        for at in 0..self.left {
            // SAFETY: passed on to the caller.
            unsafe {
                let codes = self.column(at, column);
                for part in 0..PARTS {
                    self.sums[at][part] = self.sums[at][part].add(meaning.of(V::load(codes, part)));
                }
            }
        }
    }

    /// Adds what the sums of terms mean, which count as `most` where they are more.
    ///
    /// # Safety
    /// As for [`Self::run`].
    #[inline(always)]
    unsafe fn add_up(
        &mut self,
        terms: &[Term],
        tables: &[Table16],
        missing: Option<u32>,
        most: u8,
        meaning: impl Meaning<V>,
    ) {
        for at in 0..self.left {
            // SAFETY: passed on to the caller.
            unsafe {
                let mut counts = [V::splat(0); PARTS];
                for term in terms {
                    let codes = self.column(at, term.column);
                    let table = V::table(tables.get_unchecked(term.table as usize));
                    for part in 0..PARTS {
                        counts[part] = counts[part].add(V::look_up(table, V::load(codes, part)));
                    }
                }
                for part in 0..PARTS {
                    counts[part] = counts[part].min(V::splat(most));
                }
                if let Some(column) = missing {
                    let codes = self.column(at, column);
                    for part in 0..PARTS {
                        counts[part] = counts[part].max(V::load(codes, part).min(V::splat(most + 1)));
                    }
                }
                for part in 0..PARTS {
                    self.sums[at][part] = self.sums[at][part].add(meaning.of(counts[part]));
                }
            }
        }
    }

    /// Lets go of tiles in which everybody is beyond the limit.
    ///
    /// # Safety
    /// As for [`Self::begin`].
    #[inline(always)]
    unsafe fn check(&mut self, limit: u8) {
        let mut left = 0;
        for at in 0..self.left {
            let sums = self.sums[at];
            let mut least = sums[0];
            for part in 1..PARTS {
                // SAFETY: passed on to the caller.
                least = unsafe { least.min(sums[part]) };
            }
            (self.tiles[left], self.first[left], self.sums[left]) = (self.tiles[at], self.first[at], sums);
            // SAFETY: passed on to the caller.
            left += usize::from(unsafe { least.at_most(V::splat(limit)) } != 0);
        }
        self.left = left;
    }

    /// Appends those within the limit.
    ///
    /// # Safety
    /// As for [`Self::begin`].
    #[inline(always)]
    unsafe fn list(&self, limit: u8, hits: &mut Vec<Hit>) {
        for at in 0..self.left {
            for part in 0..PARTS {
                let sums = self.sums[at][part];
                // SAFETY: passed on to the caller.
                let mut mask = unsafe { sums.at_most(V::splat(limit)) };
                if mask == 0 {
                    continue;
                }
                let mut bytes = [0; TILE];
                // SAFETY: passed on to the caller.
                unsafe { sums.store(&mut bytes) };
                while mask != 0 {
                    let lane = mask.trailing_zeros() as usize;
                    mask &= mask - 1;
                    let position = self.tiles[at] * TILE as u32 + (part * V::WIDTH + lane) as u32;
                    hits.push(Hit { position, sum: bytes[lane] });
                }
            }
        }
    }
}

/// What codes add to a sum. A trait, because closures are not inlined into functions with other instructions.
trait Meaning<V>: Copy {
    /// # Safety
    /// The processor must know the instructions of `V`.
    unsafe fn of(self, codes: V) -> V;
}

/// The entry at each code below 16.
#[derive(Clone, Copy)]
struct Narrow<V>(V);

/// The entry at each code below 32, in two halves.
#[derive(Clone, Copy)]
struct Wide<V>(V, V);

/// One of three values.
#[derive(Clone, Copy)]
struct Compared<V> {
    code: V,
    same: V,
    other: V,
    missing: V,
}

impl<V: Lanes> Meaning<V> for Narrow<V> {
    #[inline(always)]
    unsafe fn of(self, codes: V) -> V {
        // SAFETY: passed on to the caller.
        unsafe { V::look_up(self.0, codes) }
    }
}

impl<V: Lanes> Meaning<V> for Wide<V> {
    /// The first index leaves the table for codes from 16 on, the second for those below.
    #[inline(always)]
    unsafe fn of(self, codes: V) -> V {
        // SAFETY: passed on to the caller.
        unsafe { V::look_up(self.0, codes.add(V::splat(0x70))).add(V::look_up(self.1, codes.sub(V::splat(0x10)))) }
    }
}

impl<V: Lanes> Meaning<V> for Compared<V> {
    #[inline(always)]
    unsafe fn of(self, codes: V) -> V {
        // SAFETY: passed on to the caller.
        unsafe {
            let known = codes.select_equal(self.code, self.same, self.other);
            codes.select_equal(V::splat(u8::MAX), self.missing, known)
        }
    }
}

/// The operations in AVX2 and AVX-512.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Columns, Hit, Lanes, Program, TILE, Table16, scan};

    /// # Safety
    /// The processor must know AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn scan_avx2(program: Program, columns: &Columns, tiles: &[u32], hits: &mut Vec<Hit>) {
        // SAFETY: passed on to the caller.
        unsafe { scan::<__m256i, { TILE / 32 }>(program, columns, tiles, hits) }
    }

    /// # Safety
    /// The processor must know AVX-512 F and BW.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) unsafe fn scan_avx512(program: Program, columns: &Columns, tiles: &[u32], hits: &mut Vec<Hit>) {
        // SAFETY: passed on to the caller.
        unsafe { scan::<__m512i, { TILE / 64 }>(program, columns, tiles, hits) }
    }

    // SAFETY of all below: the instructions are those of the two functions above; loads and stores are of whole tiles.
    macro_rules! lanes {
        ($register:ty, $width:literal, load $load:ident, store $store:ident,
         splat $splat:ident, table $broadcast:ident, look_up $look_up:ident, add $add:ident, sub $sub:ident, min $min:ident,
         max $max:ident, select |$a:ident, $b:ident, $then:ident, $otherwise:ident| $select:expr,
         at_most |$x:ident, $y:ident| $at_most:expr) => {
            impl Lanes for $register {
                const WIDTH: usize = $width;
                #[inline(always)]
                unsafe fn load(tile: &[u8; TILE], part: usize) -> Self {
                    const { assert!(TILE % $width == 0) };
                    debug_assert!((part + 1) * $width <= TILE);
                    unsafe { $load(tile.as_ptr().add(part * $width).cast()) }
                }
                #[inline(always)]
                unsafe fn store(self, tile: &mut [u8; TILE]) {
                    unsafe { $store(tile.as_mut_ptr().cast(), self) }
                }
                #[inline(always)]
                unsafe fn splat(byte: u8) -> Self {
                    unsafe { $splat(byte as i8) }
                }
                #[inline(always)]
                unsafe fn table(table: &Table16) -> Self {
                    unsafe { $broadcast(_mm_loadu_si128(table.as_ptr().cast())) }
                }
                #[inline(always)]
                unsafe fn look_up(table: Self, codes: Self) -> Self {
                    unsafe { $look_up(table, codes) }
                }
                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    unsafe { $add(self, other) }
                }
                #[inline(always)]
                unsafe fn sub(self, other: Self) -> Self {
                    unsafe { $sub(self, other) }
                }
                #[inline(always)]
                unsafe fn min(self, other: Self) -> Self {
                    unsafe { $min(self, other) }
                }
                #[inline(always)]
                unsafe fn max(self, other: Self) -> Self {
                    unsafe { $max(self, other) }
                }
                #[inline(always)]
                unsafe fn select_equal(self, other: Self, $then: Self, $otherwise: Self) -> Self {
                    let ($a, $b) = (self, other);
                    unsafe { $select }
                }
                #[inline(always)]
                unsafe fn at_most(self, other: Self) -> u64 {
                    let ($x, $y) = (self, other);
                    unsafe { $at_most }
                }
            }
        };
    }

    lanes!(
        __m256i, 32,
        load _mm256_loadu_si256, store _mm256_storeu_si256,
        splat _mm256_set1_epi8, table _mm256_broadcastsi128_si256, look_up _mm256_shuffle_epi8,
        add _mm256_adds_epu8, sub _mm256_sub_epi8, min _mm256_min_epu8, max _mm256_max_epu8,
        select |a, b, then, otherwise| _mm256_blendv_epi8(otherwise, then, _mm256_cmpeq_epi8(a, b)),
        at_most |x, y| u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(x, y), x)) as u32)
    );

    lanes!(
        __m512i, 64,
        load _mm512_loadu_si512, store _mm512_storeu_si512,
        splat _mm512_set1_epi8, table _mm512_broadcast_i32x4, look_up _mm512_shuffle_epi8,
        add _mm512_adds_epu8, sub _mm512_sub_epi8, min _mm512_min_epu8, max _mm512_max_epu8,
        select |a, b, then, otherwise| _mm512_mask_blend_epi8(_mm512_cmpeq_epu8_mask(a, b), otherwise, then),
        at_most |x, y| _mm512_cmple_epu8_mask(x, y)
    );
}

#[cfg(test)]
mod tests;
