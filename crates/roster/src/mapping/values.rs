//! What the values of a column look like.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{Epoch, Table, dates, email, zones};

/// How many values of a column are looked at.
const SAMPLE: usize = 500;

/// What values look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// E-mail addresses.
    Emails,
    /// Dates.
    Dates,
    /// Numbers and codes.
    Ids,
    /// Several words of letters.
    Names,
    /// Time zones.
    TimeZones,
}

/// Some values of a column, spread over the file, without empty ones.
pub(super) struct Values<'t> {
    values: Vec<&'t str>,
    /// How many cells were looked at, with empty ones.
    cells: usize,
    epoch: Option<Epoch>,
}

impl<'t> Values<'t> {
    pub(super) fn of(table: &'t Table, column: usize) -> Self {
        let step = (table.len() / SAMPLE).max(1);
        let cells = table.rows().step_by(step).map(|row| row.get(column));
        let count = cells.len();
        Self { values: cells.filter(|cell| !cell.is_empty()).collect(), cells: count, epoch: table.epoch() }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The share of cells with a value, from 0 to 1.
    pub(super) fn filled(&self) -> f64 {
        self.values.len() as f64 / self.cells.max(1) as f64
    }

    /// The first few that differ.
    pub(super) fn examples(&self, limit: usize) -> Vec<String> {
        let mut seen = HashSet::new();
        let different = self.values.iter().filter(|value| seen.insert(**value));
        different.take(limit).map(|value| crate::clean::shorten(value, 80)).collect()
    }

    /// The share of values that look like this, from 0 to 1.
    pub(super) fn share(&self, look: Look) -> f64 {
        let like = self.values.iter().filter(|value| self.looks_like(value, look)).count();
        if self.values.is_empty() { 0.0 } else { like as f64 / self.values.len() as f64 }
    }

    pub(super) fn mostly(&self, look: Look) -> bool {
        self.share(look) >= 0.8
    }

    /// The first value that does not look like this, if most do not.
    pub(super) fn mostly_not(&self, look: Look) -> Option<&'t str> {
        let exception = self.values.iter().copied().find(|value| !self.looks_like(value, look));
        exception.filter(|_| self.share(look) < 0.5)
    }

    pub(super) fn first(&self) -> Option<&'t str> {
        self.values.first().copied()
    }

    /// The share of these values that are also in another column, from 0 to 1.
    pub(super) fn share_within(&self, all: &HashSet<&str>) -> f64 {
        let within = self.values.iter().filter(|value| all.contains(**value)).count();
        if self.values.is_empty() { 0.0 } else { within as f64 / self.values.len() as f64 }
    }

    fn looks_like(&self, value: &str, look: Look) -> bool {
        match look {
            Look::Emails => email::parse(value).is_some(),
            Look::Dates => dates::parse(value, self.epoch).is_some(),
            Look::Ids => value.bytes().any(|b| b.is_ascii_digit()) && !value.contains([' ', '@']),
            Look::Names => value.contains(' ') && !value.contains(|c: char| c.is_ascii_digit() || c == '@'),
            Look::TimeZones => zones::canonical(value).is_some(),
        }
    }
}
