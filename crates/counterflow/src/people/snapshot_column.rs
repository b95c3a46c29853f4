//! One field of a snapshot.

use super::{Field, Profile, rows::Rows};
use crate::kernel::clock::Day;

/// Everything that the directory has in one field.
#[derive(Debug)]
pub struct Column {
    rows: usize,
    /// The words, as pickers offer them.
    words: Words,
    /// What a word may be as well: the level's number beside its label.
    also: Words,
    /// Every number with its row, the smallest first.
    numbers: Vec<(f64, u32)>,
    /// First days at work with their rows, the earliest first.
    days: Vec<(Day, u32)>,
    is_by_size: bool,
}

impl Column {
    pub(super) fn of(field: &Field, people: &[Profile]) -> Self {
        let each = || people.iter().zip(0_u32..);
        let words =
            Words::of(each().flat_map(|(person, row)| field.words(person).into_iter().map(move |word| (word, row))));
        let levels: Vec<(String, u32)> = match field {
            Field::Level => each().filter_map(|(person, row)| Some((person.level?.to_string(), row))).collect(),
            _ => Vec::new(),
        };
        let also = Words::of(levels.iter().map(|(level, row)| (level.as_str(), *row)));
        let mut numbers: Vec<_> = each().filter_map(|(person, row)| Some((field.number(person)?, row))).collect();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let started = |(person, row): (&Profile, u32)| Some((person.started_on?, row));
        let mut days: Vec<_> =
            if *field == Field::TenureYears { each().filter_map(started).collect() } else { Vec::new() };
        days.sort_unstable();
        let is_by_size = match field {
            Field::TenureYears => true,
            Field::Level => !numbers.is_empty(),
            Field::Attribute(_) => !numbers.is_empty() && numbers.len() == words.holders.len(),
            _ => false,
        };
        Self { rows: people.len(), words, also, numbers, days, is_by_size }
    }

    /// Whether it is compared by size: numbers. Otherwise by choice: words.
    #[must_use]
    pub fn is_by_size(&self) -> bool {
        self.is_by_size
    }

    /// Who has a number of which this holds. It has to hold for all from some number on (`from`), or up to some number.
    #[must_use]
    pub fn with_number(&self, holds: impl Fn(f64) -> bool) -> Rows {
        self.collect(sorted_part(&self.numbers, |(number, _)| holds(*number)).iter().map(|(_, row)| *row))
    }

    /// Who began on a day of which this holds: for all up to some day, or from some day on.
    #[must_use]
    pub fn with_day(&self, holds: impl Fn(Day) -> bool) -> Rows {
        self.collect(sorted_part(&self.days, |(day, _)| holds(*day)).iter().map(|(_, row)| *row))
    }

    /// Who has one of these words, which are trimmed and in lower case.
    #[must_use]
    pub fn with_word(&self, asked: &[String]) -> Rows {
        self.collect(asked.iter().flat_map(|word| self.words.holders_of(word).chain(self.also.holders_of(word))))
    }

    /// Who has anything here.
    #[must_use]
    pub fn known(&self) -> Rows {
        let words = self.words.holders.iter().chain(&self.also.holders).copied();
        let numbers = self.numbers.iter().map(|(_, row)| *row);
        self.collect(words.chain(numbers).chain(self.days.iter().map(|(_, row)| *row)))
    }

    /// How many words there are to choose from.
    #[must_use]
    pub fn choices(&self) -> usize {
        self.words.texts.len()
    }

    /// The words that occur among some people, each with how many of these have it.
    #[must_use]
    pub fn counted(&self, among: &Rows) -> Vec<(&str, usize)> {
        let count = |at: usize| self.words.holders_at(at).iter().filter(|row| among.contains(**row)).count();
        let all = self.words.texts.iter().enumerate().map(|(at, (_, text))| (text.as_str(), count(at)));
        all.filter(|(_, count)| *count > 0).collect()
    }

    fn collect(&self, found: impl IntoIterator<Item = u32>) -> Rows {
        let mut rows = Rows::none(self.rows);
        rows.extend(found);
        rows
    }
}

/// The part of a sorted list, its beginning or its end, of which something holds.
fn sorted_part<T>(sorted: &[T], holds: impl Fn(&T) -> bool) -> &[T] {
    match sorted.first() {
        Some(first) if holds(first) => &sorted[..sorted.partition_point(holds)],
        _ => &sorted[sorted.partition_point(|one| !holds(one))..],
    }
}

/// Words with who has each.
#[derive(Debug, Default)]
struct Words {
    /// In lower case, and as it is written; in order.
    texts: Vec<(String, String)>,
    /// Where in `holders` those of a word begin, and at the end where the last end.
    begins: Vec<u32>,
    /// Rows, word by word.
    holders: Vec<u32>,
}

impl Words {
    fn of<'p>(said: impl Iterator<Item = (&'p str, u32)>) -> Self {
        let mut said: Vec<_> = said.map(|(word, row)| (word.to_lowercase(), word, row)).collect();
        said.sort_unstable();
        said.dedup();
        let mut words = Self::default();
        for (folded, word, row) in said {
            if words.texts.last().is_none_or(|(_, last)| last != word) {
                words.texts.push((folded, word.to_owned()));
                words.begins.push(words.holders.len() as u32);
            }
            words.holders.push(row);
        }
        words.begins.push(words.holders.len() as u32);
        words
    }

    fn holders_at(&self, at: usize) -> &[u32] {
        &self.holders[self.begins[at] as usize..self.begins[at + 1] as usize]
    }

    /// Who has this word, however it is written.
    fn holders_of(&self, folded: &str) -> impl Iterator<Item = u32> {
        let from = self.texts.partition_point(|(word, _)| word.as_str() < folded);
        let to = self.texts.partition_point(|(word, _)| word.as_str() <= folded);
        self.holders[self.begins[from] as usize..self.begins[to] as usize].iter().copied()
    }
}
