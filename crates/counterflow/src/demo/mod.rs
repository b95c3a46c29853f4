//! The demo: an invented company, made by a seeded generator and led through its past by the same verbs as a real one.
//!
//! [`script`] says what the managers do and on which day, [`cast`] what everybody else does about it. Both are acts on
//! one calendar, and [`past`] plays them in order with the clock set to their moment. Nothing is written into the tables
//! past the verbs, so whatever the demo shows could have happened.

mod acts;
mod answers;
mod cast;
pub mod command;
pub mod doors;
mod past;
pub mod people;
mod script;
mod store;

pub use past::write;
