//! The tables of the run page and the report as files.

use axum::response::Response;

use crate::{
    kernel::{error::Answer, export, words},
    programs::Round,
};

/// A table as a file: `columns` are keys of `[column]` in words/en.toml.
pub(super) fn download<const COLUMNS: usize>(
    round: &Round,
    name: &str,
    columns: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Answer<Response> {
    let head = columns.map(|column| words::say("column", column, &[]));
    export::csv(&format!("{} {name}", round.label()), head.each_ref().map(String::as_str), rows)
}
