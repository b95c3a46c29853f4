//! A sheet of an XLSX workbook, as a table.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx};

use super::builder::{Layout, Record, TableBuilder};
use super::guard::{self, broken};
use super::{Limits, Quantity, ReadOptions, Source, Table, TableError};
use crate::Epoch;

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, TableError> {
    guard::check(bytes, &options.limits)?;
    let mut workbook = Workbook::new(Cursor::new(bytes)).map_err(broken)?;
    match &options.sheet {
        Some(sheet) => read_named(&mut workbook, sheet, options),
        None => read_first(&mut workbook, options),
    }
}

fn read_named(workbook: &mut Workbook<'_>, sheet: &str, options: &ReadOptions) -> Result<Table, TableError> {
    let sheets = sheet_names(workbook, |_| true);
    if !sheets.iter().any(|name| name == sheet) {
        return Err(TableError::NoSuchSheet { sheet: sheet.to_owned(), sheets });
    }
    read_sheet(workbook, sheet, options)
}

/// The first visible sheet with rows; if none has, what is wrong with the first.
fn read_first(workbook: &mut Workbook<'_>, options: &ReadOptions) -> Result<Table, TableError> {
    let mut first_error = None;
    for sheet in sheet_names(workbook, |visible| visible == SheetVisible::Visible) {
        match read_sheet(workbook, &sheet, options) {
            Err(error @ (TableError::Empty | TableError::OnlyHeader { .. })) => {
                first_error.get_or_insert(error);
            }
            answer => return answer,
        }
    }
    Err(first_error.unwrap_or(TableError::Empty))
}

fn sheet_names(workbook: &Workbook<'_>, wanted: impl Fn(SheetVisible) -> bool) -> Vec<String> {
    let sheets = workbook.sheets_metadata().iter();
    let readable = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet && wanted(sheet.visible));
    readable.map(|sheet| sheet.name.clone()).collect()
}

fn read_sheet(workbook: &mut Workbook<'_>, sheet: &str, options: &ReadOptions) -> Result<Table, TableError> {
    let sheets = sheet_names(workbook, |_| true);
    let epoch = if workbook.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut builder = TableBuilder::new(options, Layout::Grid);
    let mut row = SheetRow::default();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
        let (index, column) = cell.get_position();
        if index != row.index {
            row.hand_over(&mut builder)?;
            row.index = index;
        }
        let text = text_of(cell.get_value(), cells.styles().get(style));
        row.set(column as usize, text, &options.limits)?;
    }
    row.hand_over(&mut builder)?;
    builder.finish(Source::Workbook { sheet: sheet.to_owned(), sheets, epoch })
}

/// The cells of the row that is being read.
#[derive(Default)]
struct SheetRow {
    /// Counted from 0.
    index: u32,
    cells: Vec<String>,
}

impl SheetRow {
    fn set(&mut self, column: usize, text: String, limits: &Limits) -> Result<(), TableError> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= limits.columns {
            return Err(TableError::TooLarge { what: Quantity::Columns, limit: limits.columns as u64 });
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, String::new);
        }
        self.cells[column] = text;
        Ok(())
    }

    fn hand_over(&mut self, builder: &mut TableBuilder) -> Result<(), TableError> {
        let cells: Vec<&str> = self.cells.iter().map(String::as_str).collect();
        builder.push(&Record { line: self.index.saturating_add(1), lines: 1, cells: &cells })?;
        self.cells.clear();
        Ok(())
    }
}

fn text_of(value: &DataRef<'_>, style: Option<&Style>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => text_of_number(*number, style),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => text_of_time(*time),
        DataRef::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Whole numbers as people see them: without `.0`, and with the leading zeros of a format such as `00000`, which is
/// how sheets keep employee ids.
fn text_of_number(number: f64, style: Option<&Style>) -> String {
    if number.fract() != 0.0 || number.abs() >= 1e15 {
        return number.to_string();
    }
    let format = style.and_then(|style| style.number_format.as_ref()).map_or("", |format| &format.format_code);
    let zeros = if format.bytes().all(|b| b == b'0') { format.len().min(30) } else { 0 };
    format!("{number:0zeros$.0}")
}

/// `2024-03-01`, with the time of day if there is one; a time without a day as `09:30:00`; a length of time as its
/// number of days.
fn text_of_time(time: ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    if time.as_f64() < 1.0 {
        clock
    } else if time.as_f64().fract() == 0.0 {
        date
    } else {
        format!("{date}T{clock}")
    }
}
