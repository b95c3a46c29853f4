//! The crate through its public API.
#![allow(clippy::unwrap_used)]

mod any_bytes;
mod guesses;
mod orgs;
mod people;
mod tables;
mod workbooks;

use counterflow_roster::{Mapping, Org, ReadOptions, Reading, RowError, Table, read_people};

/// A table from text, with everything detected.
fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), &ReadOptions::default()).unwrap()
}

/// The cells of a table, with the lines of the rows.
fn rows(table: &Table) -> Vec<(u32, Vec<&str>)> {
    table.rows().map(|row| (row.line(), row.cells().collect())).collect()
}

/// People read with the guessed mapping.
fn read(text: &str) -> Reading {
    let table = table(text);
    let mapping = Mapping::guess(&table).mapping;
    assert_eq!(mapping.check(&table), [], "{text}");
    read_people(&table, &mapping)
}

/// What is said of errors.
fn said(errors: &[RowError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

/// The name of each person's manager.
fn managers(reading: &Reading, org: &Org) -> Vec<Option<String>> {
    let name = |place: usize| reading.people[place].name.clone();
    org.managers.iter().map(|manager| manager.and_then(|manager| manager.in_file()).map(name)).collect()
}
