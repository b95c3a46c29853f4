//! Looks at all pairs for one that should not be: worth more than its places cost, or wanted by both.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::bounds::{Bounds, Unit};
use super::rules::At;
use super::score::{Facing, Scorer};
use super::{How, Violation};
use crate::objective::FULL_SCORE;
use crate::profile::Side;
use crate::scan::kernel::{BLOCK, Hit, Kernel, Program, Steps, TILE};

/// What is asked of all pairs: is the deficit never within the limit that the numbers of row and column make?
#[derive(Debug)]
pub(super) struct Ask {
    pub limit: Limit,
    /// `None` for rows that are not asked about.
    pub rows: Vec<Option<i64>>,
    /// [`Limit::closed`] for columns that are not asked about.
    pub columns: Vec<i64>,
}

/// What a deficit has to be below to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// The row's number less the column's.
    Difference,
    /// The smaller of the two numbers, which are at most one more than a full score.
    Smaller,
}

impl Limit {
    /// The number of a column that is below no row's.
    pub fn closed(self) -> i64 {
        match self {
            Self::Difference => i64::MAX,
            Self::Smaller => i64::MIN,
        }
    }

    fn admits(self, deficit: u32, row: i64, column: i64) -> bool {
        let deficit = i64::from(deficit);
        match self {
            Self::Difference => deficit.saturating_add(column) < row,
            Self::Smaller => deficit < row.min(column),
        }
    }

    /// What can be added to the deficit, and stays below the number of every row with at least this one wherever the
    /// limit admits the pair.
    fn price(self, column: i64, least_row: i64) -> i64 {
        match self {
            Self::Difference => column,
            Self::Smaller => least_row.saturating_sub(column).max(0),
        }
    }

    /// What no price is below.
    fn lowest_price(self, columns: &[i64]) -> i64 {
        match self {
            Self::Difference => columns.iter().copied().min().unwrap_or(i64::MAX),
            Self::Smaller => 0,
        }
    }
}

/// What a pair can refute.
pub(super) trait Claim: Sync {
    /// Whether a pair within the limits of the question, with this deficit, refutes nothing.
    fn excuses(&self, pair: At, deficit: u32) -> bool;
    /// Says what is wrong with a pair that is not excused.
    fn refuted_by(&self, pair: At, deficit: u32) -> Violation;
}

/// A row, and what is left of its number when what all its pairs lack is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    room: i64,
    row: u32,
}

/// Rows that are looked at together, so that a block of columns is read from memory once for all of them: so many, and
/// with numbers that are not further apart than this.
const CHUNK: usize = 256;
const LEAST_CHUNK: usize = 32;
const APART: i64 = 4_096;
/// A row scores who was let in when there are so many.
const FULL_LIST: usize = 1_024;
/// No admissible pair lacks so much.
const BEYOND: i64 = FULL_SCORE as i64 + 1;

/// A search through all pairs.
pub(super) struct Search<'a> {
    ask: &'a Ask,
    claim: &'a dyn Claim,
    scorer: &'a Scorer<'a>,
    /// The first pair found so far: row and column.
    first: AtomicU64,
}

impl<'a> Search<'a> {
    pub fn new(ask: &'a Ask, claim: &'a dyn Claim, scorer: &'a Scorer<'a>) -> Self {
        Self { ask, claim, scorer, first: AtomicU64::new(u64::MAX) }
    }

    /// The first pair that refutes the claim, in the order of rows and then of columns.
    ///
    /// # Errors
    /// That pair.
    pub fn run(self, how: How) -> Result<(), Violation> {
        let pairs = self.ask.rows.len().saturating_mul(self.ask.columns.len());
        if pairs < how.bound_from {
            self.one_by_one()
        } else {
            self.by_bounds(how)
        }
        let first = self.first.load(Ordering::Relaxed);
        if first == u64::MAX {
            return Ok(());
        }
        let (row, column) = ((first >> 32) as u32, first as u32);
        let mut facing = Facing::new(self.scorer);
        facing.face(row as usize);
        let deficit = facing.deficit(column as usize).unwrap_or(0);
        Err(self.claim.refuted_by(self.pair(row, column), deficit))
    }

    fn one_by_one(&self) {
        let mut facing = Facing::new(self.scorer);
        for (row, _) in self.ask.rows.iter().enumerate().filter(|(_, room)| room.is_some()) {
            facing.face(row);
            (0..self.ask.columns.len() as u32).for_each(|column| self.judge(&facing, row as u32, column));
        }
    }

