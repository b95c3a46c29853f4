//! The application through its front door, on SQLite and on PostgreSQL.
//!
//! PostgreSQL is wherever `COUNTERFLOW_TEST_POSTGRES` says (`bin/test` starts a throwaway one); without it those
//! tests say SKIPPED.

#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod demo;
mod edge;
mod fence;
mod jobs;
mod journeys;
mod letters;
mod rights;
mod serving;
mod start_up;
mod statements;
mod support;
