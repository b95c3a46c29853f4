//! XLSX as a table.

use counterflow_roster::{Epoch, FileKind, Mapping, ReadOptions, Source, Table, TableError, read_people};
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::rows;

fn read(workbook: &mut Workbook) -> Result<Table, TableError> {
    Table::read(&workbook.save_to_buffer().unwrap(), &ReadOptions::default())
}

fn cells(workbook: &mut Workbook) -> Vec<String> {
    let table = read(workbook).unwrap();
    table.rows().next().unwrap().cells().map(str::to_owned).collect()
}

#[test]
fn cells_are_read_as_people_see_them() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in
        (0..).zip(["id", "padded", "share", "hired", "seen", "at", "active", "note", "formula", "e"])
    {
        sheet.write(0, column, header).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let clock = Format::new().set_num_format("hh:mm");
    sheet.write(1, 0, 40117).unwrap();
    sheet.write_with_format(1, 1, 117, &Format::new().set_num_format("00000")).unwrap();
    sheet.write(1, 2, 0.25).unwrap();
    sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2024, 3, 1).unwrap(), &day).unwrap();
    let at = ExcelDateTime::from_ymd(2024, 3, 1).unwrap().and_hms(9, 30, 0).unwrap();
    sheet.write_with_format(1, 4, at, &moment).unwrap();
    sheet.write_with_format(1, 5, ExcelDateTime::from_hms(9, 30, 0).unwrap(), &clock).unwrap();
    sheet.write(1, 6, true).unwrap();
    sheet.write(1, 7, " Inés\nMüller ").unwrap();
    sheet.write_formula(1, 8, rust_xlsxwriter::Formula::new("=A2&\"x\"").set_result("40117x")).unwrap();
    sheet.write_formula(1, 9, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    assert_eq!(
        cells(&mut workbook),
        [
            "40117",
            "00117",
            "0.25",
            "2024-03-01",
            "2024-03-01T09:30:00",
            "09:30:00",
            "TRUE",
            "Inés\nMüller",
            "40117x",
            "#DIV/0!",
        ]
    );
}

#[test]
fn lines_are_the_rows_of_the_sheet() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "People of January").unwrap();
    sheet.write_row(2, 0, ["id", "name", "mail"]).unwrap();
    sheet.write_row(3, 0, ["1", "Ana"]).unwrap();
    sheet.write_row(6, 0, ["2", "Bo", "b@x.example"]).unwrap();
    sheet.write(6, 5, "call her").unwrap();
    sheet.write(7, 5, "total: 2").unwrap();
    let table = read(&mut workbook).unwrap();
    assert_eq!(table.header_line(), 3);
    assert_eq!(rows(&table), [(4, vec!["1", "Ana", ""]), (7, vec!["2", "Bo", "b@x.example"])]);
    // Notes beside the columns are not read.
    assert_eq!(table.ragged(), []);
}

#[test]
fn the_first_visible_sheet_with_rows_is_read_unless_another_is_named() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Empty").unwrap();
    let hidden = workbook.add_worksheet().set_name("Hidden").unwrap();
    hidden.write_column(0, 0, ["id", "7"]).unwrap();
    hidden.set_hidden(true);
    workbook.add_worksheet().set_name("Header").unwrap().write(0, 0, "id").unwrap();
    workbook.add_worksheet().set_name("People").unwrap().write_column(0, 0, ["id", "1"]).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let named = |sheet: &str| ReadOptions { sheet: Some(sheet.to_owned()), ..ReadOptions::default() };
    let sheets: Vec<String> = ["Empty", "Hidden", "Header", "People"].map(str::to_owned).to_vec();

    let table = Table::read(&bytes, &ReadOptions::default()).unwrap();
    let source = Source::Workbook { sheet: "People".to_owned(), sheets: sheets.clone(), epoch: Epoch::Of1900 };
    assert_eq!((rows(&table), table.source()), (vec![(2, vec!["1"])], &source));
    assert_eq!(rows(&Table::read(&bytes, &named("Hidden")).unwrap()), [(2, vec!["7"])]);
    let missing = Table::read(&bytes, &named("Staff")).unwrap_err();
    assert_eq!(missing, TableError::NoSuchSheet { sheet: "Staff".to_owned(), sheets });
    assert_eq!(Table::read(&bytes, &named("Header")).unwrap_err(), TableError::OnlyHeader { line: 1 });
}

#[test]
fn numbers_of_days_are_dates_where_a_date_is_expected() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, ["name", "email", "hire date"]).unwrap();
    sheet.write_row(1, 0, ["Ana", "a@x.example"]).unwrap();
    sheet.write(1, 2, 45352).unwrap();
    let table = read(&mut workbook).unwrap();
    let reading = read_people(&table, &Mapping::guess(&table).mapping);
    assert_eq!(reading.people[0].start, Some(date(2024, 3, 1)));
}

#[test]
fn workbooks_without_rows_and_other_archives_are_refused() {
    let mut empty = Workbook::new();
    empty.add_worksheet();
    assert_eq!(read(&mut empty).unwrap_err(), TableError::Empty);
    let whole = empty.save_to_buffer().unwrap();
    let cut = Table::read(&whole[..whole.len() / 2], &ReadOptions::default()).unwrap_err();
    assert!(matches!(cut, TableError::BrokenWorkbook { .. }), "{cut}");
    let no_parts = Table::read(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", &ReadOptions::default()).unwrap_err();
    assert_eq!(no_parts, TableError::WrongKind { file: FileKind::Zip });
}
