//! Pairs that stay as they are.

use std::path::Path;

use counterflow_matching::PairIds;
use counterflow_roster::{ReadOptions, Row, Table};

use super::people_file::{Expected, FileError};
use super::{Failure, bytes_of};

/// Reads the columns `mentor_id` and `mentee_id` of a CSV or XLSX file; others are left out, so that the result of an
/// earlier match will do.
pub(super) fn read(path: &Path) -> Result<Vec<PairIds>, Failure> {
    pairs(&bytes_of(path)?).map_err(|all| Failure::Wrong(path.to_owned(), all.iter().map(FileError::words).collect()))
}

fn pairs(bytes: &[u8]) -> Result<Vec<PairIds>, Vec<FileError>> {
    let table = Table::read(bytes, &ReadOptions::default()).map_err(|error| vec![FileError::Table(error)])?;
    let mut errors = Vec::new();
    let mut column = |name: &'static str| {
        let found = table.column(name);
        errors.extend(found.is_none().then_some(FileError::NoColumn(name)));
        found
    };
    let columns = (column("mentor_id"), column("mentee_id"));
    let (Some(mentor), Some(mentee)) = columns else { return Err(errors) };
    let mut id = |row: Row<'_>, column: usize| {
        let text = row.get(column).trim();
        errors.extend(text.is_empty().then(|| FileError::Cell {
            line: row.line(),
            column: table.headers()[column].clone(),
            value: String::new(),
            expected: Expected::Something,
        }));
        text.to_owned()
    };
    let pairs = table.rows().map(|row| PairIds { mentor: id(row, mentor), mentee: id(row, mentee) }).collect();
    if errors.is_empty() { Ok(pairs) } else { Err(errors) }
}
