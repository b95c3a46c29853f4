//! From rows to people.

mod duplicates;
mod names;
mod row;
mod status;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use status::Status;

use crate::dates::{ColumnOrder, DateOrder, order_of_column};
use crate::mapping::is_header_row;
use crate::{Field, Mapping, Reason, RowError, Severity, Table, Target};
use duplicates::Duplicates;
use row::RowReader;
use status::StatusReader;

/// A person as a file describes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPerson {
    /// The line of the file where the row begins, counted from 1; in a workbook the number of the row.
    pub line: u32,
    /// The organization's number or code for them. Unique in the file; letter case is no difference.
    pub employee_id: Option<String>,
    /// First name, if the file tells it from the last.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The name as it is shown, first name first unless the file has it otherwise. Never empty.
    pub name: String,
    /// In lower case. Unique in the file. There is one unless the person leaves, or no column is mapped to it.
    pub email: Option<String>,
    /// Whom they report to, as the file says it.
    pub manager: Option<ManagerRef>,
    /// Job title.
    pub title: Option<String>,
    /// Level or grade.
    pub level: Option<Level>,
    /// Department.
    pub department: Option<String>,
    /// Place of work.
    pub location: Option<String>,
    /// Name of a time zone in the IANA database.
    pub time_zone: Option<String>,
    /// First day at work.
    pub start: Option<Date>,
    /// Last day at work; may be ahead.
    pub end: Option<Date>,
    /// As the status column says it; active if there is none.
    pub status: Status,
    /// In the order of the file.
    pub languages: Vec<String>,
    /// Other attributes that the organization keeps, by name. Empty cells are left out.
    pub extra: BTreeMap<String, String>,
}

impl RosterPerson {
    /// Whether they have left, or it is known when they will.
    pub fn leaves(&self) -> bool {
        self.status == Status::Left || self.end.is_some()
    }

    /// Whether they have left by this day: by their status, or because their last day is over.
    pub fn has_left(&self, today: Date) -> bool {
        self.status == Status::Left || self.end.is_some_and(|end| end < today)
    }
}

/// What a file names a manager by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "snake_case")]
pub enum ManagerRef {
    /// Employee id.
    Id(String),
    /// E-mail, in lower case.
    Email(String),
    /// Name, first name first.
    Name(String),
}

impl ManagerRef {
    /// As in the file, but for case and order.
    pub fn as_str(&self) -> &str {
        let (Self::Id(text) | Self::Email(text) | Self::Name(text)) = self;
        text
    }
}

/// A level or grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// As in the file: "L3", "Level 7", "Director".
    pub text: String,
    /// The number in it, if there is exactly one.
    pub number: Option<i32>,
}

/// What a file says about people, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Those who can be read, in the order of the file.
    pub people: Vec<RosterPerson>,
    /// Every reason why a row cannot be read, by line. A row may have several.
    pub rejected: Vec<RowError>,
    /// What is left out or deserves a look, by line.
    pub warnings: Vec<RowError>,
    /// What only the owner of the file can say. Until it is answered (in the mapping), dates that depend on it are
    /// left out, and unknown words of the status count as active: do not import before.
    pub questions: Vec<Question>,
    /// Who is in the rejected rows, as far as can be told.
    pub unread: Vec<Unread>,
    /// The header of each field.
    pub headers: BTreeMap<Field, String>,
}

/// Something that is asked and not guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// Is `3/1/2024` the 3rd of January or the 1st of March? Answered by [`Mapping::date_order`].
    DateOrder {
        /// The column.
        column: String,
        /// Some of its values, at most three.
        examples: Vec<String>,
    },
    /// What do these words of the status column mean? Answered by [`Mapping::status`].
    StatusWords {
        /// The column.
        column: String,
        /// The words, the commonest first; at most 20.
        words: Vec<WordCount>,
    },
}

/// A word and how often it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordCount {
    /// The word.
    pub word: String,
    /// In how many rows.
    pub rows: usize,
}

/// What can be told of a person whose row is rejected, so that those who report to them are not rejected too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The line of the row.
    pub line: u32,
    /// Employee id.
    pub employee_id: Option<String>,
    /// E-mail, if it is one.
    pub email: Option<String>,
    /// Name; may be empty.
    pub name: String,
}

