//! The demo: an invented company, made by a seeded generator through the same verbs as a real one.

pub mod people;
