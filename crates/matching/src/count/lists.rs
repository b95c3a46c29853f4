//! What two lists have in common, for many people at once.

use std::collections::HashMap;
use std::ops::Range;

use super::block::set;
use crate::profile::{LEVELS, Side};
use crate::table::{Lists, Offered, Table, Verdict, Wanted};

/// More than the binary digits of any number of members.
const DIGITS: usize = 32;

/// For each member of a list (a word, or a topic at a level) the people of a block who have it.
pub(super) struct Members<'c> {
    table: &'c Table,
    rows: Side,
    by: u32,
    /// Who gave a value at all.
    known: Vec<u64>,
    have: HashMap<u32, Vec<u64>>,
    asked: Vec<u32>,
}

impl<'c> Members<'c> {
    pub fn new(table: &'c Table, rows: Side, columns: &Range<usize>) -> Self {
        let by = match table {
            Table::Sets { by, .. } | Table::Topics { by, .. } => *by,
            _ => 1,
        };
        let words = columns.len().div_ceil(64);
        let mut members = Self { table, rows, by, known: vec![0; words], have: HashMap::new(), asked: Vec::new() };
        for (bit, column) in (0..).zip(columns.clone()) {
            let have = &mut members.have;
            let known = each(table, rows.other(), column, true, |member| {
                set(have.entry(member).or_insert_with(|| vec![0; words]), bit);
            });
            if known {
                set(&mut members.known, bit);
            }
        }
        members
    }

    /// Marks those with whom a row has a verdict that is to be marked.
    pub fn judge(&mut self, row: usize, is_marked: impl Fn(Option<Verdict>) -> bool, marks: &mut Vec<u64>) {
        let word = |verdict| if is_marked(verdict) { u64::MAX } else { 0 };
        let [yes, no] = [true, false].map(|holds| word(Some(Verdict::yes_or_no(holds))));
        let unknown = word(None);
        marks.clear();
        self.asked.clear();
        if !each(self.table, self.rows, row, false, |member| self.asked.push(member)) {
            marks.resize(self.known.len(), unknown);
            return;
        }
        let lists: Vec<&[u64]> =
            self.asked.iter().filter_map(|member| Some(self.have.get(member)?.as_slice())).collect();
        at_least(self.by, &lists, self.known.len(), marks);
        for (marks, known) in marks.iter_mut().zip(&self.known) {
            *marks = (*marks & yes) | (known & !*marks & no) | (!known & unknown);
        }
    }
}

/// Visits the members of a person's list: all that they `have`, or else all that they ask of the others. Somebody who
/// offers a topic has it at every level up to theirs. Returns whether there is a list at all.
fn each(table: &Table, side: Side, person: usize, have: bool, mut visit: impl FnMut(u32)) -> bool {
    match table {
        Table::Sets { sets, .. } => words(sets.of(side), person, visit),
        Table::Topics { offers, wants, offering, .. } if *offering == side => {
            topics(offers.of(person), |&Offered { topic, level }| {
                let from = if have { *LEVELS.start() } else { level };
                (from..=level).for_each(|level| visit(at_level(topic, level)));
            })
        }
        Table::Topics { wants, .. } => topics(wants.of(person), |&Wanted { topic, want }| {
            let to = if have { *LEVELS.end() } else { want.at_least };
            (want.at_least..=to).for_each(|level| visit(at_level(topic, level)));
        }),
        _ => false,
    }
}

fn at_level(topic: u32, level: u8) -> u32 {
    topic * (u32::from(*LEVELS.end()) + 1) + u32::from(level)
}

fn topics<T>(list: Option<&[T]>, visit: impl FnMut(&T)) -> bool {
    list.into_iter().flatten().for_each(visit);
    list.is_some()
}

fn words(sets: &Lists<u64>, person: usize, mut visit: impl FnMut(u32)) -> bool {
    let Some(words) = sets.of(person) else { return false };
    for (at, mut word) in (0..).zip(words.iter().copied()) {
        while word != 0 {
            visit(at * 64 + word.trailing_zeros());
            word &= word - 1;
        }
    }
    true
}

/// Sets the bits that are in at least `by` of the lists: adds up in binary digits, 64 sums side by side.
fn at_least(by: u32, lists: &[&[u64]], words: usize, into: &mut Vec<u64>) {
    into.resize(words, 0);
    if lists.len() < by as usize {
        return;
    }
    if by == 1 {
        for list in lists {
            into.iter_mut().zip(*list).for_each(|(all, word)| *all |= word);
        }
        return;
    }
    let digits = (usize::BITS - lists.len().leading_zeros()) as usize;
    for (at, into) in into.iter_mut().enumerate() {
        let mut sums = [0_u64; DIGITS];
        for list in lists {
            let mut carry = list[at];
            for sum in &mut sums[..digits] {
                (*sum, carry) = (*sum ^ carry, *sum & carry);
            }
        }
        let (mut more, mut equal) = (0, u64::MAX);
        for digit in (0..digits).rev() {
            let sum = sums[digit];
            if by >> digit & 1 == 0 {
                more |= equal & sum;
                equal &= !sum;
            } else {
                equal &= sum;
            }
        }
        *into = more | equal;
    }
}
