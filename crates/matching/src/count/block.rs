//! Some people of one side as bits, and who of them a person of the other side is kept from.

use std::collections::BTreeMap;
use std::ops::Range;

use super::line::Lines;
use super::lists::Members;
use crate::compiled::CompiledInstance;
use crate::criteria::HardRule;
use crate::profile::Side;
use crate::table::{Table, Verdict};

/// So many people of one side are bits at a time; what is kept of them then fits a processor's cache.
pub(super) const BLOCK: usize = 8_192;

/// For so many different values of a criterion the bits are kept; beyond them they are found anew for each person.
const MOST_KEPT: usize = 2_048;

/// Where a person's pairs with the people of a block stand, a bit each.
#[derive(Default)]
pub(super) struct Row {
    /// What no rule has removed so far.
    alive: Vec<u64>,
    /// Pinned pairs, which no rule removes.
    pinned: Vec<u64>,
}

impl Row {
    fn begin(&mut self, people: usize, pinned: impl Iterator<Item = u32>) {
        self.alive.clear();
        self.alive.resize(people.div_ceil(64), u64::MAX);
        let nobody = self.alive.len() * 64 - people;
        if let Some(last) = self.alive.last_mut() {
            *last >>= nobody;
        }
        self.pinned.clear();
        self.pinned.resize(self.alive.len(), 0);
        pinned.for_each(|bit| set(&mut self.pinned, bit));
    }

    /// Removes what is marked. Returns how many pairs that were.
    pub fn remove(&mut self, marks: &[u64]) -> u32 {
        let mut removed = 0;
        for ((alive, pinned), marks) in self.alive.iter_mut().zip(&self.pinned).zip(marks) {
            let gone = *alive & marks & !pinned;
            *alive ^= gone;
            removed += gone.count_ones();
        }
        removed
    }

    /// The same for single bits.
    pub fn remove_some(&mut self, bits: &[u32]) -> u32 {
        let mut removed = 0;
        for &bit in bits {
            let (at, mask) = (bit as usize / 64, 1 << (bit % 64));
            let gone = self.alive[at] & mask & !self.pinned[at];
            self.alive[at] ^= gone;
            removed += gone.count_ones();
        }
        removed
    }

    /// How many pairs are left.
    pub fn left(&self) -> u32 {
        self.alive.iter().map(|alive| alive.count_ones()).sum()
    }

    /// How many of the marked pairs are left.
    pub fn left_of(&self, marks: &[u64]) -> u32 {
        self.alive.iter().zip(marks).map(|(alive, marks)| (alive & marks).count_ones()).sum()
    }
}

pub(super) fn set(bits: &mut [u64], bit: u32) {
    bits[bit as usize / 64] |= 1 << (bit % 64);
}

/// Neighbors of one side, the columns, to be compared with everybody of the other side, the rows.
pub(super) struct Block<'c> {
    compiled: &'c CompiledInstance,
    pub rows: Side,
    columns: Range<usize>,
    /// By criterion; `None` for those that decide nothing.
    marks: Vec<Option<Marks<'c>>>,
    lines: Option<Lines>,
    same: Listed,
    forbidden: Listed,
    pinned: Listed,
    scratch: Vec<u32>,
}

impl<'c> Block<'c> {
    pub fn new(compiled: &'c CompiledInstance, rows: Side, at: usize) -> Self {
        let all = compiled.people(rows.other()).len();
        let columns = at * BLOCK..all.min((at + 1) * BLOCK);
        let marks = |criterion| Marks::new(compiled, criterion, rows, &columns);
        let listed = |pairs: &mut dyn Iterator<Item = (usize, usize)>| Listed::new(pairs, rows, &columns);
        Self {
            marks: (0..compiled.tables().len()).map(marks).collect(),
            lines: compiled.criteria().chain_of_command.map(|_| Lines::new(compiled, rows.other(), &columns)),
            same: listed(&mut compiled.same_people()),
            forbidden: listed(&mut compiled.forbidden_pairs()),
            pinned: listed(&mut compiled.pinned_pairs()),
            scratch: Vec::new(),
            compiled,
            rows,
            columns,
        }
    }

    /// Turns to the next row.
    pub fn begin(&self, person: usize, row: &mut Row) {
        row.begin(self.columns.len(), self.pinned.of(person).iter().copied());
    }

    /// Who breaks a hard rule with this row, or of whom a preference is true.
    pub fn marks(&mut self, criterion: usize, person: usize) -> &[u64] {
        match &mut self.marks[criterion] {
            Some(marks) => marks.of(self.compiled, self.rows, person, &self.columns),
            None => &[],
        }
    }

