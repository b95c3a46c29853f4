//! What an import would do, and what keeps rows out of it: shown before anything is changed.

use counterflow_roster::{OrgWarning, Reason, RowError};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The most people a list of leavers names.
pub const LISTED: usize = 1000;

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
}

impl Counts {
    /// Rows that change something.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.new + self.changed + self.leaving
    }

    /// Whether so many would leave, now or on their last day (more than a tenth of those who work here), that somebody
    /// has to say that they do. After the import nobody is asked again: when the day is over, they are signed out.
    #[must_use]
    pub fn many_leave(&self, missing: Missing) -> bool {
        10 * self.going(missing) > self.present
    }

    /// How many of a hundred who work here leave, now or on their last day, rounded.
    #[must_use]
    pub fn share(&self, missing: Missing) -> usize {
        (200 * self.going(missing) + self.present) / (2 * self.present).max(1)
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

/// What happens to those who work here and are not in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// Nothing: the file may be about a part of the organization.
    #[default]
    Stay,
    /// They have left.
    Leave,
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
    fn more_than_a_tenth_is_many() {
        let counts = |leaving, missing| Counts { leaving, missing, present: 100, ..Counts::default() };
        assert!(!counts(10, 90).many_leave(Missing::Stay));
        assert!(counts(11, 0).many_leave(Missing::Stay));
        assert!(counts(5, 6).many_leave(Missing::Leave));
        assert!(!Counts::default().many_leave(Missing::Leave), "nobody of nobody");
        let later = Counts { will_leave: 6, ..counts(5, 0) };
        assert!(later.many_leave(Missing::Stay), "on their last day nobody is asked again");
        assert_eq!((later.leavers(Missing::Stay), later.share(Missing::Stay)), (5, 11));
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