/// Reads the people in a table: every person, and every error, in one go.
///
/// Use [`Mapping::check`] before: a column that the table does not have is read as empty, and of two columns for one
/// field one is taken.
pub fn read_people(table: &Table, mapping: &Mapping) -> Reading {
    let columns = Columns::of(table, mapping);
    let mut reading = Reading { headers: columns.headers(table), ..Reading::default() };
    let orders = DateOrders::of(table, mapping, &columns, &mut reading.questions);
    let mut status = StatusReader::new(&mapping.status);
    let mut duplicates = Duplicates::default();
    reading.rejected.extend_from_slice(table.ragged());
    for (index, row) in table.rows().enumerate() {
        if index == 0 && is_header_row(row) {
            reading.warnings.push(RowError::of_row(row.line(), Reason::SecondHeader));
            continue;
        }
        let mut reader = RowReader::new(row, table, &columns);
        let person = reader.person(mapping, &orders, &mut status);
        if let Some(error) = duplicates.find(&person, &reading) {
            reader.errors.push(error);
        }
        reading.take(person, reader.errors, &mut duplicates);
    }
    if let Some(column) = reading.headers.get(&Field::Status) {
        reading.questions.extend(status.question(column));
    }
    reading.rejected.sort_by_key(|error| error.line);
    reading
}

impl Reading {
    /// The header of a field, if a column is mapped to it.
    pub fn header(&self, field: &Field) -> Option<&str> {
        self.headers.get(field).map(String::as_str)
    }

    /// Adds what was read of a row.
    fn take(&mut self, person: RosterPerson, errors: Vec<RowError>, duplicates: &mut Duplicates) {
        let rejects = |error: &RowError| error.reason.severity() == Severity::RejectsRow;
        let repeated = errors.iter().any(|error| matches!(error.reason, Reason::RepeatedRow { .. }));
        let rejected = errors.iter().any(rejects);
        let (rejecting, warnings): (Vec<_>, Vec<_>) = errors.into_iter().partition(rejects);
        self.rejected.extend(rejecting);
        self.warnings.extend(warnings);
        if rejected {
            let RosterPerson { line, employee_id, email, name, .. } = person;
            self.unread.push(Unread { line, employee_id, email, name });
        } else if !repeated {
            duplicates.add(&person, self.people.len());
            self.people.push(person);
        }
    }
}

impl RowError {
    pub(crate) fn of_row(line: u32, reason: Reason) -> Self {
        Self { line, column: None, value: String::new(), reason }
    }
}

/// Where the fields are.
pub(crate) struct Columns {
    positions: BTreeMap<Field, usize>,
}

impl Columns {
    fn of(table: &Table, mapping: &Mapping) -> Self {
        let columns = table.headers().iter().enumerate();
        let positions = columns.filter_map(|(column, header)| match mapping.target(header)? {
            Target::Field(field) => Some((field.clone(), column)),
            Target::Ignore => None,
        });
        Self { positions: positions.collect() }
    }

    fn get(&self, field: &Field) -> Option<usize> {
        self.positions.get(field).copied()
    }

    fn headers(&self, table: &Table) -> BTreeMap<Field, String> {
        let header = |column: usize| table.headers()[column].clone();
        self.positions.iter().map(|(field, column)| (field.clone(), header(*column))).collect()
    }

    fn extras(&self) -> impl Iterator<Item = &Field> {
        self.positions.keys().filter(|field| matches!(field, Field::Extra(_)))
    }
}

/// The order of day and month in the columns of dates.
struct DateOrders(BTreeMap<Field, DateOrder>);

impl DateOrders {
    /// By the mapping, else by the values, else asked.
    fn of(table: &Table, mapping: &Mapping, columns: &Columns, questions: &mut Vec<Question>) -> Self {
        let mut orders = BTreeMap::new();
        for field in [Field::StartDate, Field::EndDate] {
            let Some(column) = columns.get(&field) else { continue };
            let header = &table.headers()[column];
            let by_values = || order_of_column(table.rows().map(|row| row.get(column)), table.epoch());
            match mapping.date_order(header).map_or_else(by_values, ColumnOrder::Known) {
                ColumnOrder::Known(order) => {
                    orders.insert(field, order);
                }
                ColumnOrder::Indifferent => {}
                ColumnOrder::Ask(examples) => {
                    questions.push(Question::DateOrder { column: header.clone(), examples });
                }
            }
        }
        Self(orders)
    }

    fn get(&self, field: &Field) -> Option<DateOrder> {
        self.0.get(field).copied()
    }
}
