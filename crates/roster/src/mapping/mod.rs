//! Which column means what.

mod check;
mod field;
mod guess;
mod headers;
mod values;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::MappingError;
pub use field::{Field, Target, UnknownField};
pub use guess::{Confidence, Guess, GuessedColumn, Why};
pub(crate) use headers::is_header_row;
pub use values::Look;

use crate::{DateOrder, Table};

/// Which column of a file is which field, and how to read what the file leaves open.
///
/// The form of `--mapping MAP.toml`:
///
/// ```toml
/// # How a whole name without a comma is cut: "first-last" (if not said) or "last-first".
/// name_order = "first-last"
///
/// # Header = field. Letter case of headers is no difference. Columns that are not named are left out, as those with
/// # "ignore" are. Fields: employee_id, name, first_name, last_name, email, manager_id, manager_email, manager_name,
/// # title, level, department, location, time_zone, start_date, end_date, status, languages, and extra:NAME.
/// [columns]
/// "Employee ID" = "employee_id"
/// "Worker" = "name"
/// "Work Email" = "email"
/// "Hire Date" = "start_date"
/// "Pronouns" = "extra:pronouns"
/// "Cost Center" = "ignore"
///
/// # Only for columns whose dates leave it open: "day-first" or "month-first".
/// [date_order]
/// "Hire Date" = "month-first"
///
/// # Words of the status column beside those that are known anyway (active, terminated, on leave, aktiv, ...).
/// [status]
/// active = ["seconded"]
/// on_leave = ["sabbatical"]
/// left = ["alumni"]
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// How a whole name without a comma is cut.
    pub name_order: NameOrder,
    /// What each column means, by header.
    pub columns: BTreeMap<String, Target>,
    /// The order of day and month in columns whose values leave it open, by header. A value in a column that can be
    /// read only the other way is an error of its row.
    pub date_order: BTreeMap<String, DateOrder>,
    /// Words of the status column beside those that are known.
    pub status: StatusWords,
}

/// The order of a whole name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameOrder {
    /// "Wei Zhang" has the first name Wei.
    #[default]
    FirstLast,
    /// "Zhang Wei" has the first name Wei.
    LastFirst,
}

/// Words of the status column. Letter case is no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatusWords {
    /// Works here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub active: Vec<String>,
    /// Works here, and is away for long.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_leave: Vec<String>,
    /// Has left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

impl Mapping {
    /// Guesses what the columns of a file mean, from their headers and values. For showing, and to be confirmed.
    pub fn guess(table: &Table) -> Guess {
        guess::guess(table)
    }

    /// Everything that keeps a file from being read with this mapping; empty if it can be.
    pub fn check(&self, table: &Table) -> Vec<MappingError> {
        check::check(self, table)
    }

    /// What a column means; nothing if the mapping does not know it.
    pub fn target(&self, header: &str) -> Option<&Target> {
        by_header(&self.columns, header)
    }

    /// The order of day and month in a column, where it was said.
    pub fn date_order(&self, header: &str) -> Option<DateOrder> {
        by_header(&self.date_order, header).copied()
    }

    /// The columns of a file that this mapping says nothing about: new ones, if it was made for an earlier file.
    pub fn unknown_columns<'t>(&self, table: &'t Table) -> Vec<&'t str> {
        let headers = table.headers().iter().map(String::as_str);
        headers.filter(|header| self.target(header).is_none()).collect()
    }

    /// Reads the TOML form.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Writes the TOML form.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a mapping is made of tables, lists and words")
    }
}

fn by_header<'m, T>(map: &'m BTreeMap<String, T>, header: &str) -> Option<&'m T> {
    let same = |known: &str| known.to_lowercase() == header.to_lowercase();
    map.get(header).or_else(|| map.iter().find(|(known, _)| same(known)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_survive_toml() {
        let mapping = Mapping {
            name_order: NameOrder::LastFirst,
            columns: BTreeMap::from([
                ("Employee ID".to_owned(), Field::EmployeeId.into()),
                ("Größe \"x\"".to_owned(), Target::Ignore),
                ("Pronouns".to_owned(), Field::Extra("pronouns".to_owned()).into()),
            ]),
            date_order: BTreeMap::from([("Hire Date".to_owned(), DateOrder::MonthFirst)]),
            status: StatusWords { left: vec!["alumni".to_owned()], ..StatusWords::default() },
        };
        assert_eq!(Mapping::from_toml(&mapping.to_toml()), Ok(mapping));
        assert_eq!(Mapping::from_toml(""), Ok(Mapping::default()));
    }

    #[test]
    fn mistakes_in_toml_are_named() {
        let check = |text: &str, expected: &str| {
            let message = Mapping::from_toml(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check("[columns]\n\"Mail\" = \"mail\"", "\"mail\" is no field; the fields are: employee_id");
        check("colums = {}", "unknown field `colums`");
        check("[date_order]\nHired = \"us\"", "day-first");
    }

    #[test]
    fn the_documented_form_can_be_read() {
        let source = include_str!("mod.rs");
        let start = source.find("/// ```toml\n").unwrap() + "/// ```toml\n".len();
        let end = start + source[start..].find("/// ```\n").unwrap();
        let text = source[start..end].lines().map(|line| line.trim_start_matches("///").trim_start());
        let mapping = Mapping::from_toml(&text.collect::<Vec<_>>().join("\n")).unwrap();
        assert_eq!(mapping.target("employee id"), Some(&Target::Field(Field::EmployeeId)));
        assert_eq!(mapping.date_order("hire date"), Some(DateOrder::MonthFirst));
        assert_eq!(mapping.status.left, ["alumni"]);
    }
}
