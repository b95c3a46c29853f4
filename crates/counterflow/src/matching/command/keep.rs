//! Pairs that stay as they are.

use std::path::Path;

use askama::Template;
use counterflow_matching::PairIds;

use super::{Failure, at};

/// What is wrong with the file.
#[derive(Template)]
#[template(path = "matching/command/keep_error.txt")]
enum KeepError {
    NoColumn { name: &'static str },
    Nobody { line: u64, side: &'static str },
    Unreadable { error: csv::Error },
}

/// Reads the columns `mentor_id` and `mentee_id`; others are left out, so that the result of an earlier match will do.
pub(super) fn read(path: &Path) -> Result<Vec<PairIds>, Failure> {
    let text = std::fs::read_to_string(path).map_err(at(path))?;
    pairs(&text).map_err(|all| {
        let words = |error: &KeepError| error.render().unwrap_or_default().trim().to_owned();
        Failure::Wrong(path.to_owned(), all.iter().map(words).collect())
    })
}

fn pairs(text: &str) -> Result<Vec<PairIds>, Vec<KeepError>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| vec![KeepError::Unreadable { error }])?.clone();
    let column = |name: &'static str| {
        header.iter().position(|title| title.trim_start_matches('\u{feff}') == name).ok_or(KeepError::NoColumn { name })
    };
    let (mentor, mentee) = match (column("mentor_id"), column("mentee_id")) {
        (Ok(mentor), Ok(mentee)) => (mentor, mentee),
        (one, other) => return Err([one.err(), other.err()].into_iter().flatten().collect()),
    };
    let (mut pairs, mut errors) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                errors.push(KeepError::Unreadable { error });
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let id = |column: usize, side| match row.get(column) {
            None | Some("") => Err(KeepError::Nobody { line, side }),
            Some(id) => Ok(id.to_owned()),
        };
        match (id(mentor, "mentor"), id(mentee, "mentee")) {
            (Ok(mentor), Ok(mentee)) => pairs.push(PairIds { mentor, mentee }),
            (one, other) => errors.extend([one.err(), other.err()].into_iter().flatten()),
        }
    }
    if errors.is_empty() { Ok(pairs) } else { Err(errors) }
}
