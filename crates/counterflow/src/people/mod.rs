//! The directory: everybody whom the organization told us about, and who reports to whom.

mod store;

pub use store::{Card, card, reporting_lines};
