//! Text as a table.

use counterflow_roster::{Encoding, FileKind, Limits, Quantity, ReadOptions, Separator, Source, Table, TableError};

use super::{rows, said, table};

fn error(bytes: &[u8], options: &ReadOptions) -> TableError {
    Table::read(bytes, options).unwrap_err()
}

#[test]
fn encodings_and_separators_are_detected_and_said() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let check = |bytes: &[u8], encoding, separator| {
        let table = Table::read(bytes, &ReadOptions::default()).unwrap();
        assert_eq!(table.source(), &Source::Text { encoding, separator });
        assert_eq!(table.headers(), ["id", "name"]);
        assert_eq!(rows(&table), [(2, vec!["1", "Inés Müller"]), (3, vec!["2", "Ana"])]);
    };
    let text = "id,name\r\n1,Inés Müller\r\n2,Ana\r\n";
    check(text.as_bytes(), Encoding::Utf8, Separator::Comma);
    check(format!("\u{feff}{text}").as_bytes(), Encoding::Utf8, Separator::Comma);
    check(&utf16(text, u16::to_le_bytes), Encoding::Utf16Le, Separator::Comma);
    check(&utf16(text, u16::to_be_bytes), Encoding::Utf16Be, Separator::Comma);
    let with_mark = format!("\u{feff}{}", text.replace(',', "\t"));
    check(&utf16(&with_mark, u16::to_le_bytes), Encoding::Utf16Le, Separator::Tab);
    check(&utf16(&with_mark, u16::to_be_bytes), Encoding::Utf16Be, Separator::Tab);
    check(b"id;name\n1;In\xe9s M\xfcller\n2;Ana", Encoding::Latin1, Separator::Semicolon);
    check(b"\xef\xbb\xbfid|name\r1|In\xc3\xa9s M\xc3\xbcller\r2|Ana\r", Encoding::Utf8, Separator::Pipe);
    let windows = Table::read(b"id;name\n1;\x93Ana\x94\n", &ReadOptions::default()).unwrap();
    assert_eq!(rows(&windows), [(2, vec!["1", "“Ana”"])]);
}

#[test]
fn what_the_caller_says_goes_before_what_is_detected() {
    let options = ReadOptions {
        encoding: Some(Encoding::Utf16Le),
        separator: Some(Separator::Semicolon),
        ..ReadOptions::default()
    };
    let bytes: Vec<u8> = "a,b;c\n1,2;3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(Table::read(&bytes, &options).unwrap().headers(), ["a,b", "c"]);
}

#[test]
fn lines_are_those_of_the_file() {
    let table = table("id,name\r\n\r\n1,\"Ana\r\nSol\"\r\n,\r\n2,Bo\r\n\r\n\r\n3,Li");
    assert_eq!(rows(&table), [(3, vec!["1", "Ana\r\nSol"]), (6, vec!["2", "Bo"]), (9, vec!["3", "Li"])]);
    assert_eq!(table.header_line(), 1);
}

#[test]
fn cells_are_trimmed_and_headers_cleaned() {
    let table = table(" id ,\"Full\n Name\",,note,,\n 1 ,\u{a0}Ana  Sol\u{a0},x,' quoted,,\n");
    assert_eq!(table.headers(), ["id", "Full Name", "Column 3", "note"]);
    assert_eq!(rows(&table), [(3, vec!["1", "Ana  Sol", "x", "' quoted"])]);
    assert_eq!(table.column("FULL NAME"), Some(1));
    assert_eq!(table.column("other"), None);
    assert_eq!(table.rows().next().unwrap().get(99), "");
}

#[test]
fn apostrophes_that_guard_formulas_are_taken_off() {
    let table = table("id,note\n1,'=SUM(A1)\n2,'-5\n3,'tis\n4,=1+1\n");
    let notes: Vec<&str> = table.rows().map(|row| row.get(1)).collect();
    assert_eq!(notes, ["=SUM(A1)", "-5", "'tis", "=1+1"]);
}

