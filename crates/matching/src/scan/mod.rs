//! Finds, among all pairs, those worth looking at, without ever storing the pairs.
//!
//! For each person of one side, the *row*, a scan looks at everybody of the other side, the *columns*, and lists the best
//! of those whose score exceeds their price by more than the row asks for. Vector instructions bound the deficit of 32
//! or 64 pairs at once in bytes (see [`layout`]); only what the bound lets through is scored, exactly and by the same
//! code as everywhere else. So a scan is exhaustive, and its answer does not depend on the processor or on the number of
//! threads.

mod encode;
pub(crate) mod kernel;
mod layout;

use std::cmp::Reverse;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use kernel::{BLOCK, Hit, Kernel, Program, Steps, TILE};
use layout::Layout;

use crate::compiled::CompiledInstance;
use crate::objective::FULL_SCORE;
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

/// Rows that are looked at together, so that a block of columns is read from memory once for all of them.
const CHUNK: usize = 256;
/// So many tiles, or one in so many, give a first idea of a row's best.
const SAMPLE: usize = 24;
const SAMPLED: usize = 16;

impl<'c> Scan<'c> {
    /// Lays out the side `columns`.
    pub fn new(compiled: &'c CompiledInstance, columns: Side, threads: usize) -> Self {
        let layout = Layout::new(compiled, columns);
        Self { compiled, side: columns, layout, kernel: Kernel::detect(), threads: threads.max(1), least_score: 0 }
    }

