//! The directory: everybody whom the organization told us about, and who reports to whom.

pub mod import;
pub mod leaving;
pub mod pages;
mod profile;
pub mod spelling;
mod store;

pub use profile::{Profile, Status, Values, directory_people, present_people};
pub use store::{Card, card, colleague, find, has_left, reporting_lines};
