//! What is wrong with a file, its columns and its rows, as people read it: in pages, in the list of errors, and on the
//! command line. The words are in the templates.

use askama::Template;
use counterflow_roster::{DateOrder, Field, FileKind, ManagerKey, MappingError, Quantity, Reason, TableError};

use super::report::{Cause, Problem};

#[derive(Template)]
#[template(path = "people/import/reason.txt")]
struct ReasonText<'a> {
    cause: &'a Cause,
}

impl ReasonText<'_> {
    fn month(&self, month: &u8) -> String {
        let first = i8::try_from(*month).ok().and_then(|month| jiff::civil::Date::new(2000, month, 1).ok());
        first.map(|first| first.strftime("%B").to_string()).unwrap_or_default()
    }
}

impl Problem {
    /// Why, in words.
    #[must_use]
    pub fn words(&self) -> String {
        ReasonText { cause: &self.cause }.render().unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "people/import/file.txt")]
struct FileText<'a> {
    error: &'a TableError,
}

/// Why a file cannot be read, in words.
#[must_use]
pub fn file_words(error: &TableError) -> String {
    FileText { error }.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "people/import/mapping.txt")]
struct MappingText<'a> {
    error: &'a MappingError,
}

impl MappingText<'_> {
    fn field(&self, field: &Field) -> String {
        field_words(field)
    }
}

/// Why columns do not do, in words.
#[must_use]
pub fn mapping_words(error: &MappingError) -> String {
    MappingText { error }.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "people/import/field.txt")]
struct FieldText<'a> {
    field: &'a Field,
}

/// What a column is read as, in words.
#[must_use]
pub fn field_words(field: &Field) -> String {
    FieldText { field }.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "people/import/difference.txt")]
struct DifferenceText<'a> {
    field: &'a Field,
    words: String,
}

/// What a field that changes is called, as the beginning of a line, by its key.
#[must_use]
pub(super) fn field_label(key: &str) -> String {
    let Ok(field) = key.parse::<Field>() else { return key.to_owned() };
    let words = DifferenceText { field: &field, words: field_words(&field) }.render().unwrap_or_default();
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use counterflow_roster::{Earlier, NoSuchDate, PersonAt};

    use super::*;

    #[test]
    fn reasons_are_said_to_people() {
        let check = |cause: Cause, expected: &str| {
            let problem = Problem { line: 2, column: None, value: String::new(), cause };
            assert_eq!(problem.words(), expected);
        };
        let date = |year, month, day, order| Cause::File(Reason::NoSuchDate(NoSuchDate { year, month, day, order }));
        check(
            date(2024, 2, 31, Some(DateOrder::DayFirst)),
            "February has no 31st. Dates in this column are read as day, month, year.",
        );
        check(date(2023, 2, 29, None), "February 2023 has no 29th.");
        check(date(2024, 13, 1, None), "There is no month 13.");
        for (day, ordinal) in [(0, "0th"), (41, "41st"), (32, "32nd"), (33, "33rd"), (34, "34th"), (99, "99th")] {
            check(date(2024, 6, day, None), &format!("June has no {ordinal}."));
        }
        let person = |name: &str, line| PersonAt { line, name: name.to_owned() };
        let people = vec![person("Wei Zhang", Some(7)), person("Fiona Gallagher", None)];
        check(
            Cause::File(Reason::ManagerCycle { people: people.clone(), more: 0 }),
            "Goes round in a circle: Wei Zhang reports to Fiona Gallagher, who reports to Wei Zhang.",
        );
        check(
            Cause::File(Reason::ManagerAmbiguous { people }),
            "Several people have this name: Wei Zhang (line 7), Fiona Gallagher (in the directory). \
             Name the manager by employee id or e-mail.",
        );
        check(
            Cause::File(Reason::DuplicateId(Earlier { line: 97, other_name: Some("Kwame Boateng".to_owned()) })),
            "The same id as in line 97, with another name (Kwame Boateng).",
        );
        check(
            Cause::File(Reason::ManagerUnknown { by: ManagerKey::Email, closest: Some("p@halden.example".to_owned()) }),
            "Nobody in the file or the directory has this e-mail. Closest: p@halden.example",
        );
        check(
            Cause::File(Reason::Ragged { expected: 4, found: 9, lines: 3 }),
            "The row has 9 cells, the header has 4. It takes 3 lines: a quotation mark may be missing or too many.",
        );
    }

    #[test]
    fn files_and_columns_are_said_to_people() {
        let damaged = TableError::BrokenWorkbook { detail: "invalid Zip archive: no EOCD".to_owned() };
        assert!(!file_words(&damaged).contains("Zip"), "{}", file_words(&damaged));
        let wrong = TableError::WrongKind { file: FileKind::Pdf };
        assert_eq!(
            file_words(&wrong),
            "This is a PDF. Save the table as CSV or as an Excel workbook (.xlsx), without a password."
        );
        assert_eq!(
            file_words(&TableError::TooLarge { what: Quantity::Rows, limit: 5 }),
            "The file is too large: more than 5 rows."
        );
        let twice = MappingError::SeveralColumns { field: Field::Email, headers: vec!["A".into(), "B".into()] };
        assert_eq!(mapping_words(&twice), "Several columns are read as e-mail: A, B. Keep one of them.");
    }
}
