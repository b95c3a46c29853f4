//! Finds, among all pairs, those worth looking at, without ever storing the pairs.
//!
//! For each person of one side, the *row*, a scan looks at everybody of the other side, the *columns*, and lists the best
//! of those whose score exceeds their price by more than the row asks for. Vector instructions bound the deficits of many
//! pairs at once in bytes (see [`kernel`] and [`layout`]); only who the bound lets through is scored, exactly. So a scan
//! is exhaustive, and its answer does not depend on the processor or on the number of threads.

mod columns;
mod encode;
pub(crate) mod kernel;
mod layout;
mod row;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use kernel::{BLOCK, Kernel, TILE};
use layout::{Arranged, Layout};
use row::Row;

use crate::compiled::CompiledInstance;
use crate::profile::Side;

/// One side laid out, and how to scan it.
pub(crate) struct Scan<'c> {
    compiled: &'c CompiledInstance,
    side: Side,
    layout: Layout,
    kernel: Kernel,
    threads: usize,
    /// Pairs with a lower score are left out as if a rule forbade them.
    pub least_score: u32,
}

/// What a row asks for: pairs whose score exceeds the price of the column by more than this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub row: u32,
    pub above: i64,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Shortlist {
    /// Column and score, the best first by score less price, then in the order of columns. All are worth more than was
    /// asked for; that nobody better is left out is what [`rest`](Self::rest) says, and no more.
    pub arcs: Vec<(u32, u16)>,
    /// No pair that is not listed has a score that exceeds the price by more.
    pub rest: i64,
}

/// Prices of the columns; `None` where a column takes nobody.
pub(crate) type Prices<'p> = &'p [Option<i64>];

/// Rows that are looked at together, so that a block of columns is read from memory once for all of them. Fewer where
/// threads would have to wait for the last one.
const CHUNK: usize = 256;
const LEAST_CHUNK: usize = 16;
/// Where only one in so many columns takes anybody, these are laid out by themselves.
const FEW_OPEN: usize = 8;

impl<'c> Scan<'c> {
    /// Lays out the side `columns`.
    pub fn new(compiled: &'c CompiledInstance, columns: Side, threads: usize) -> Self {
        let layout = Layout::new(compiled, columns);
        Self { compiled, side: columns, layout, kernel: Kernel::detect(), threads: threads.max(1), least_score: 0 }
    }

    /// What the columns take in memory.
    pub fn bytes(&self) -> u64 {
        size_of_val(self.layout.all.columns.codes()) as u64
    }

    /// Answers all asks: each with at most twice as many pairs as `most`, and with at least `most` where there are so
    /// many. Returns early, with `None`, when `go_on` says so; it is called with the number of rows done since it was
    /// called last, by any thread.
    pub fn shortlists(
        &self,
        prices: Prices,
        asks: &[Ask],
        most: usize,
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Option<Vec<Shortlist>> {
        let open = prices.iter().flatten().count();
        let selected = (open < prices.len() / FEW_OPEN).then(|| self.layout.select(|at| prices[at as usize].is_some()));
        let people = selected.as_ref().unwrap_or(&self.layout.all);
        let offer = Offer { people, prices, bytes: PriceBytes::new(&people.order, prices) };
        let together = (asks.len() / self.threads / 8).clamp(LEAST_CHUNK, CHUNK);
        let chunks: Vec<&[Ask]> = asks.chunks(together).collect();
        let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let work = || {
            let mut answers = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else { break };
                answers.push((at, self.chunk(&offer, chunk, most)));
                if !go_on(chunk.len()) {
                    stopped.store(true, Ordering::Relaxed);
                }
            }
            answers
        };
        let threads = self.threads.min(chunks.len()).max(1);
        let mut answers: Vec<(usize, Vec<Shortlist>)> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut answers = work();
            answers.extend(others.into_iter().flat_map(|other| other.join().expect("a scan does not panic")));
            answers
        });
        answers.sort_unstable_by_key(|&(at, _)| at);
        (!stopped.into_inner()).then(|| answers.into_iter().flat_map(|(_, chunk)| chunk).collect())
    }

    /// Mentor and mentee.
    fn pair(&self, row: u32, column: u32) -> (usize, usize) {
        match self.side {
            Side::Mentor => (column as usize, row as usize),
            Side::Mentee => (row as usize, column as usize),
        }
    }

    fn chunk(&self, offer: &Offer, asks: &[Ask], most: usize) -> Vec<Shortlist> {
        let mut hits = Vec::new();
        let mut rows: Vec<Row> = asks.iter().map(|&ask| Row::new(self, offer, ask, most)).collect();
        rows.iter_mut().for_each(|row| row.sample(&mut hits));
        for end in (1..=offer.people.columns.tiles().div_ceil(BLOCK)).map(|block| (block * BLOCK) as u32) {
            rows.iter_mut().for_each(|row| row.look_up_to(end, &mut hits));
        }
        rows.into_iter().map(|row| row.finish(&mut hits)).collect()
    }
}

/// Whom rows look at, and what they cost.
struct Offer<'a> {
    people: &'a Arranged,
    prices: Prices<'a>,
    bytes: PriceBytes,
}

/// Prices above the lowest one in bytes, by position, for each unit in which they are asked for.
struct PriceBytes {
    lowest: i64,
    /// Above the lowest price; `None` for whoever takes nobody, and for the positions that fill up the last tile.
    above: Vec<Option<u64>>,
    by_shift: [OnceLock<InUnits>; 64],
}

/// Prices of people, and the least of each tile.
struct InUnits {
    people: Vec<[u8; TILE]>,
    tiles: Vec<[u8; TILE]>,
}

impl PriceBytes {
    fn new(order: &[u32], prices: Prices) -> Self {
        let lowest = prices.iter().flatten().copied().min().unwrap_or(0);
        let mut above: Vec<Option<u64>> =
            order.iter().map(|&person| prices[person as usize].map(|price| price.abs_diff(lowest))).collect();
        above.resize(order.len().next_multiple_of(TILE), None);
        Self { lowest, above, by_shift: [const { OnceLock::new() }; 64] }
    }

    fn in_units(&self, shift: u32) -> &InUnits {
        self.by_shift[shift as usize].get_or_init(|| {
            let byte = |above: Option<u64>| above.map_or(u8::MAX, |above| (above >> shift).min(255) as u8);
            let tile = |tile: &[Option<u64>]| std::array::from_fn(|lane| byte(tile[lane]));
            let people: Vec<[u8; TILE]> = self.above.chunks_exact(TILE).map(tile).collect();
            let least = |tile: &[u8; TILE]| tile.iter().copied().min().unwrap_or(u8::MAX);
            let mut tiles = vec![[u8::MAX; TILE]; people.len().div_ceil(TILE)];
            people.iter().enumerate().for_each(|(at, tile)| tiles[at / TILE][at % TILE] = least(tile));
            InUnits { people, tiles }
        })
    }
}

#[cfg(test)]
mod tests;
