//! What the topics on survival share: rows of a table as data.

use counterflow_statistics::survival::SurvivalData;
use serde_json::Value;

use super::super::table::Table;

/// Times and events of a table's rows, with delayed entry if there is a column for it.
pub fn data(table: &Table, entry: Option<&str>, time: &str, event: &str) -> Result<SurvivalData, String> {
    let (times, events) = (table.numbers(time)?, table.numbers(event)?);
    let events = events.into_iter().map(|event| event != 0.0).collect();
    let data = match entry {
        Some(entry) => SurvivalData::counting_process(table.numbers(entry)?, times, events),
        None => SurvivalData::right_censored(times, events),
    };
    data.map_err(said)
}

/// The distinct cells of a column, numbers by size and texts by letter, and the place of each row's among them.
pub fn labels(table: &Table, column: &str) -> Result<(Vec<String>, Vec<u32>), String> {
    let cells: Vec<String> = table.texts(column)?.iter().map(|cell| cell.clone().unwrap_or_default()).collect();
    let mut labels = cells.clone();
    labels.sort_by(|one, two| match (one.parse::<f64>(), two.parse::<f64>()) {
        (Ok(one), Ok(two)) => one.total_cmp(&two),
        _ => one.cmp(two),
    });
    labels.dedup();
    let place = |cell: &String| labels.iter().position(|label| label == cell).unwrap_or_default() as u32;
    let rows = cells.iter().map(place).collect();
    Ok((labels, rows))
}

/// The rows of a table that have all of the columns that a case names under `keys`.
pub fn complete(table: &Table, columns: &[Option<&str>]) -> Result<Table, String> {
    let named: Vec<&str> = columns.iter().copied().flatten().collect();
    table.complete(&named)
}

/// The numbers of a list.
pub fn list(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// An error as text.
pub fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
