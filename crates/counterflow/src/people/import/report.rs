//! What an import would do, and what keeps rows out of it: shown before anything is changed.

use std::{collections::BTreeMap, mem::discriminant};

use counterflow_roster::{OrgWarning, Reason, RowError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::difference::Touched;
use crate::words;

/// The most people a list of leavers names.
pub const LISTED: usize = 1000;

/// In a file about fewer people, most of them is nothing remarkable.
const SWEEPING_FROM: usize = 10;

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How many of each.
    pub counts: Counts,
    /// Every reason why a row is not imported, by line. A row may have several.
    pub rejected: Vec<Problem>,
    /// What is left out or deserves a look, by line.
    pub warnings: Vec<Problem>,
    /// Who leaves, by line: at most [`LISTED`].
    pub leavers: Vec<Leaver>,
    /// Who gets a last day, or an earlier one, by line: at most [`LISTED`]. They stay until it is over.
    #[serde(default)]
    pub will_leave: Vec<Leaver>,
    /// Who works here and is not in the file, by name: at most [`LISTED`]. They leave only if somebody says so.
    pub missing: Vec<Leaver>,
    /// What deserves a look in the whole org tree.
    pub shape: Option<OrgWarning>,
    /// Of everything that it would change, so that a yes is for what was seen.
    #[serde(default)]
    pub fingerprint: String,
}

impl Report {
    /// The rejected rows by what is wrong with them, the most frequent first.
    #[must_use]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for problem in &self.rejected {
            match groups.iter_mut().find(|group| group.first.is_like(problem)) {
                Some(group) => group.add(problem),
                None => groups.push(Group { first: problem, is_same: true, rows: 1, lines: vec![problem.line] }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.rows));
        groups
    }
}

/// How many lines of a group are named.
const LINES: usize = 5;

/// Rows in which the same is wrong with the same column.
#[derive(Debug)]
pub struct Group<'a> {
    /// The first of them.
    pub first: &'a Problem,
    /// Whether all are wrong in the same words: others name another row or person each.
    pub is_same: bool,
    /// How many.
    pub rows: usize,
    /// The first lines.
    pub lines: Vec<u32>,
}

impl Group<'_> {
    fn add(&mut self, problem: &Problem) {
        self.rows += 1;
        self.is_same &= self.first.cause == problem.cause;
        if self.lines.len() < LINES {
            self.lines.push(problem.line);
        }
    }

    /// How many lines are not named.
    #[must_use]
    pub fn more(&self) -> usize {
        self.rows - self.lines.len()
    }
}

/// How many people of each kind. `new`, `changed`, `unchanged`, `leaving`, `left_before`, `repeated` and `rejected`
/// add up to `rows`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows below the header.
    pub rows: usize,
    /// People whom the directory does not know yet.
    pub new: usize,
    /// People about whom something changes.
    pub changed: usize,
    /// Of those that change, the ones who had left and are back.
    pub returning: usize,
    /// Of those that change, the ones who get a last day, today or later, or an earlier one than they had.
    #[serde(default)]
    pub will_leave: usize,
    /// People about whom nothing changes.
    pub unchanged: usize,
    /// People who work here and leave with this import.
    pub leaving: usize,
    /// People who left before the directory knew them: nothing is kept of them.
    pub left_before: usize,
    /// Rows that say again what another row says.
    pub repeated: usize,
    /// Rows that cannot be imported as they are.
    pub rejected: usize,
    /// People who work here and are not in the file. Not counted if rows are rejected: they may be in those.
    pub missing: usize,
    /// People who work here now.
    pub present: usize,
    /// For how many of those who change each field does, by its key in a mapping.
    #[serde(default)]
    pub fields: BTreeMap<String, Touched>,
}