    /// Who is kept from this row by something else than the criteria.
    pub fn apart(&mut self, rule: HardRule, person: usize) -> &[u32] {
        match (rule, &self.lines) {
            (HardRule::SamePerson, _) => self.same.of(person),
            (HardRule::Forbidden, _) => self.forbidden.of(person),
            (HardRule::ChainOfCommand, Some(lines)) => {
                let (start, rows, compiled) = (self.columns.start, self.rows, self.compiled);
                let breaks = |bit: u32| {
                    let (mentor, mentee) = rows.oriented(person, start + bit as usize);
                    compiled.breaks(HardRule::ChainOfCommand, mentor, mentee)
                };
                self.scratch.clear();
                lines.of(compiled, rows, person, |bit| self.scratch.extend(breaks(bit).then_some(bit)));
                &self.scratch
            }
            (HardRule::ChainOfCommand, None) | (HardRule::Criterion(_), _) => &[],
        }
    }
}

/// Pairs by row, with the bits of the columns.
struct Listed {
    rows: Vec<u32>,
    bits: Vec<u32>,
}

impl Listed {
    fn new(pairs: &mut dyn Iterator<Item = (usize, usize)>, rows: Side, columns: &Range<usize>) -> Self {
        let oriented = |(mentor, mentee)| if rows == Side::Mentor { (mentor, mentee) } else { (mentee, mentor) };
        let here = pairs.map(oriented).filter(|(_, column)| columns.contains(column));
        let mut here: Vec<(u32, u32)> =
            here.map(|(row, column)| (row as u32, (column - columns.start) as u32)).collect();
        here.sort_unstable();
        let (rows, bits) = here.into_iter().unzip();
        Self { rows, bits }
    }

    fn of(&self, row: usize) -> &[u32] {
        if self.rows.is_empty() {
            return &[];
        }
        let first = |row: usize| self.rows.partition_point(|&other| (other as usize) < row);
        &self.bits[first(row)..first(row + 1)]
    }
}

/// One criterion of a block.
enum Marks<'c> {
    /// Of single values: the same for all rows with the same one.
    Values { criterion: usize, values: Values, scratch: Vec<u64> },
    /// Of lists.
    Members { criterion: usize, members: Members<'c>, scratch: Vec<u64> },
}

/// Rows by value.
struct Values {
    /// The number of each row's value.
    of: Vec<u32>,
    /// The bits for each value that somebody has come with.
    kept: Vec<Vec<u64>>,
}

impl<'c> Marks<'c> {
    fn new(compiled: &'c CompiledInstance, criterion: usize, rows: Side, columns: &Range<usize>) -> Option<Self> {
        let table = &compiled.tables()[criterion];
        let scratch = Vec::new();
        Some(match table {
            Table::Sets { .. } | Table::Topics { .. } => {
                Self::Members { criterion, members: Members::new(table, rows, columns), scratch }
            }
            _ => Self::Values { criterion, values: Values::new(compiled, table, rows), scratch },
        })
    }

    fn of(&mut self, compiled: &CompiledInstance, rows: Side, person: usize, columns: &Range<usize>) -> &[u64] {
        match self {
            Self::Members { criterion, members, scratch } => {
                members.judge(person, |verdict| is_marked(compiled, *criterion, verdict), scratch);
                scratch
            }
            Self::Values { criterion, values, scratch } => {
                let value = values.of[person] as usize;
                let bits = if value < MOST_KEPT { &mut values.kept[value] } else { scratch };
                if value >= MOST_KEPT || bits.is_empty() {
                    judge(compiled, *criterion, columns, |column| rows.oriented(person, column), bits);
                }
                bits
            }
        }
    }
}

impl Values {
    fn new(compiled: &CompiledInstance, table: &Table, rows: Side) -> Self {
        let mut numbers = BTreeMap::new();
        let mut number = |row| {
            let next = numbers.len() as u32;
            *numbers.entry(table.key(rows, row)).or_insert(next)
        };
        let of = (0..compiled.people(rows).len()).map(&mut number).collect();
        Self { of, kept: vec![Vec::new(); numbers.len().min(MOST_KEPT)] }
    }
}

/// Compares a row with all columns, one by one.
fn judge(
    compiled: &CompiledInstance,
    criterion: usize,
    columns: &Range<usize>,
    pair: impl Fn(usize) -> (usize, usize),
    bits: &mut Vec<u64>,
) {
    bits.clear();
    bits.resize(columns.len().div_ceil(64), 0);
    for (bit, column) in (0..).zip(columns.clone()) {
        let (mentor, mentee) = pair(column);
        if is_marked(compiled, criterion, compiled.tables()[criterion].verdict(mentor, mentee)) {
            set(bits, bit);
        }
    }
}

/// Whether a hard rule is broken, or a preference true.
fn is_marked(compiled: &CompiledInstance, criterion: usize, verdict: Option<Verdict>) -> bool {
    if compiled.is_hard(criterion) {
        compiled.deficit(criterion, verdict) == u16::MAX
    } else {
        verdict.is_some_and(|verdict| verdict.holds)
    }
}