    fn by_bounds(&self, how: How) {
        let bounds = Bounds::new(self.scorer, self.ask.rows.len(), &self.ask.columns);
        let columns: Vec<i64> = bounds.order.iter().map(|&column| self.ask.columns[column as usize]).collect();
        let lowest = self.ask.limit.lowest_price(&columns);
        let room = |(row, room): (u32, &Option<i64>)| {
            let room = (*room)? - bounds.same_for_all(row as usize)?;
            (room > lowest).then_some(Row { room, row })
        };
        let mut rows: Vec<Row> = (0..).zip(&self.ask.rows).filter_map(room).collect();
        rows.sort_unstable();
        let chunks: Vec<&[Row]> = rows.chunk_by(|a, b| b.room / APART == a.room / APART).collect();
        let together = (rows.len() / how.threads / 8).clamp(LEAST_CHUNK, CHUNK);
        let chunks: Vec<&[Row]> = chunks.into_iter().flat_map(|rows| rows.chunks(together)).collect();
        let next = AtomicUsize::new(0);
        let pass = Pass { search: self, bounds: &bounds, columns: &columns, lowest, kernel: how.kernel };
        let work = || {
            let mut facing = Facing::new(self.scorer);
            while let Some(rows) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                pass.chunk(rows, &mut facing);
            }
        };
        std::thread::scope(|scope| {
            (1..how.threads.min(chunks.len())).for_each(|_| drop(scope.spawn(work)));
            work();
        });
    }

    fn pair(&self, row: u32, column: u32) -> At {
        match self.scorer.columns {
            Side::Mentor => (column, row),
            Side::Mentee => (row, column),
        }
    }

    /// Scores a pair, and notes it if it is within the limit and nothing excuses that.
    fn judge(&self, facing: &Facing, row: u32, column: u32) {
        let at = u64::from(row) << 32 | u64::from(column);
        let Some(room) = self.ask.rows[row as usize] else { return };
        let number = self.ask.columns[column as usize];
        if !self.ask.limit.admits(0, room, number) || at >= self.first.load(Ordering::Relaxed) {
            return;
        }
        let Some(deficit) = facing.deficit(column as usize) else { return };
        if self.ask.limit.admits(deficit, room, number) && !self.claim.excuses(self.pair(row, column), deficit) {
            self.first.fetch_min(at, Ordering::Relaxed);
        }
    }
}

/// What a chunk of rows needs.
struct Pass<'a> {
    search: &'a Search<'a>,
    bounds: &'a Bounds<'a>,
    /// The numbers of the columns by their positions in the bounds.
    columns: &'a [i64],
    lowest: i64,
    kernel: Kernel,
}

/// A row in the middle of its pass.
struct Passing<'t> {
    row: u32,
    limit: u8,
    steps: Steps<'t>,
    /// Tiles in which somebody may be within the limit, in order: where all keep the rules of single values, and others.
    tiles: [Vec<u32>; 2],
    /// How many of them have been looked at.
    done: [usize; 2],
    hits: Vec<Hit>,
}

impl Pass<'_> {
    fn chunk(&self, rows: &[Row], facing: &mut Facing) {
        let (Some(least), Some(most)) = (rows.first(), rows.last()) else { return };
        // A column with a number below `base` and one with `base` are let in by the same rows.
        let base = self.lowest.max(least.room - BEYOND);
        let unit = Unit::for_up_to(most.room - 1 - base);
        let price = |&number: &i64| self.search.ask.limit.price(number, least.room);
        let start = tiles_of(self.columns.iter().map(|number| unit.round(price(number).saturating_sub(base))));
        let tile_start = tiles_of(start.iter().map(|tile| tile.iter().copied().min().unwrap_or(u8::MAX)));
        let mut terms = Vec::new();
        let of_rows: Vec<_> = rows.iter().map(|row| self.bounds.terms(row.row as usize, &mut terms)).collect();
        let passing = |(&Row { room, row }, of_sums): (&Row, &Vec<_>)| {
            let limit = unit.limit(room - 1 - base);
            let steps = Steps::over(&self.bounds.tiles, self.bounds.tile_program(row as usize, unit));
            let all: Vec<u32> = (0..self.bounds.tiles.tiles() as u32).collect();
            let mut hits = Vec::new();
            let program = Program { steps: &steps, skip: 0, start: &tile_start, limit };
            self.kernel.scan(program, &self.bounds.tiles, &all, &mut hits);
            let alike = |&tile: &u32| self.bounds.alike[tile as usize];
            let (alike, mixed) = hits.iter().map(|hit| hit.position).partition(alike);
            let ops = self.bounds.program(row as usize, unit, &terms, of_sums);
            let steps = Steps::over(&self.bounds.columns, ops);
            hits.clear();
            Passing { row, limit, steps, tiles: [alike, mixed], done: [0, 0], hits }
        };
        let mut rows: Vec<Passing> = rows.iter().zip(&of_rows).map(passing).collect();
        let hard_singles = self.bounds.hard_singles();
        for block in 1..=start.len().div_ceil(BLOCK) {
            let end = (block * BLOCK) as u32;
            for row in &mut rows {
                for (of, skip) in [hard_singles, 0].into_iter().enumerate() {
                    let (tiles, done) = (&row.tiles[of], row.done[of]);
                    let count = tiles[done..].iter().take_while(|&&tile| tile < end).count();
                    if count == 0 {
                        continue;
                    }
                    let tiles = &tiles[done..done + count];
                    let program = Program { steps: &row.steps, skip, start: &start, limit: row.limit };
                    self.kernel.scan(program, &self.bounds.columns, tiles, &mut row.hits);
                    row.done[of] += count;
                }
                if row.hits.len() > FULL_LIST {
                    self.score(row, facing);
                }
            }
        }
        rows.iter_mut().for_each(|row| self.score(row, facing));
    }

    fn score(&self, row: &mut Passing, facing: &mut Facing) {
        if row.hits.is_empty() || u64::from(row.row) << 32 > self.search.first.load(Ordering::Relaxed) {
            return row.hits.clear();
        }
        facing.face(row.row as usize);
        for hit in row.hits.drain(..) {
            self.search.judge(facing, row.row, self.bounds.order[hit.position as usize]);
        }
    }
}

/// Bytes in tiles, the last filled up with what nobody lets in.
fn tiles_of(mut bytes: impl ExactSizeIterator<Item = u8>) -> Vec<[u8; TILE]> {
    let tiles = bytes.len().div_ceil(TILE);
    (0..tiles).map(|_| std::array::from_fn(|_| bytes.next().unwrap_or(u8::MAX))).collect()
}
