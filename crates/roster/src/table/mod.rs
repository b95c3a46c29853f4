//! A file of rows and columns, read from CSV or XLSX. It knows nothing of people.

mod builder;
mod cells;
mod encoding;
mod error;
mod guard;
mod kind;
mod lines;
mod records;
mod separator;
mod text;
mod workbook;

use serde::{Deserialize, Serialize};

pub use encoding::Encoding;
pub use error::{FileKind, Quantity, TableError};
pub use separator::Separator;

use crate::{Epoch, RowError};
use cells::Cells;

/// The header and the rows of a file.
///
/// Cells are trimmed and otherwise as they were written. Dates in workbooks are `2024-03-01`, numbers have no
/// needless `.0`. Blank rows are left out. Rows of text that do not fit the header are in [`Table::ragged`]; what stands
/// in a workbook outside the columns of the header is not read.
#[derive(Debug, Clone)]
pub struct Table {
    headers: Vec<String>,
    header_line: u32,
    cells: Cells,
    lines: Vec<u32>,
    ragged: Vec<RowError>,
    source: Source,
}

/// What the file was, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Text with separators.
    Text {
        /// How it was decoded.
        encoding: Encoding,
        /// What stood between the cells.
        separator: Separator,
    },
    /// An Excel workbook.
    Workbook {
        /// The sheet that was read.
        sheet: String,
        /// All sheets that can be read, in their order.
        sheets: Vec<String>,
        /// The day from which it counts dates.
        epoch: Epoch,
    },
}

impl Default for Source {
    fn default() -> Self {
        Self::Text { encoding: Encoding::Utf8, separator: Separator::Comma }
    }
}

/// What the reader of a file decides; by default everything is detected.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// How text is decoded.
    pub encoding: Option<Encoding>,
    /// What stands between the cells of text.
    pub separator: Option<Separator>,
    /// The sheet of a workbook; by default the first visible one that has rows.
    pub sheet: Option<String>,
    /// The line (in a workbook the row) of the header; by default the first one that looks like it.
    pub header_line: Option<u32>,
    /// How much is read.
    pub limits: Limits,
}

/// How much is read of a file before it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of a workbook when unpacked. A workbook may unpack to 64 MiB, or to 100 times its size up to this.
    pub unpacked_bytes: usize,
    /// Rows under the header.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Rows times columns.
    pub cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, unpacked_bytes: 1 << 30, rows: 1_000_000, columns: 500, cells: 50_000_000 }
    }
}

impl Limits {
    /// Whether a file of so many bytes is read at all: for whoever knows its size before its bytes.
    pub fn check_size(&self, bytes: u64) -> Result<(), TableError> {
        let limit = self.bytes as u64;
        if bytes > limit { Err(TableError::TooLarge { what: Quantity::Bytes, limit }) } else { Ok(()) }
    }

    /// Most of the text in all cells. Latin-1 grows to at most twice its bytes; a workbook can name one long text
    /// from many cells.
    fn text_bytes(&self) -> usize {
        self.unpacked_bytes.max(2 * self.bytes)
    }
}

impl Table {
    /// Reads a CSV or XLSX file, told apart by its first bytes.
    ///
    /// Takes one pass over the bytes, and memory for the text twice (decoded, and as cells).
    pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Self, TableError> {
        options.limits.check_size(bytes.len() as u64)?;
        match kind::container(bytes) {
            kind::Container::Zip => workbook::read(bytes, options),
            kind::Container::Wrong(file) => Err(TableError::WrongKind { file }),
            kind::Container::Text => text::read(bytes, options),
        }
    }

    /// The names of the columns.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The line of the header; in a workbook its row.
    pub fn header_line(&self) -> u32 {
        self.header_line
    }

    /// The position of the column with this header; letter case is no difference.
    pub fn column(&self, header: &str) -> Option<usize> {
        let wanted = header.to_lowercase();
        self.headers.iter().position(|header| header.to_lowercase() == wanted)
    }

    /// How many rows there are, without ragged ones.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether every row is ragged. A file without rows is an error instead.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The rows in the order of the file, without ragged ones.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        (0..self.len()).map(|index| Row { table: self, index })
    }

    /// Rows with more or fewer cells than the header.
    pub fn ragged(&self) -> &[RowError] {
        &self.ragged
    }

    /// The day from which the file counts dates, if it is a workbook.
    pub fn epoch(&self) -> Option<Epoch> {
        match &self.source {
            Source::Workbook { epoch, .. } => Some(*epoch),
            Source::Text { .. } => None,
        }
    }

    /// What the file was.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub struct Row<'t> {
    table: &'t Table,
    index: usize,
}

impl<'t> Row<'t> {
    /// The line of the file where the row begins, counted from 1; in a workbook the number of the row.
    pub fn line(&self) -> u32 {
        self.table.lines[self.index]
    }

    /// The cell in this column, counted from 0; empty if there is no such column.
    pub fn get(&self, column: usize) -> &'t str {
        let width = self.table.headers.len();
        if column < width { self.table.cells.get(self.index * width + column) } else { "" }
    }

    /// All cells, as many as there are headers.
    pub fn cells(self) -> impl ExactSizeIterator<Item = &'t str> {
        (0..self.table.headers.len()).map(move |column| self.get(column))
    }
}
