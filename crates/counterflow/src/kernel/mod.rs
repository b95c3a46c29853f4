//! What every feature stands on: database, clock, ids, viewer, rights, events, errors, forms, pages.

pub mod app;
pub mod assets;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod event;
pub mod export;
pub mod filters;
pub mod form;
pub mod guard;
pub mod hashing;
pub mod ids;
pub mod json_text;
pub mod kept;
pub mod labels;
pub mod limits;
pub mod page;
pub mod rights;
pub(crate) mod store;
pub mod token;
pub mod upload;
pub mod viewer;
pub mod word;
pub mod words;