    /// Answers all asks, each with at most `most` pairs. Returns early, with `None`, when `go_on` says so; it is called
    /// with the number of rows done, from one thread at a time.
    pub fn shortlists(
        &self,
        prices: Prices,
        asks: &[Ask],
        most: usize,
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Option<Vec<Shortlist>> {
        let bytes = PriceBytes::new(&self.layout.order, prices);
        let chunks: Vec<&[Ask]> = asks.chunks(CHUNK).collect();
        let (next, done, stopped) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        let work = || {
            let mut answers = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else { break };
                answers.push((at, self.chunk(&bytes, prices, chunk, most)));
                if !go_on(done.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len()) {
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

    fn chunk(&self, bytes: &PriceBytes, prices: Prices, asks: &[Ask], most: usize) -> Vec<Shortlist> {
        let mut hits = Vec::new();
        let mut rows: Vec<Row> = asks.iter().map(|&ask| Row::new(self, bytes, prices, ask, most)).collect();
        rows.iter_mut().for_each(|row| row.sample(&mut hits));
        for end in (1..=self.layout.columns.tiles().div_ceil(BLOCK)).map(|block| (block * BLOCK) as u32) {
            rows.iter_mut().for_each(|row| row.look_up_to(end, &mut hits));
        }
        rows.into_iter().map(|row| row.finish(&mut hits)).collect()
    }
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

/// A row in the middle of its scan.
struct Row<'a> {
    scan: &'a Scan<'a>,
    bytes: &'a PriceBytes,
    prices: Prices<'a>,
    ask: Ask,
    most: usize,
    /// What score less price can be at most, less 1; `None` when the row's own missing value breaks a rule.
    spare: Option<i64>,
    steps: Steps<'a>,
    /// The unit of the program is 2 to the power of this.
    shift: u32,
    /// The largest sum of the program that counts; `None` when nothing counts any more.
    limit: Option<u8>,
    /// Tiles in which somebody may be within the limit, and how many of them have been looked at.
    tiles: Vec<u32>,
    looked_at: usize,
    found: Vec<Found>,
    /// Whether those found are known to be kept apart by nothing; until the end it is cheaper not to ask.
    careful: bool,
    rest: i64,
}

#[derive(Clone, Copy)]
struct Found {
    /// Score less price.
    value: i64,
    column: u32,
    score: u16,
}

impl<'a> Row<'a> {
    fn new(scan: &'a Scan, bytes: &'a PriceBytes, prices: Prices<'a>, ask: Ask, most: usize) -> Self {
        let full = i64::from(FULL_SCORE) - bytes.lowest - 1;
        let spare = scan.layout.same_for_all(ask.row as usize).map(|deficit| full - i64::from(deficit));
        let mut row = Self {
            scan,
            bytes,
            prices,
            ask,
            most,
            spare,
            steps: Steps::default(),
            shift: u32::MAX,
            limit: None,
            tiles: Vec::new(),
            looked_at: 0,
            found: Vec::new(),
            careful: false,
            rest: ask.above,
        };
        row.aim();
        row.choose_tiles();
        row
    }

    /// Sets the limit from what is asked for, in the finest unit in which it fits a byte.
    fn aim(&mut self) {
        let room = self.spare.and_then(|spare| u64::try_from(spare.saturating_sub(self.rest)).ok());
        self.limit = room.map(|room| {
            let shift = (u64::BITS - room.leading_zeros()).saturating_sub(u8::BITS);
            let shift = if room >> shift == u64::from(u8::MAX) { shift + 1 } else { shift };
            if shift != self.shift {
                self.shift = shift;
                self.scan.layout.steps(self.ask.row as usize, shift, &mut self.steps);
            }
            (room >> shift) as u8
        });
    }

    /// Finds the tiles that are worth looking at.
    fn choose_tiles(&mut self) {
        self.tiles.clear();
        let Some(limit) = self.limit else { return };
        let mut steps = Steps::default();
        self.scan.layout.tile_steps(self.ask.row as usize, self.shift, &mut steps);
        let columns = &self.scan.layout.tiles;
        let program = Program { steps: &steps, skip: 0, start: &self.bytes.in_units(self.shift).tiles, limit };
        let all: Vec<u32> = (0..columns.tiles() as u32).collect();
        let mut hits = Vec::new();
        self.scan.kernel.scan(program, columns, &all, &mut hits);
        self.tiles.extend(hits.iter().map(|hit| hit.position));
    }

    /// Guesses from some of the tiles how good the row's best are, so that the scan is not flooded with others.
    fn sample(&mut self, hits: &mut Vec<Hit>) {
        let apart = (self.tiles.len() / SAMPLE).min(SAMPLED);
        let Some(limit) = self.limit.filter(|_| apart > 1) else { return };
        let tiles: Vec<u32> = self.tiles.iter().copied().step_by(apart).collect();
        hits.clear();
        self.scan_tiles(&tiles, limit, hits);
        // Twice as many as are wanted, so that a wrong guess is rare.
        if let Some(limit) = self.lower_limit(hits, 3 + 2 * self.most / apart) {
            self.lower(limit);
            self.aim();
            self.choose_tiles();
        }
    }

    fn scan_tiles(&self, tiles: &[u32], limit: u8, hits: &mut Vec<Hit>) {
        let start = &self.bytes.in_units(self.shift).people;
        let program = Program { steps: &self.steps, skip: 0, start, limit };
        self.scan.kernel.scan(program, &self.scan.layout.columns, tiles, hits);
    }

    /// Looks at the tiles before `end` that have not been looked at.
    fn look_up_to(&mut self, end: u32, hits: &mut Vec<Hit>) {
        let from = self.looked_at;
        let count = self.tiles[from..].iter().take_while(|&&tile| tile < end).count();
        self.looked_at += count;
        let Some(limit) = self.limit.filter(|_| count > 0) else { return };
        hits.clear();
        self.scan_tiles(&self.tiles[from..from + count], limit, hits);
        if hits.len() > 4 * self.most
            && let Some(limit) = self.lower_limit(hits, 2 * self.most)
        {
            hits.retain(|hit| hit.sum <= limit);
            self.lower(limit);
            self.limit = Some(limit);
        }
        self.score(hits);
    }

    /// A limit within which at least so many are; `None` where it would not leave out at least half of them.
    fn lower_limit(&self, hits: &[Hit], at_least: usize) -> Option<u8> {
        let mut counts = [0_usize; 256];
        hits.iter().for_each(|hit| counts[usize::from(hit.sum)] += 1);
        let mut within = 0;
        let limit = counts.iter().position(|&count| {
            within += count;
            within >= at_least
        })?;
        (2 * within <= hits.len()).then_some(limit as u8)
    }

    /// Notes that whoever is beyond a limit is not listed.
    fn lower(&mut self, limit: u8) {
        let beyond = (i64::from(limit) + 1) << self.shift;
        self.rest = self.spare.map_or(self.rest, |spare| self.rest.max(spare + 1 - beyond));
    }

    /// Scores who is within the limit, and keeps who is worth more than the rest.
    fn score(&mut self, hits: &[Hit]) {
        let compiled = self.scan.compiled;
        for hit in hits {
            let column = self.scan.layout.order[hit.position as usize];
            let (mentor, mentee) = self.scan.pair(self.ask.row, column);
            let Some(price) = self.prices[column as usize] else { continue };
            let verdict = |criterion| compiled.deficit_of(criterion, mentor, mentee);
            let deficit = self.scan.layout.deficit(self.ask.row as usize, hit.position as usize, verdict);
            let Some(score) = deficit.map(|deficit| FULL_SCORE - deficit) else { continue };
            let value = i64::from(score) - price;
            if value > self.rest && score >= self.scan.least_score && (!self.careful || self.may_pair(column)) {
                self.found.push(Found { value, column, score: score as u16 });
            }
        }
        if self.found.len() > 4 * self.most {
            self.cut();
            self.aim();
        }
    }

    /// Whether nothing beside the criteria keeps the row from a column.
    fn may_pair(&self, column: u32) -> bool {
        let (mentor, mentee) = self.scan.pair(self.ask.row, column);
        !self.scan.compiled.is_apart(mentor, mentee) && !self.scan.compiled.is_pinned(mentor, mentee)
    }

    /// Keeps the best; of equal ones the first in the order of columns.
    fn cut(&mut self) {
        self.found.select_nth_unstable_by_key(self.most - 1, Found::rank);
        self.rest = self.rest.max(self.found[self.most - 1].value);
        self.found.truncate(self.most);
    }

    fn finish(mut self, hits: &mut Vec<Hit>) -> Shortlist {
        if self.found.len() > 2 * self.most {
            self.cut();
        }
        let mut found = std::mem::take(&mut self.found);
        found.retain(|found| self.may_pair(found.column));
        self.found = found;
        if self.found.len() < self.most && self.rest > self.ask.above {
            self.look_again(hits);
        }
        self.found.sort_unstable_by_key(Found::rank);
        Shortlist { arcs: self.found.iter().map(|found| (found.column, found.score)).collect(), rest: self.rest }
    }

    /// After a limit that left too few, because it was a wrong guess, or because rules beside the criteria took the
    /// others: scores everybody on the way.
    fn look_again(&mut self, hits: &mut Vec<Hit>) {
        (self.rest, self.found, self.careful) = (self.ask.above, Vec::new(), true);
        self.aim();
        self.choose_tiles();
        for tiles in std::mem::take(&mut self.tiles).chunks(BLOCK) {
            let Some(limit) = self.limit else { break };
            hits.clear();
            self.scan_tiles(tiles, limit, hits);
            self.score(hits);
        }
        if self.found.len() > 2 * self.most {
            self.cut();
        }
    }
}

impl Found {
    fn rank(&self) -> (Reverse<i64>, u32) {
        (Reverse(self.value), self.column)
    }
}

#[cfg(test)]
mod tests;
