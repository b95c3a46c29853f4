//! Pairs that stay as they are.

use std::{collections::HashSet, path::Path};

use counterflow_matching::{Instance, InstanceError, PairIds, PairList, Profile};
use counterflow_roster::{ReadOptions, Row, Table};

use super::people_file::{Expected, FileError};
use super::{Failure, bytes_of};

/// Reads the columns `mentor_id` and `mentee_id` of a CSV or XLSX file; others are left out, so that the result of an
/// earlier match will do. Each has to be the id of somebody on that side.
pub(super) fn read(path: &Path, people: &Instance) -> Result<Vec<PairIds>, Failure> {
    let pairs = pairs(&bytes_of(path)?, people);
    pairs.map_err(|all| Failure::Wrong(path.to_owned(), all.iter().map(FileError::words).collect()))
}

/// Whether it is the kept pairs that are wrong, and not the people.
pub(super) fn is_about_pairs(error: &InstanceError) -> bool {
    matches!(
        error,
        InstanceError::PinnedToThemself { .. }
            | InstanceError::PinnedAndForbidden { .. }
            | InstanceError::TooManyPins { .. }
            | InstanceError::UnknownPerson { list: PairList::Pinned, .. }
    )
}

fn pairs(bytes: &[u8], people: &Instance) -> Result<Vec<PairIds>, Vec<FileError>> {
    let table = Table::read(bytes, &ReadOptions::default()).map_err(|error| vec![FileError::Table(error)])?;
    let mut errors = Vec::new();
    let mut column = |name: &'static str| {
        let found = table.column(name);
        errors.extend(found.is_none().then_some(FileError::NoColumn(name)));
        found
    };
    let columns = (column("mentor_id"), column("mentee_id"));
    let (Some(mentor), Some(mentee)) = columns else { return Err(errors) };
    let ids = |side: &[Profile]| side.iter().map(|person| person.id.clone()).collect::<HashSet<String>>();
    let (mentors, mentees) = (ids(&people.mentors), ids(&people.mentees));
    let mut id = |row: Row<'_>, column: usize, known: &HashSet<String>, expected: Expected| {
        let text = row.get(column).trim();
        let expected = if text.is_empty() { Expected::Something } else { expected };
        errors.extend((!known.contains(text)).then(|| FileError::Cell {
            line: row.line(),
            column: table.headers()[column].clone(),
            value: text.to_owned(),
            expected,
        }));
        text.to_owned()
    };
    let pairs = table.rows().map(|row| PairIds {
        mentor: id(row, mentor, &mentors, Expected::Mentor),
        mentee: id(row, mentee, &mentees, Expected::Mentee),
    });
    let pairs = pairs.collect();
    if errors.is_empty() { Ok(pairs) } else { Err(errors) }
}
