//! The criteria as byte columns of one side and as small tables for each person of the other.
//!
//! What a pair lacks to a full score is its *deficit*: for each preference the points of its share that the pair does not
//! get; a broken rule is [`BROKEN`]. A program adds up deficits divided by a power of two and rounded down, so its sum
//! is never more than the true deficit: whoever it leaves out is out, and whoever it lets in is scored exactly.

use super::encode::{Code, Direct, MIXED, Sum, direct, sets, topics};
use super::kernel::{Columns, MISSING_SUM, Op, Steps, TILE, Table16, Term};
use crate::compiled::CompiledInstance;
use crate::profile::Side;
use crate::table::Table;

/// Stands for a broken rule.
pub(super) const BROKEN: u16 = u16::MAX;

/// A table of deficits by code.
pub(super) type Deficits = [u16; 32];

/// One side laid out for the scan, with what each person of the other side needs to scan it.
#[derive(Debug)]
pub(super) struct Layout {
    /// The person at each position of the columns: people who are alike stand together.
    pub order: Vec<u32>,
    pub columns: Columns,
    /// The same columns with a whole tile in the place of a person: of direct columns the code that all in it have, or
    /// that there is none; of sums the best code that there could be.
    pub tiles: Columns,
    parts: Vec<Part>,
}

/// A criterion whose values are written into columns.
#[derive(Debug)]
enum Part {
    Direct { criterion: usize, column: u32, direct: Direct },
    Sum { criterion: usize, missing: Option<u32>, sum: Box<Sum> },
}

impl Layout {
    /// Lays out one side, to be scanned for people of the other.
    pub fn new(compiled: &CompiledInstance, side: Side) -> Self {
        let (mut directs, mut sums) = (Vec::new(), Vec::new());
        for (criterion, table) in compiled.tables().iter().enumerate() {
            if !compiled.decides(criterion) {
                continue;
            }
            match table {
                Table::Sets { sets: values, by } => {
                    sums.push((criterion, sets(compiled, criterion, side, values, *by)))
                }
                Table::Topics { .. } => sums.push((criterion, topics(compiled, criterion, side, table))),
                _ => directs.push((criterion, direct(compiled, criterion, side))),
            }
        }
        // What excludes most people comes first, so that checks can leave a tile early.
        let weight = |criterion: usize| if compiled.is_hard(criterion) { u32::MAX } else { compiled.share(criterion) };
        directs.sort_by_key(|&(criterion, _)| std::cmp::Reverse(weight(criterion)));
        sums.sort_by_key(|&(criterion, _)| std::cmp::Reverse(weight(criterion)));
        let order = alike_together(compiled.people(side).len(), &directs);
        let width = directs.len() + sums.iter().map(|(_, sum)| sum.width()).sum::<usize>();
        let columns = Columns::new(order.len(), width);
        let tiles = Columns::new(columns.tiles(), width);
        let mut layout = Self { order, columns, tiles, parts: Vec::new() };
        for (column, (criterion, direct)) in (0..).zip(directs) {
            layout.add_direct(criterion, column, direct);
        }
        let mut column = layout.parts.len() as u32;
        for (criterion, sum) in sums {
            let width = sum.width();
            layout.add_sum(criterion, column, sum);
            column += width as u32;
        }
        layout
    }

    fn add_direct(&mut self, criterion: usize, column: u32, mut direct: Direct) {
        for (position, &person) in self.order.iter().enumerate() {
            self.columns.set(column, position, direct.codes[person as usize]);
        }
        for (tile, people) in self.order.chunks(TILE).enumerate() {
            let code = direct.codes[people[0] as usize];
            let alike = people.iter().all(|&person| direct.codes[person as usize] == code);
            self.tiles.set(column, tile, if alike { code } else { MIXED });
        }
        direct.codes = Vec::new();
        self.parts.push(Part::Direct { criterion, column, direct });
    }

    fn add_sum(&mut self, criterion: usize, first_column: u32, mut sum: Sum) {
        let mut position_of = vec![0; self.order.len()];
        self.order.iter().enumerate().for_each(|(position, &person)| position_of[person as usize] = position);
        for Code { person, column, code } in std::mem::take(&mut sum.codes) {
            let (column, position) = (first_column + column, position_of[person as usize]);
            self.columns.set(column, position, code);
            let best = sum.best_of(self.tiles.get(column, position / TILE), code);
            self.tiles.set(column, position / TILE, best);
        }
        let missing = (!sum.missing.is_empty()).then_some(first_column + sum.columns);
        for &person in &sum.missing {
            missing.into_iter().for_each(|column| self.columns.set(column, position_of[person as usize], MISSING_SUM));
        }
        sum.rows.entries_mut().for_each(|term| term.column += first_column);
        self.parts.push(Part::Sum { criterion, missing, sum: Box::new(sum) });
    }

