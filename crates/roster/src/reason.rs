//! What is wrong with a row, as data. Templates say it to people; [`std::fmt::Display`] says it to developers and on
//! the command line.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates::{DateProblem, NoSuchDate};

/// Something wrong at a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The line where the row begins, counted from 1; in a workbook the number of the row.
    pub line: u32,
    /// The header of the column; nothing where the whole row is meant.
    pub column: Option<String>,
    /// What was found there, at most 200 characters; empty if the cell is.
    pub value: String,
    /// Why it cannot stay so.
    pub reason: Reason,
}

/// What an error means for its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row can be imported; a value of it is left out, or something deserves a look.
    Warning,
    /// The row must not be imported as it is.
    RejectsRow,
}

/// Why a row, or a cell of it, is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// More or fewer cells than the header.
    Ragged {
        /// Cells in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
        /// Lines that the row takes. More than one hints at a stray quotation mark.
        lines: u32,
    },
    /// Bytes that are no characters in the encoding of the file.
    BrokenText,
    /// A formula in the sheet failed (`#N/A`, `#REF!` and so on).
    FormulaFailed,
    /// Longer than any such value is.
    TooLong {
        /// The most characters that are read.
        limit: usize,
    },
    /// A person has a name.
    NoName,
    /// Neither an e-mail nor an employee id.
    NotIdentified,
    /// Somebody who works here, and has no e-mail.
    NeedsEmail,
    /// Not of the form name@domain.
    NotAnEmail,
    /// In none of the forms of dates.
    NotADate,
    /// A day or month that the calendar does not have.
    NoSuchDate(NoSuchDate),
    /// Before 1900 or after 2200.
    ImplausibleYear {
        /// The year.
        year: i16,
    },
    /// The leaving date is before the start date.
    LeavesBeforeStart {
        /// The start date.
        start: Date,
    },
    /// Not a time zone of the IANA database. The person is read without one.
    UnknownTimeZone,
    /// The employee id of an earlier row.
    DuplicateId(Earlier),
    /// The e-mail of an earlier row.
    DuplicateEmail(Earlier),
    /// The same as an earlier row in everything; it is left out.
    RepeatedRow {
        /// The line of the earlier row.
        line: u32,
    },
    /// A second header below the first (SuccessFactors writes one); it is left out.
    SecondHeader,
    /// Nobody in the file or the directory is this manager.
    ManagerUnknown {
        /// What the file names managers by.
        by: ManagerKey,
        /// The one that differs least.
        closest: Option<String>,
    },
    /// Several people have the manager's name.
    ManagerAmbiguous {
        /// Some of them, at most ten.
        people: Vec<PersonAt>,
    },
    /// A person cannot be their own manager.
    ManagerIsSelf,
    /// The line of managers comes back to the person.
    ManagerCycle {
        /// From the person upwards; the last one reports to the first. At most 20.
        people: Vec<PersonAt>,
        /// How many more there are between the last of `people` and the first.
        more: usize,
    },
    /// The manager's own row is rejected, so the person may have to be imported without.
    ManagerRejected {
        /// The line of the manager's row.
        line: u32,
    },
    /// The manager has left.
    ManagerLeft {
        /// The line of the manager's row.
        line: u32,
    },
}

impl Reason {
    /// What this means for the row.
    ///
    /// Whatever is wrong with a manager rejects the row, although the person could be read: nobody may be matched
    /// within their chain of command, and somebody without manager has none.
    pub fn severity(&self) -> Severity {
        match self {
            Self::UnknownTimeZone
            | Self::RepeatedRow { .. }
            | Self::SecondHeader
            | Self::ManagerRejected { .. }
            | Self::ManagerLeft { .. } => Severity::Warning,
            _ => Severity::RejectsRow,
        }
    }
}

impl From<DateProblem> for Reason {
    fn from(problem: DateProblem) -> Self {
        match problem {
            DateProblem::NotADate => Self::NotADate,
            DateProblem::NoSuchDate(date) => Self::NoSuchDate(date),
        }
    }
}

/// The lines of all rows that must not be imported as they are.
pub fn rejected_lines<'e>(errors: impl IntoIterator<Item = &'e RowError>) -> BTreeSet<u32> {
    let rejecting = errors.into_iter().filter(|error| error.reason.severity() == Severity::RejectsRow);
    rejecting.map(|error| error.line).collect()
}

/// An earlier row that has a value already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Its line.
    pub line: u32,
    /// The name in it, where it is another one.
    pub other_name: Option<String>,
}

/// A person and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAt {
    /// Their line in the file; nothing for somebody who is only in the directory.
    pub line: Option<u32>,
    /// Their name.
    pub name: String,
}

/// What a file names managers by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManagerKey {
    /// Employee id.
    Id,
    /// E-mail.
    Email,
    /// Name.
    Name,
}

