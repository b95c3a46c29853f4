//! Tables as files for spreadsheets. Nothing in a cell is ever taken for a formula.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use csv::{QuoteStyle, WriterBuilder};

use super::error::{Answer, Error};

/// A CSV file to be downloaded, `name` without its ending: RFC 4180, in UTF-8 with a byte order mark, because
/// spreadsheets take a file without one for Latin-1.
///
/// # Errors
/// When a row is longer or shorter than the head.
pub fn csv<const COLUMNS: usize>(
    name: &str,
    head: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Answer<Response> {
    // Every cell is quoted: a spreadsheet that splits at semicolons must not find a new cell inside one.
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Always).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head).map_err(Error::defect)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| cell(text).into_owned())).map_err(Error::defect)?;
    }
    let bytes = writer.into_inner().map_err(Error::defect)?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}.csv\"", file_name(name)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.map_err(Error::defect)?),
    ];
    Ok((headers, bytes).into_response())
}

/// A text as it stands in a cell. Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, a tab or a carriage
/// return (OWASP, "CSV Injection"): an apostrophe before them makes them text.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { text.into() }
}

/// A name that every file system takes: letters, digits and hyphens.
fn file_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[test]
    fn formulas_become_text() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Ana", "Ana"),
            ("a=b", "a=b"),
            ("'quoted'", "'quoted'"),
            ("", ""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[tokio::test]
    async fn what_went_in_comes_out() {
        let rows =
            [["Lim, Ana".to_owned(), "said \"yes\"\nand left".to_owned()], ["x;=1+1".to_owned(), "=2".to_owned()]];
        let response = csv("Round 2: who/what", ["name", "words"], rows).unwrap();
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"round-2-who-what.csv\"");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').unwrap();
        assert!(text.contains("\"x;=1+1\""), "a cell stays one cell: {text}");
        let read: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(read, [["Lim, Ana", "said \"yes\"\nand left"], ["x;=1+1", "'=2"]]);
    }
}
