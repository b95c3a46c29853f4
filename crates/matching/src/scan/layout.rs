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
    pub all: Arranged,
    parts: Vec<Part>,
}

/// People side by side.
#[derive(Debug)]
pub(super) struct Arranged {
    /// The person at each position of the columns: people who are alike stand together.
    pub order: Vec<u32>,
    pub columns: Columns,
    /// The same columns with a whole tile in the place of a person: of direct columns the code that all in it have, or
    /// that there is none; of sums the best code that there could be. `None` where it is not worth having.
    pub tiles: Option<Columns>,
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
        let mut building = Building { tiles: Columns::new(columns.tiles(), width), order, columns, parts: Vec::new() };
        for (column, (criterion, direct)) in (0..).zip(directs) {
            building.add_direct(criterion, column, direct);
        }
        let mut column = building.parts.len() as u32;
        for (criterion, sum) in sums {
            let width = sum.width();
            building.add_sum(criterion, column, sum);
            column += width as u32;
        }
        let Building { order, columns, tiles, parts } = building;
        Self { all: Arranged { order, columns, tiles: Some(tiles) }, parts }
    }

    /// Some of the people again, in the same order, by themselves.
    pub fn select(&self, wanted: impl Fn(u32) -> bool) -> Arranged {
        let chosen = (0..).zip(&self.all.order).filter(|&(_, &person)| wanted(person));
        let (positions, order): (Vec<usize>, Vec<u32>) = chosen.unzip();
        let width = self.all.columns.width();
        let mut columns = Columns::new(order.len(), width);
        for (to, &from) in positions.iter().enumerate() {
            (0..width as u32).for_each(|column| columns.set(column, to, self.all.columns.get(column, from)));
        }
        Arranged { order, columns, tiles: None }
    }

    /// The deficit that a row has with all columns because it gave no value; `None` where that breaks a rule.
    pub fn same_for_all(&self, row: usize) -> Option<u32> {
        let mut sums = self.parts.iter().filter_map(|part| match part {
            Part::Sum { sum, .. } if sum.rows.of(row).is_none() => Some(sum.worth[usize::from(MISSING_SUM)]),
            _ => None,
        });
        sums.try_fold(0, |all, deficit| (deficit != BROKEN).then(|| all + u32::from(deficit)))
    }

    /// How to score pairs of a row exactly.
    pub fn exact(&self, row: usize) -> Exact<'_> {
        let part = |part| match part {
            &Part::Direct { criterion, column, ref direct } => match direct.table(row) {
                Some(table) => Look::Up { column, table },
                None => Look::Compare { criterion, column, direct },
            },
            Part::Sum { criterion, missing, sum } => match sum.rows.of(row) {
                None => Look::Nowhere(sum.worth[usize::from(MISSING_SUM)]),
                Some(terms) => Look::AddUp { criterion: *criterion, missing: *missing, terms, sum },
            },
        };
        Exact { row, parts: self.parts.iter().map(part).collect() }
    }

    /// Writes down how to find the tiles in which somebody may be within the limit.
    pub fn tile_steps<'a>(&'a self, row: usize, shift: u32, tiles: &Columns, steps: &mut Steps<'a>) {
        let ops = self.parts.iter().filter_map(|part| match part {
            Part::Direct { column, direct, .. } => direct.tile_op(*column, row, shift),
            Part::Sum { sum, .. } => sum.rows.of(row).map(|terms| sum.tile_op(terms, shift)),
        });
        steps.set(ops, tiles);
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
        steps.set(ops.flatten(), &self.all.columns);
    }
}

/// What a row needs to score a pair exactly.
#[derive(Debug)]
pub(super) struct Exact<'a> {
    row: usize,
    parts: Vec<Look<'a>>,
}

/// How to find the deficit by one criterion.
#[derive(Debug)]
enum Look<'a> {
    /// By code.
    Up { column: u32, table: &'a Deficits },
    /// Where codes are compared, or do not say enough.
    Compare { criterion: usize, column: u32, direct: &'a Direct },
    /// By the sum of terms.
    AddUp { criterion: usize, missing: Option<u32>, terms: &'a [Term], sum: &'a Sum },
    /// The same for everybody.
    Nowhere(u16),
}

impl Exact<'_> {
    /// What the row's pair with the person at a position lacks to a full score; `None` where it breaks a rule of the
    /// criteria. `verdict` compares the two by a criterion where the codes do not say enough.
    pub fn deficit(&self, columns: &Columns, position: usize, verdict: impl Fn(usize) -> u16) -> Option<u32> {
        let mut all = 0;
        for part in &self.parts {
            let deficit = match part {
                Look::Up { column, table } => table[usize::from(columns.get(*column, position) & 31)],
                Look::Nowhere(deficit) => *deficit,
                Look::Compare { criterion, column, direct } => {
                    let code = columns.get(*column, position);
                    direct.deficit(self.row, code).unwrap_or_else(|| verdict(*criterion))
                }
                Look::AddUp { criterion, missing, terms, sum } => {
                    if missing.is_some_and(|column| columns.get(column, position) == MISSING_SUM) {
                        sum.worth[usize::from(MISSING_SUM)]
                    } else {
                        let entry = |term: &Term| {
                            let code = columns.get(term.column, position);
                            u32::from(sum.tables[term.table as usize][usize::from(code & 15)])
                        };
                        let count = terms.iter().map(entry).sum();
                        sum.deficit(count).unwrap_or_else(|| verdict(*criterion))
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
}

/// A layout in the making.
struct Building {
    order: Vec<u32>,
    columns: Columns,
    tiles: Columns,
    parts: Vec<Part>,
}

impl Building {
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
