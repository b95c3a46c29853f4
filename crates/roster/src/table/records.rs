//! Cuts text into records, in bounded memory.
//!
//! The quoting is csv-core's. The csv crate above it would grow its list of cells with the input: a file of nothing
//! but commas would take nine times its size.

use csv_core::ReadRecordResult;

use super::builder::Record;
use super::lines::{LineCounter, lines_in};
use super::{Quantity, Separator, TableError};

/// As many columns as Excel has. A record with more ends the reading, whatever the caller's limit for the header.
const CELLS_OF_RECORD: usize = 16_384;

/// Calls `take` with every record of `text`.
///
/// Lines are counted here because csv-core counts neither `\r` alone nor the blank lines before a record.
pub(super) fn each_record(
    text: &str,
    separator: Separator,
    mut take: impl FnMut(&Record<'_>) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let mut records = Records::new(text, separator);
    let mut counter = LineCounter::new(text);
    loop {
        let start = records.at;
        if !records.advance()? {
            return Ok(());
        }
        let raw = &text[start..records.at];
        let line = counter.line_of_record(start);
        if records.at == text.len() && has_unclosed_quote(raw) {
            return Err(TableError::UnclosedQuote { line });
        }
        take(&Record { line, lines: lines_in(raw), cells: &records.cells() })?;
    }
}

/// Whether the last record of a file seems to have been eaten by a quotation mark: it takes several lines, and its
/// quotation marks do not pair up.
fn has_unclosed_quote(raw: &str) -> bool {
    lines_in(raw) > 1 && raw.matches('"').count() % 2 == 1
}

struct Records<'t> {
    core: csv_core::Reader,
    text: &'t str,
    /// How much of the text has been read.
    at: usize,
    /// The cells of the current record, one after the other.
    output: Vec<u8>,
    /// Where each of them ends in `output`.
    ends: Vec<usize>,
    /// How many there are.
    cells: usize,
}

impl<'t> Records<'t> {
    fn new(text: &'t str, separator: Separator) -> Self {
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(separator.byte()).build(),
            text,
            at: 0,
            output: vec![0; 4096],
            ends: vec![0; CELLS_OF_RECORD],
            cells: 0,
        }
    }

    /// Reads the next record; false after the last.
    fn advance(&mut self) -> Result<bool, TableError> {
        let (mut written, mut cells) = (0, 0);
        loop {
            // At the end of the text this passes nothing, which is how csv-core learns of the end.
            let rest = &self.text.as_bytes()[self.at..];
            let (result, read, wrote, ended) =
                self.core.read_record(rest, &mut self.output[written..], &mut self.ends[cells..]);
            self.at += read;
            written += wrote;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => {
                    return Err(TableError::TooLarge { what: Quantity::Columns, limit: CELLS_OF_RECORD as u64 });
                }
                ReadRecordResult::Record => {
                    self.cells = cells;
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    fn cells(&self) -> Vec<&str> {
        let ends = &self.ends[..self.cells];
        let output = &self.output[..ends.last().copied().unwrap_or(0)];
        let text = str::from_utf8(output).expect("UTF-8 without some of its ASCII characters is UTF-8");
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| &text[start..*end]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<(u32, Vec<String>)>, TableError> {
        let mut records = Vec::new();
        each_record(text, Separator::Comma, |record| {
            records.push((record.line, record.cells.iter().map(|cell| (*cell).to_owned()).collect()));
            Ok(())
        })?;
        Ok(records)
    }

    #[test]
    fn records_know_their_lines() {
        let check = |text: &str, expected: &[(u32, &[&str])]| {
            let expected: Vec<_> = expected
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()))
                .collect();
            assert_eq!(records(text), Ok(expected), "{text:?}");
        };
        check("a,b\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("\r\n\r\na\r\n\r\nb\r\n", &[(3, &["a"]), (5, &["b"])]);
        check("a\rb\r", &[(1, &["a"]), (2, &["b"])]);
        check("a,\"x\r\ny\"\r\nb,\"é \"\"q\"\"\"\r\n", &[(1, &["a", "x\r\ny"]), (3, &["b", "é \"q\""])]);
        check("5\" disk,b\n", &[(1, &["5\" disk", "b"])]);
        check("", &[]);
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_found() {
        assert_eq!(records("a,b\n1,\"x\n2,y\n"), Err(TableError::UnclosedQuote { line: 2 }));
        assert_eq!(records("a,b\n1,\"x").map(|records| records.len()), Ok(2));
    }

    #[test]
    fn a_line_of_separators_is_refused() {
        let wide = ",".repeat(1 << 20);
        assert_eq!(records(&wide), Err(TableError::TooLarge { what: Quantity::Columns, limit: 16_384 }));
        let long = "x".repeat(1 << 20);
        assert_eq!(records(&long).map(|records| records.len()), Ok(1));
    }
}
