//! Counterflow runs reverse-mentoring programs from objective to proof. ARCHITECTURE.md is the map.

pub mod accounts;
pub mod checkins;
pub mod cli;
pub mod demo;
pub mod enrollment;
pub mod health;
pub mod home;
pub mod jobs;
pub mod kernel;
pub mod mail;
pub mod matching;
pub mod measures;
pub mod meetings;
pub mod outcomes;
pub mod pairs;
pub mod people;
pub mod programs;
pub mod readiness;
pub mod router;
pub mod works;

pub use kernel::labels::{say, say_number};