    /// The deficit that a row has with all columns because it gave no value; `None` where that breaks a rule.
    pub fn same_for_all(&self, row: usize) -> Option<u32> {
        let mut sums = self.parts.iter().filter_map(|part| match part {
            Part::Sum { sum, .. } if sum.rows.of(row).is_none() => Some(sum.worth[usize::from(MISSING_SUM)]),
            _ => None,
        });
        sums.try_fold(0, |all, deficit| (deficit != BROKEN).then(|| all + u32::from(deficit)))
    }

    /// What a row's pair with the person at a position lacks to a full score, exactly; `None` where it breaks a rule of
    /// the criteria. `verdict` compares the two by a criterion where the codes do not say enough.
    pub fn deficit(&self, row: usize, position: usize, verdict: impl Fn(usize) -> u16) -> Option<u32> {
        let mut all = 0;
        for part in &self.parts {
            let deficit = match part {
                Part::Direct { criterion, column, direct } => {
                    let code = self.columns.get(*column, position);
                    direct.deficit(row, code).unwrap_or_else(|| verdict(*criterion))
                }
                Part::Sum { criterion, missing, sum } => {
                    let lacks = |column: u32| self.columns.get(column, position) == MISSING_SUM;
                    match sum.rows.of(row).filter(|_| !missing.is_some_and(lacks)) {
                        None => sum.worth[usize::from(MISSING_SUM)],
                        Some(terms) => {
                            let entry = |term: &Term| {
                                let code = self.columns.get(term.column, position);
                                u32::from(sum.tables[term.table as usize][usize::from(code & 15)])
                            };
                            let count = terms.iter().map(entry).sum();
                            sum.deficit(count).unwrap_or_else(|| verdict(*criterion))
                        }
                    }
                }
            };
            if deficit == BROKEN {
                return None;
            }
            all += u32::from(deficit);
        }
        Some(all)
    }

    /// Writes down how to find the tiles in which somebody may be within the limit.
    pub fn tile_steps<'a>(&'a self, row: usize, shift: u32, steps: &mut Steps<'a>) {
        let ops = self.parts.iter().filter_map(|part| match part {
            Part::Direct { column, direct, .. } => direct.tile_op(*column, row, shift),
            Part::Sum { sum, .. } => sum.rows.of(row).map(|terms| sum.tile_op(terms, shift)),
        });
        steps.set(ops, &self.tiles);
    }

    /// Writes down how to scan for a row, with deficits in units of 2 to the `shift`.
    pub fn steps<'a>(&'a self, row: usize, shift: u32, steps: &mut Steps<'a>) {
        let ops = self.parts.iter().flat_map(|part| match part {
            Part::Direct { column, direct, .. } => [None, Some(direct.op(*column, row, shift))],
            Part::Sum { missing, sum, .. } => match sum.rows.of(row) {
                Some(terms) => [Some(Op::Check), Some(sum.op(*missing, terms, shift))],
                None => [None, None],
            },
        });
        steps.set(ops.flatten(), &self.columns);
    }
}

/// People in the order of their direct values, so that whole tiles can be left after a step or two.
fn alike_together(people: usize, directs: &[(usize, Direct)]) -> Vec<u32> {
    let key = |person: u32| directs.iter().map(move |(_, direct)| direct.codes[person as usize]);
    let mut order: Vec<u32> = (0..people as u32).collect();
    order.sort_by(|&a, &b| key(a).cmp(key(b)).then(a.cmp(&b)));
    order
}

/// A deficit in units of 2 to the `shift`, rounded down.
pub(super) fn quantum(deficit: u16, shift: u32) -> u8 {
    let units = (u32::from(deficit) >> shift.min(31)).min(u32::from(u8::MAX));
    if deficit == BROKEN { u8::MAX } else { units as u8 }
}

/// The two halves of a table in units of 2 to the `shift`. A plain loop, of which compilers make vector instructions: it
/// is run a dozen times for every row.
pub(super) fn halves(table: &Deficits, shift: u32) -> (Table16, Table16) {
    let (mut low, mut high) = ([0; 16], [0; 16]);
    let (first, last) = table.split_at(16);
    for at in 0..16 {
        low[at] = quantum(first[at], shift);
        high[at] = quantum(last[at], shift);
    }
    (low, high)
}