impl fmt::Display for ManagerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "id",
            Self::Email => "e-mail",
            Self::Name => "name",
        })
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        if !self.value.is_empty() {
            write!(f, ", \"{}\"", self.value)?;
        } else if self.column.is_some() {
            f.write_str(", empty")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// For logs and tests. What people read is worded by the application, in `people/import/reason.txt`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { expected, found, lines } => fmt_ragged(f, *expected, *found, *lines),
            Self::BrokenText => f.write_str("Has bytes that are no characters in the encoding of the file."),
            Self::FormulaFailed => f.write_str("The formula in this cell fails."),
            Self::TooLong { limit } => write!(f, "Longer than {limit} characters."),
            Self::NoName => f.write_str("A person needs a name."),
            Self::NotIdentified => f.write_str("A person needs an e-mail or an employee id."),
            Self::NeedsEmail => f.write_str("A person needs an e-mail, or a leaving date."),
            Self::NotAnEmail => f.write_str("Not an e-mail address."),
            Self::NotADate => f.write_str("Not a date."),
            Self::NoSuchDate(date) => date.fmt(f),
            Self::ImplausibleYear { year } => write!(f, "The year {year} can't be right."),
            Self::LeavesBeforeStart { start } => write!(f, "Before the start date, {start}."),
            Self::UnknownTimeZone => f.write_str("Not a time zone such as Europe/Berlin; left out."),
            Self::DuplicateId(earlier) => write!(f, "The same id as in {earlier}."),
            Self::DuplicateEmail(earlier) => write!(f, "The same e-mail as in {earlier}."),
            Self::RepeatedRow { line } => write!(f, "The same row as line {line}; left out."),
            Self::SecondHeader => f.write_str("A second header; left out."),
            Self::ManagerUnknown { by, closest } => fmt_unknown(f, *by, closest.as_deref()),
            Self::ManagerAmbiguous { people } => fmt_ambiguous(f, people),
            Self::ManagerIsSelf => f.write_str("Names the person as their own manager."),
            Self::ManagerCycle { people, more } => fmt_cycle(f, people, *more),
            Self::ManagerRejected { line } => write!(f, "The manager's own row, line {line}, can't be read."),
            Self::ManagerLeft { line } => write!(f, "The manager has left (line {line})."),
        }
    }
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match &self.other_name {
            Some(name) => write!(f, ", with another name ({name})"),
            None => Ok(()),
        }
    }
}

fn fmt_ragged(f: &mut fmt::Formatter<'_>, expected: usize, found: usize, lines: u32) -> fmt::Result {
    write!(f, "The row has {found} cells, the header has {expected}.")?;
    if lines > 1 {
        write!(f, " It takes {lines} lines: a quotation mark may be missing or too many.")?;
    }
    Ok(())
}

fn fmt_unknown(f: &mut fmt::Formatter<'_>, by: ManagerKey, closest: Option<&str>) -> fmt::Result {
    write!(f, "Nobody in the file or the directory has this {by}.")?;
    match closest {
        Some(closest) => write!(f, " Closest: {closest}"),
        None => Ok(()),
    }
}

fn fmt_ambiguous(f: &mut fmt::Formatter<'_>, people: &[PersonAt]) -> fmt::Result {
    f.write_str("Several people have this name: ")?;
    for (index, person) in people.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        match person.line {
            Some(line) => write!(f, "{} (line {line})", person.name)?,
            None => write!(f, "{} (in the directory)", person.name)?,
        }
    }
    f.write_str(". Name the manager by id or e-mail.")
}

fn fmt_cycle(f: &mut fmt::Formatter<'_>, people: &[PersonAt], more: usize) -> fmt::Result {
    f.write_str("Goes round in a circle: ")?;
    for (index, person) in people.iter().enumerate() {
        let before = match index {
            0 => "",
            1 => " reports to ",
            _ => ", who reports to ",
        };
        write!(f, "{before}{}", person.name)?;
    }
    if more > 0 {
        write!(f, ", and {more} more in between")?;
    }
    let first = people.first().map_or("", |person| person.name.as_str());
    write!(f, ", who reports to {first}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DateOrder;

    fn cycle(names: &[&str], more: usize) -> Reason {
        let people = names.iter().map(|name| PersonAt { line: None, name: (*name).to_owned() });
        Reason::ManagerCycle { people: people.collect(), more }
    }

    #[test]
    fn reasons_are_said_in_plain_english() {
        let check = |reason: Reason, expected: &str| assert_eq!(reason.to_string(), expected);
        check(
            cycle(&["Wei Zhang", "Fiona Gallagher"], 0),
            "Goes round in a circle: Wei Zhang reports to Fiona Gallagher, who reports to Wei Zhang.",
        );
        check(
            cycle(&["A", "B", "C"], 7),
            "Goes round in a circle: A reports to B, who reports to C, and 7 more in between, who reports to A.",
        );
        check(
            Reason::DuplicateId(Earlier { line: 97, other_name: Some("Kwame Boateng".to_owned()) }),
            "The same id as in line 97, with another name (Kwame Boateng).",
        );
        check(
            Reason::ManagerUnknown { by: ManagerKey::Email, closest: Some("p.raman@halden.example".to_owned()) },
            "Nobody in the file or the directory has this e-mail. Closest: p.raman@halden.example",
        );
    }

    #[test]
    fn errors_survive_storage() {
        let error = RowError {
            line: 14,
            column: Some("start_date".to_owned()),
            value: "31.02.2024".to_owned(),
            reason: Reason::NoSuchDate(NoSuchDate { year: 2024, month: 2, day: 31, order: Some(DateOrder::DayFirst) }),
        };
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(serde_json::from_str::<RowError>(&json).unwrap(), error);
        assert_eq!(
            error.to_string(),
            "line 14, start_date, \"31.02.2024\": February has no 31st. \
             Dates in this column are read as day, month, year."
        );
    }
}
