//! Reads people files.
mod clean;
mod dates;
mod reason;
mod table;
pub use clean::clean;
pub use dates::{DateOrder, NoSuchDate};
pub use reason::{Earlier, ManagerKey, PersonAt, Reason, RowError, Severity};
pub use table::*;
