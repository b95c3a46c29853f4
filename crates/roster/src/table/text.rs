//! Text with separators, as a table.

use super::builder::{Layout, TableBuilder};
use super::records::each_record;
use super::{Encoding, FileKind, ReadOptions, Source, Table, TableError};
use super::{encoding, kind, separator};

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, TableError> {
    let encoding = options.encoding.unwrap_or_else(|| encoding::detect(bytes));
    let text = encoding::decode(bytes, encoding);
    if encoding::is_binary(&text) {
        return Err(TableError::WrongKind { file: FileKind::Binary });
    }
    if let Some(file) = kind::markup(&text) {
        return Err(TableError::WrongKind { file });
    }
    read_text(&text, encoding, options)
}

fn read_text(text: &str, encoding: Encoding, options: &ReadOptions) -> Result<Table, TableError> {
    let (separator, body) = match separator::declared(text) {
        Some((declared, rest)) => (options.separator.unwrap_or(declared), rest),
        None => (options.separator.unwrap_or_else(|| separator::detect(text)), text),
    };
    let mut builder = TableBuilder::new(options, Layout::Separated);
    each_record(body, separator, |record| builder.push(record))?;
    builder.finish(Source::Text { encoding, separator })
}
