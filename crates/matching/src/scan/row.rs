//! One row's way through everybody.

use std::cmp::Reverse;

use super::kernel::{BLOCK, Hit, Program, Steps};
use super::layout::Exact;
use super::{Ask, Offer, Scan, Shortlist};
use crate::objective::FULL_SCORE;

/// So many tiles, or one in so many, give a first idea of a row's best.
const SAMPLE: usize = 6;
const SAMPLED: usize = 16;

/// A row in the middle of its scan.
pub(super) struct Row<'a> {
    scan: &'a Scan<'a>,
    offer: &'a Offer<'a>,
    exact: Exact<'a>,
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
    /// Whether pairs that something beside the criteria keeps apart are dropped as they are scored; it is cheaper at the end.
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
    pub fn new(scan: &'a Scan, offer: &'a Offer, ask: Ask, most: usize) -> Self {
        let full = i64::from(FULL_SCORE) - offer.bytes.lowest - 1;
        let spare = scan.layout.same_for_all(ask.row as usize).map(|deficit| full - i64::from(deficit));
        let mut row = Self {
            scan,
            offer,
            exact: scan.layout.exact(ask.row as usize),
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
        let all = 0..self.offer.people.columns.tiles() as u32;
        let Some(columns) = &self.offer.people.tiles else { return self.tiles.extend(all) };
        let all: Vec<u32> = (0..columns.tiles() as u32).collect();
        let mut steps = Steps::default();
        self.scan.layout.tile_steps(self.ask.row as usize, self.shift, columns, &mut steps);
        let program = Program { steps: &steps, skip: 0, start: &self.offer.bytes.in_units(self.shift).tiles, limit };
        let mut hits = Vec::new();
        self.scan.kernel.scan(program, columns, &all, &mut hits);
        self.tiles.extend(hits.iter().map(|hit| hit.position));
    }

    /// Guesses from some of the tiles how good the row's best are, so that the scan is not flooded with others.
    pub fn sample(&mut self, hits: &mut Vec<Hit>) {
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
        let start = &self.offer.bytes.in_units(self.shift).people;
        let program = Program { steps: &self.steps, skip: 0, start, limit };
        self.scan.kernel.scan(program, &self.offer.people.columns, tiles, hits);
    }

    /// Looks at the tiles before `end` that have not been looked at.
    pub fn look_up_to(&mut self, end: u32, hits: &mut Vec<Hit>) {
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
            let column = self.offer.people.order[hit.position as usize];
            let (mentor, mentee) = self.scan.pair(self.ask.row, column);
            let Some(price) = self.offer.prices[column as usize] else { continue };
            let verdict = |criterion| compiled.deficit_of(criterion, mentor, mentee);
            let deficit = self.exact.deficit(&self.offer.people.columns, hit.position as usize, verdict);
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

    pub fn finish(mut self, hits: &mut Vec<Hit>) -> Shortlist {
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