impl Counts {
    /// Rows that change something.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.new + self.changed + self.leaving
    }

    /// How many people of the file the directory knows already.
    #[must_use]
    pub fn known(&self) -> usize {
        self.changed + self.unchanged + self.leaving
    }

    /// The fields that lose what stood there for more than half of the people: columns may be swapped, or empty. In a
    /// file of few people that means nothing.
    #[must_use]
    pub fn sweeping(&self) -> Vec<(&str, Touched)> {
        let sweeps = |touched: &Touched| self.known() >= SWEEPING_FROM && 2 * touched.replaced > self.known();
        let fields = self.fields.iter().filter(|(key, touched)| *key != "last_name" && sweeps(touched));
        fields.map(|(key, touched)| (key.as_str(), *touched)).collect()
    }

    /// How many of a hundred, rounded.
    #[must_use]
    pub fn percent(part: usize, whole: usize) -> usize {
        (200 * part + whole) / (2 * whole).max(1)
    }

    /// How many of a hundred who work here leave, now or on their last day, rounded.
    #[must_use]
    pub fn share(&self, missing: Missing) -> usize {
        Self::percent(self.going(missing), self.present)
    }

    /// How many leave, now or on their last day.
    #[must_use]
    pub fn going(&self, missing: Missing) -> usize {
        self.leavers(missing) + self.will_leave
    }

    /// How many leave with this import.
    #[must_use]
    pub fn leavers(&self, missing: Missing) -> usize {
        match missing {
            Missing::Stay => self.leaving,
            Missing::Leave => self.leaving + self.missing,
        }
    }
}

words! {
    /// What happens to those who work here and are not in the file.
    #[derive(Default)]
    Missing {
        #[default]
        /// Nothing: the file may be about a part of the organization.
        Stay = "stay",
        /// They have left.
        Leave = "leave",
    }
}

/// Something wrong at a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Counted from 1, the header too; in a workbook the number of the row.
    pub line: u32,
    /// The header of the column; nothing where the whole row is meant.
    pub column: Option<String>,
    /// What was found there.
    pub value: String,
    /// Why it cannot stay so.
    pub cause: Cause,
}

impl Problem {
    /// Whether the row is left out because an earlier one says the same.
    #[must_use]
    pub fn is_repetition(&self) -> bool {
        matches!(self.cause, Cause::File(Reason::RepeatedRow { .. }))
    }
}

/// Why a row, or a cell of it, is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// The e-mail of somebody else, who stays as they are.
    EmailTaken {
        /// Whose it is.
        name: String,
        /// The id under which the directory knows them.
        employee_id: Option<String>,
    },
    /// Nobody would be left to look after the server.
    LastAdmin,
    /// Nobody would be left who can sign in and look after the server: the e-mail goes to somebody else.
    LastAdminEmail,
    /// What the file alone tells.
    #[serde(untagged)]
    File(Reason),
}

impl Problem {
    /// Whether the same kind of thing is wrong with the same column.
    fn is_like(&self, other: &Self) -> bool {
        let is_same_kind = match (&self.cause, &other.cause) {
            (Cause::File(one), Cause::File(other)) => discriminant(one) == discriminant(other),
            (one, other) => discriminant(one) == discriminant(other),
        };
        is_same_kind && self.column == other.column
    }
}

impl From<RowError> for Problem {
    fn from(error: RowError) -> Self {
        Self { line: error.line, column: error.column, value: error.value, cause: Cause::File(error.reason) }
    }
}

/// Somebody who leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaver {
    /// Full name.
    pub name: String,
    /// Department.
    pub department: Option<String>,
    /// The line in the file, if they are in it.
    pub line: Option<u32>,
    /// Their last day at work.
    pub last_day: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_changes_for_most_people_is_sweeping() {
        let counts = |unchanged, people, replaced| Counts {
            changed: people,
            unchanged,
            fields: BTreeMap::from([("department".to_owned(), Touched { people, replaced })]),
            ..Counts::default()
        };
        assert_eq!(counts(4, 6, 6).sweeping().len(), 1);
        assert_eq!(counts(5, 5, 5).sweeping(), [], "half is not most");
        assert_eq!(counts(4, 6, 1).sweeping(), [], "what was empty is filled in");
        assert_eq!(counts(0, 9, 9).sweeping(), [], "few people");
        assert_eq!(Counts { leaving: 5, will_leave: 6, present: 100, ..Counts::default() }.share(Missing::Stay), 11);
    }

    #[test]
    fn problems_survive_storage() {
        let causes = [
            Cause::EmailTaken { name: "Ana Lim".to_owned(), employee_id: None },
            Cause::LastAdmin,
            Cause::LastAdminEmail,
            Cause::File(Reason::ImplausibleYear { year: 1066 }),
            Cause::File(Reason::NoName),
        ];
        for cause in causes {
            let json = serde_json::to_string(&cause).unwrap();
            assert_eq!(serde_json::from_str::<Cause>(&json).unwrap(), cause, "{json}");
        }
    }
}
