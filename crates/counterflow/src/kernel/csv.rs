//! Tables as CSV files, safe to open in a spreadsheet.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::error::{Answer, Error};

/// A download. `name` is the file's name without its ending; in it only letters, digits and `-` are kept.
///
/// # Errors
/// Never with rows as long as the header.
pub fn download<'r>(name: &str, header: &[&str], rows: impl IntoIterator<Item = Vec<String>> + 'r) -> Answer<Response> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(Error::defect)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(Error::defect)?;
    }
    // Spreadsheets read UTF-8 only if the file says so with a byte order mark.
    let mut body = "\u{feff}".as_bytes().to_vec();
    body.extend(writer.into_inner().map_err(Error::defect)?);
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{plain}.csv\"")).map_err(Error::defect)?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless() {
        let check = |cell: &str, expected: &str| assert_eq!(harmless(cell), expected);
        check("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-1.5", "-1.5");
        check("+49 30 1234", "'+49 30 1234");
        check("Ana-María", "Ana-María");
    }
}
