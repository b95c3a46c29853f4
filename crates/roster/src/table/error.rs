//! Why a file could not be read as a table at all. Bad rows are not here: see [`crate::RowError`].

use serde::{Deserialize, Serialize};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TableError {
    /// No bytes, or nothing but blank rows.
    #[error("the file is empty")]
    Empty,
    /// A header and no row under it.
    #[error("the file has a header (line {line}) and no rows below it")]
    OnlyHeader {
        /// Where the header is.
        line: u32,
    },
    /// Not a CSV or XLSX file.
    #[error("{file} can't be read; save it as CSV or as an Excel workbook (.xlsx)")]
    WrongKind {
        /// What it is instead.
        file: FileKind,
    },
    /// A workbook by its name and parts, which cannot be read.
    #[error("the workbook is damaged: {detail}")]
    BrokenWorkbook {
        /// What the reader of workbooks says.
        detail: String,
    },
    /// No sheet of that name.
    #[error("the workbook has no sheet \"{sheet}\"; its sheets are: {}", sheets.join(", "))]
    NoSuchSheet {
        /// The name asked for.
        sheet: String,
        /// The names there are.
        sheets: Vec<String>,
    },
    /// The line given as the header is blank or after the end of the file.
    #[error("line {line} was given as the header, and there is nothing in it")]
    NoSuchHeaderLine {
        /// The line asked for.
        line: u32,
    },
    /// Two columns with the same header (letter case is no difference).
    #[error("two columns have the same header \"{header}\": {first} and {second}")]
    DuplicateHeader {
        /// The header as written in the second column.
        header: String,
        /// The earlier column, counted from 1.
        first: usize,
        /// The later column, counted from 1.
        second: usize,
    },
    /// A quotation mark that opens and never closes has swallowed the rest of the file.
    #[error("a quotation mark that opens in the row at line {line} is never closed")]
    UnclosedQuote {
        /// Where the row begins.
        line: u32,
    },
    /// Text whose lines are no rows of one table.
    #[error("the file is no table: its lines do not have the same cells")]
    NoTable,
    /// Larger than the limits of the caller.
    #[error("the file is too large: more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: Quantity,
        /// The most that is read.
        limit: u64,
    },
}

/// What [`TableError::TooLarge`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Bytes of the file.
    Bytes,
    /// Bytes of a workbook after unpacking it.
    UnpackedBytes,
    /// Rows under the header.
    Rows,
    /// Columns.
    Columns,
    /// Rows times columns.
    Cells,
    /// Formats of cells in a workbook, or what they weigh together.
    CellFormats,
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bytes => "bytes",
            Self::UnpackedBytes => "bytes when unpacked",
            Self::Rows => "rows",
            Self::Columns => "columns",
            Self::Cells => "cells",
            Self::CellFormats => "cell formats",
        })
    }
}

/// Files that people upload by mistake, told apart by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// An Excel file of before 2007 (.xls).
    OldExcel,
    /// A workbook that asks for a password.
    LockedWorkbook,
    /// A binary workbook (.xlsb).
    BinaryWorkbook,
    /// OpenDocument (.ods, .odt).
    OpenDocument,
    /// Word or PowerPoint.
    OfficeDocument,
    /// A ZIP archive of something else.
    Zip,
    /// A compressed file (gzip, 7z, bzip2, xz, zstd, rar).
    Compressed,
    /// A picture.
    Picture,
    /// A web page; some systems give it the name .xls.
    WebPage,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// Rich text.
    RichText,
    /// Anything else that is not text.
    Binary,
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pdf => "a PDF",
            Self::OldExcel => "an Excel file of the old form (.xls)",
            Self::LockedWorkbook => "a workbook with a password",
            Self::BinaryWorkbook => "a binary workbook (.xlsb)",
            Self::OpenDocument => "an OpenDocument file",
            Self::OfficeDocument => "a Word or PowerPoint file",
            Self::Zip => "a ZIP archive",
            Self::Compressed => "a compressed file",
            Self::Picture => "a picture",
            Self::WebPage => "a web page",
            Self::Xml => "an XML file",
            Self::Json => "a JSON file",
            Self::RichText => "a rich text file",
            Self::Binary => "a file that isn't text",
        })
    }
}
