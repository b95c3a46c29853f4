//! The directory: everybody whom the organization told us about, and who reports to whom.

mod profile;
mod store;

pub use profile::{Profile, Status, Values, directory_people, present_people};
pub use store::{Card, card, find, reporting_lines};