#[test]
fn ragged_rows_are_errors_of_their_rows() {
    let table =
        table("id,name,mail\n1,Ana\n2,Bo,b@x.example\n3,Li,l@x.example,,\n4,Sol, Ana,s@x.example\n5,\"x\ny\",a,b\n");
    assert_eq!(rows(&table), [(3, vec!["2", "Bo", "b@x.example"]), (4, vec!["3", "Li", "l@x.example"])]);
    assert_eq!(
        said(table.ragged()),
        [
            "line 2, \"1 | Ana\": The row has 2 cells, the header has 3.",
            "line 5, \"4 | Sol |  Ana | s@x.example\": The row has 4 cells, the header has 3.",
            "line 6, \"5 | x\ny | a | b\": The row has 4 cells, the header has 3. \
         It takes 2 lines: a quotation mark may be missing or too many.",
        ]
    );
}

#[test]
fn a_title_above_the_header_is_stepped_over() {
    let table = table("Headcount report,,\n\nEffective date: 1 January,,\nid,name,mail\n1,Ana,a@x.example\n");
    assert_eq!((table.header_line(), table.headers()), (4, &["id".into(), "name".into(), "mail".into()][..]));
    assert_eq!(table.len(), 1);
}

#[test]
fn the_header_may_be_given() {
    let text = b"a,b\n1,2\n\nid,name\n3,4\n";
    let at = |line| ReadOptions { header_line: Some(line), ..ReadOptions::default() };
    let table = Table::read(text, &at(4)).unwrap();
    assert_eq!(table.headers(), ["id", "name"]);
    assert_eq!(rows(&table), [(5, vec!["3", "4"])]);
    for line in [3, 9] {
        assert_eq!(error(text, &at(line)), TableError::NoSuchHeaderLine { line });
    }
}

#[test]
fn the_line_that_names_the_separator_is_no_header() {
    let table = table("sep=;\r\nid;name, first\r\n1;Ana\r\n");
    assert_eq!(table.headers(), ["id", "name, first"]);
    assert_eq!(rows(&table), [(3, vec!["1", "Ana"])]);
}

#[test]
fn files_that_are_no_tables_say_what_they_are() {
    let check = |bytes: &[u8], expected: TableError| assert_eq!(error(bytes, &ReadOptions::default()), expected);
    check(b"", TableError::Empty);
    check(b"\xef\xbb\xbf\r\n , ,\r\n", TableError::Empty);
    check(b"id,name\n", TableError::OnlyHeader { line: 1 });
    check(b"\n\nid,name", TableError::OnlyHeader { line: 3 });
    check(b"id,name\n1,\"Ana\n2,Bo\n", TableError::UnclosedQuote { line: 2 });
    check(b"id,Mail,mail \n1,a,b\n", TableError::DuplicateHeader { header: "mail".into(), first: 2, second: 3 });
    let wrong = |file| TableError::WrongKind { file };
    check(b"%PDF-1.7\n...", wrong(FileKind::Pdf));
    check(b"\x89PNG\r\n\x1a\n", wrong(FileKind::Picture));
    check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", wrong(FileKind::OldExcel));
    check(b"<html><table><tr><td>id</td></tr></table></html>", wrong(FileKind::WebPage));
    check(b"[{\"id\": 1}]", wrong(FileKind::Json));
    check(b"\x7fELF\x02\x01\x01\0\0\x10\0\x03", wrong(FileKind::Binary));
}

#[test]
fn limits_are_kept() {
    let check = |text: &str, limits: Limits, what| {
        let error = error(text.as_bytes(), &ReadOptions { limits, ..ReadOptions::default() });
        assert!(matches!(error, TableError::TooLarge { what: found, .. } if found == what), "{error}");
    };
    let limits = Limits::default();
    check("id,name\n1,Ana\n2,Bo\n", Limits { bytes: 10, ..limits }, Quantity::Bytes);
    check("id,name\n1,Ana\n2,Bo\n", Limits { rows: 1, ..limits }, Quantity::Rows);
    check("id,name\n1,Ana\n2,Bo\n", Limits { columns: 1, ..limits }, Quantity::Columns);
    check("id,name\n1,Ana\n2,Bo\n", Limits { cells: 3, ..limits }, Quantity::Cells);
    check(&format!("id{}\n1\n", ",x".repeat(200_000)), limits, Quantity::Columns);
}
