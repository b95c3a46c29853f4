//! From records to a table: finds the header, drops blank rows, sets ragged rows aside, keeps to the limits.

use super::cells::Cells;
use super::{Limits, Quantity, ReadOptions, Source, Table, TableError};
use crate::clean::clean;
use crate::{Reason, RowError};

/// How many records are looked at to find the header.
const HEADER_WITHIN: usize = 20;

/// How the file keeps cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One after the other: in a row of another length than the header's, nobody knows which cell is missing or too
    /// many.
    Separated,
    /// Each with its place: empty ones are not stored, and those outside the header's columns are notes.
    Grid,
}

/// One record of the file.
pub(super) struct Record<'r> {
    /// Where it begins, counted from 1.
    pub line: u32,
    /// How many lines it takes.
    pub lines: u32,
    pub cells: &'r [&'r str],
}

/// A record that waits until the header is known.
struct Waiting {
    line: u32,
    lines: u32,
    cells: Vec<String>,
}

pub(super) struct TableBuilder {
    limits: Limits,
    layout: Layout,
    header_line: Option<u32>,
    /// Records read before the header was known.
    pending: Vec<Waiting>,
    table: Option<Table>,
}

impl TableBuilder {
    pub(super) fn new(options: &ReadOptions, layout: Layout) -> Self {
        Self { limits: options.limits, layout, header_line: options.header_line, pending: Vec::new(), table: None }
    }

    /// Adds a record. Blank ones, and those above a given header line, are dropped.
    pub(super) fn push(&mut self, record: &Record<'_>) -> Result<(), TableError> {
        let above_header = self.header_line.is_some_and(|line| record.line < line);
        let width = record.cells.iter().rposition(|cell| !trim(cell).is_empty()).map_or(0, |last| last + 1);
        if width == 0 || above_header {
            return Ok(());
        }
        match &mut self.table {
            Some(table) => push_row(table, record, self.layout, &self.limits),
            None if width > self.limits.columns => Err(too_large(Quantity::Columns, self.limits.columns)),
            None => self.push_pending(record),
        }
    }

    fn push_pending(&mut self, record: &Record<'_>) -> Result<(), TableError> {
        if let Some(line) = self.header_line.filter(|line| self.pending.is_empty() && *line != record.line) {
            return Err(TableError::NoSuchHeaderLine { line });
        }
        let cells = record.cells.iter().map(|cell| (*cell).to_owned()).collect();
        self.pending.push(Waiting { line: record.line, lines: record.lines, cells });
        if self.header_line.is_some() || self.pending.len() == HEADER_WITHIN {
            self.settle_header()?;
        }
        Ok(())
    }

    /// The table, once all records are in.
    pub(super) fn finish(mut self, source: Source) -> Result<Table, TableError> {
        self.settle_header()?;
        let mut table = self.table.ok_or(match self.header_line {
            Some(line) => TableError::NoSuchHeaderLine { line },
            None => TableError::Empty,
        })?;
        if table.lines.is_empty() && table.ragged.is_empty() {
            return Err(TableError::OnlyHeader { line: table.header_line });
        }
        table.source = source;
        Ok(table)
    }

    /// Takes the header from the pending records, and the rows from those below it.
    fn settle_header(&mut self) -> Result<(), TableError> {
        let pending = std::mem::take(&mut self.pending);
        if self.table.is_some() || pending.is_empty() {
            return Ok(());
        }
        let at = if self.header_line.is_some() { 0 } else { header_position(&pending) };
        let mut table = Table {
            headers: headers(&pending[at].cells)?,
            header_line: pending[at].line,
            cells: Cells::default(),
            lines: Vec::new(),
            ragged: Vec::new(),
            source: Source::default(),
        };
        for Waiting { line, lines, cells } in &pending[at + 1..] {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let record = Record { line: *line, lines: *lines, cells: &cells };
            push_row(&mut table, &record, self.layout, &self.limits)?;
        }
        self.table = Some(table);
        Ok(())
    }
}

/// Reports begin with a title or the date of the export: the header is the first record with at least half as many
/// filled cells as the fullest one nearby.
fn header_position(pending: &[Waiting]) -> usize {
    let filled = |record: &Waiting| record.cells.iter().filter(|cell| !trim(cell).is_empty()).count();
    let fullest = pending.iter().map(filled).max().unwrap_or(0);
    pending.iter().position(|record| filled(record) * 2 >= fullest).unwrap_or(0)
}

/// The names of the columns: cleaned, without empty ones at the end; an empty one between others gets its number.
fn headers(cells: &[String]) -> Result<Vec<String>, TableError> {
    let width = cells.iter().rposition(|cell| !trim(cell).is_empty()).map_or(0, |last| last + 1);
    let mut headers = Vec::with_capacity(width);
    let mut seen = std::collections::HashMap::with_capacity(width);
    for (index, cell) in cells[..width].iter().enumerate() {
        let header = match clean(cell) {
            name if name.is_empty() => format!("Column {}", index + 1),
            name => name.into_owned(),
        };
        if let Some(first) = seen.insert(header.to_lowercase(), index) {
            return Err(TableError::DuplicateHeader { header, first: first + 1, second: index + 1 });
        }
        headers.push(header);
    }
    Ok(headers)
}

fn push_row(table: &mut Table, record: &Record<'_>, layout: Layout, limits: &Limits) -> Result<(), TableError> {
    if table.lines.len() + table.ragged.len() >= limits.rows {
        return Err(too_large(Quantity::Rows, limits.rows));
    }
    let width = table.headers.len();
    if (table.lines.len() + 1) * width > limits.cells {
        return Err(too_large(Quantity::Cells, limits.cells));
    }
    let (inside, outside) = record.cells.split_at(record.cells.len().min(width));
    let is_blank = |cells: &[&str]| cells.iter().all(|cell| trim(cell).is_empty());
    match layout {
        Layout::Separated if inside.len() < width || !is_blank(outside) => table.ragged.push(ragged(record, width)),
        Layout::Grid if is_blank(inside) => {}
        Layout::Separated | Layout::Grid => push_cells(table, record.line, inside, limits)?,
    }
    Ok(())
}

fn push_cells(table: &mut Table, line: u32, cells: &[&str], limits: &Limits) -> Result<(), TableError> {
    for index in 0..table.headers.len() {
        table.cells.push(cells.get(index).map_or("", |cell| unescape(trim(cell))))?;
    }
    if table.cells.bytes() > limits.text_bytes() {
        return Err(too_large(Quantity::Bytes, limits.text_bytes()));
    }
    table.lines.push(line);
    Ok(())
}

fn ragged(record: &Record<'_>, expected: usize) -> RowError {
    RowError {
        line: record.line,
        column: None,
        value: crate::clean::shorten(&record.cells[..record.cells.len().min(20)].join(" | "), 200),
        reason: Reason::Ragged { expected, found: record.cells.len(), lines: record.lines },
    }
}

fn too_large(what: Quantity, limit: usize) -> TableError {
    TableError::TooLarge { what, limit: limit as u64 }
}

/// Without spaces at the ends, of whatever kind, and without byte order and end-of-file marks.
fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{1a}'))
}

/// An apostrophe before a sign with which formulas begin was put there by an export, so that spreadsheets do not
/// compute the cell; it is no part of the value.
fn unescape(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(value) if value.starts_with(['=', '+', '-', '@', '\t', '\r']) => trim(value),
        _ => cell,
    }
}
