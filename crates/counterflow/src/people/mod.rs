//! The directory: everybody whom the organization told us about, and who reports to whom.

mod field;
pub mod import;
pub mod leaving;
pub mod pages;
mod profile;
mod rows;
mod snapshot;
mod snapshot_column;
pub mod spelling;
mod store;

pub use field::{Field, number};
pub use profile::{Profile, Status, directory_people, present_people, profile};
pub use rows::Rows;
pub use snapshot::{Snapshot, Somebody, snapshot};
pub use snapshot_column::Column;
pub use store::{Card, card, colleague, find, has_left, reporting_lines};

/// Position and place in one line: `Data analyst, Ankara`.
#[must_use]
pub fn position(title: &Option<String>, location: &Option<String>) -> String {
    [title, location].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}
