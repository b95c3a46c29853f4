//! A people file: its columns, what they are thought to mean, and how that is remembered.

use std::{
    io::{self, Read},
    path::Path,
};

use counterflow_roster::{
    Guess, GuessedColumn, Limits, Mapping, Question, ReadOptions, Reading, Source, Table, TableError, Target, Why,
    read_people,
};
use serde::{Deserialize, Serialize};

use super::{source_store, store};
use crate::kernel::{
    db::Tx,
    error::{Answer, Error},
    ids::SourceId,
    token,
};

/// What is known of a file without its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How it was read.
    pub source: Source,
    /// Rows below the header.
    pub rows: usize,
    /// The columns, with what they are guessed to mean, why, and some of their values.
    pub columns: Vec<GuessedColumn>,
}

impl Facts {
    /// The sheets of the workbook that can be read instead of the one that was.
    #[must_use]
    pub fn sheets(&self) -> &[String] {
        match &self.source {
            Source::Workbook { sheets, .. } if sheets.len() > 1 => sheets,
            Source::Workbook { .. } | Source::Text { .. } => &[],
        }
    }

    /// The sheet that was read; empty if it is no workbook.
    #[must_use]
    pub fn sheet(&self) -> &str {
        match &self.source {
            Source::Workbook { sheet, .. } => sheet,
            Source::Text { .. } => "",
        }
    }
}

crate::words! {
    /// Who says what the columns mean.
    MappingFrom {
        /// Headers and values look like it.
        Guess = "guess",
        /// Somebody said so for an earlier file with the same headers.
        Memory = "memory",
        /// Somebody said so for this file.
        Person = "person",
    }
}

/// A file that can be read as a table.
#[derive(Debug)]
pub(super) struct PeopleFile {
    pub table: Table,
    guess: Guess,
}

impl PeopleFile {
    /// Reads a CSV or XLSX file. Takes a second for some hundred thousand rows: not for the threads of requests.
    pub fn read(content: &[u8], sheet: Option<&str>) -> Result<Self, TableError> {
        let table = Table::read(content, &ReadOptions { sheet: sheet.map(str::to_owned), ..ReadOptions::default() })?;
        let guess = Mapping::guess(&table);
        if is_prose(&table, &guess) { Err(TableError::NoTable) } else { Ok(Self { table, guess }) }
    }

    pub fn facts(&self) -> Facts {
        Facts {
            source: self.table.source().clone(),
            rows: self.table.len() + self.table.ragged().len(),
            columns: self.guess.columns.clone(),
        }
    }

    pub fn people(&self, mapping: &Mapping) -> Reading {
        read_people(&self.table, mapping)
    }

    /// What only a person can say before the file can be read with this mapping.
    pub fn questions(&self, mapping: &Mapping) -> Vec<Question> {
        self.people(mapping).questions
    }

    /// What was confirmed for this source before, or for the same headers, if it still fits; else the guess.
    pub async fn mapping(&self, tx: &mut Tx, source: Option<SourceId>) -> Answer<(Mapping, MappingFrom)> {
        let of_source = match source {
            Some(source) => source_store::mapping(tx, source).await?,
            None => None,
        };
        let of_headers = store::remembered(tx, &self.headers_hash()).await?;
        for toml in [of_source, of_headers].into_iter().flatten() {
            let remembered = Mapping::from_toml(&toml).map_err(Error::defect)?;
            if remembered.check(&self.table).is_empty() {
                return Ok((remembered, MappingFrom::Memory));
            }
        }
        Ok((self.guess.mapping.clone(), MappingFrom::Guess))
    }

    /// The same for the same set of headers, in whatever order.
    pub fn headers_hash(&self) -> String {
        let mut headers: Vec<String> = self.table.headers().iter().map(|header| header.to_lowercase()).collect();
        headers.sort_unstable();
        token::hash(&headers.join("\u{1f}"))
    }
}

/// Whether a file of text is no table: one column, or lines that differ in their cells below a header of which nothing is
/// known. In a workbook somebody can choose another sheet.
fn is_prose(table: &Table, guess: &Guess) -> bool {
    let is_text = matches!(table.source(), Source::Text { .. });
    let is_uneven = table.ragged().len() > table.len() && guess.columns.iter().all(|one| one.target == Target::Ignore);
    is_text && (table.headers().len() < 2 || is_uneven)
}

/// Remembers what the columns of an import meant, for the next file of the same source, or with the same headers. Only
/// once it is applied: what a check has shown to be wrong is nothing to go by.
pub async fn remember(tx: &mut Tx, source: Option<SourceId>, headers_hash: &str, mapping: &str) -> Answer<()> {
    match source {
        Some(source) => source_store::set_mapping(tx, source, mapping).await,
        None => store::remember(tx, headers_hash, mapping).await,
    }
}

/// Whether a guess deserves a second look.
#[must_use]
pub fn is_unsure(column: &GuessedColumn) -> bool {
    matches!(column.why, Why::ValuesDoNotFit { .. } | Why::BetterColumn { .. })
        || column.confidence == counterflow_roster::Confidence::Medium
}

/// The bytes of a file on the command line. One that is too large is refused before it is read.
///
/// # Errors
/// When it cannot be read; the inner one says that it is too large.
pub fn bytes(path: &Path) -> io::Result<Result<Vec<u8>, TableError>> {
    let limits = Limits::default();
    let file = std::fs::File::open(path)?;
    if let Err(too_large) = limits.check_size(file.metadata()?.len()) {
        return Ok(Err(too_large));
    }
    let mut content = Vec::new();
    file.take(limits.bytes as u64 + 1).read_to_end(&mut content)?; // a pipe does not tell how long it is
    Ok(limits.check_size(content.len() as u64).map(|()| content))
}

/// Runs work that takes long on a thread of its own.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::defect)
}
