//! What a round can show, and later what it has shown.
//!
//! Pure: numbers go in, numbers come out. No clock, no files, no dependencies, randomness only from a seed that is given;
//! the same input gives the same bits. What is outside of a function's domain is an [`Error`], never a panic and never a NaN.
//!
//! Every formula names its source. From the bottom up:
//! - [`special`]: the functions on which the distributions stand (error function, gamma, incomplete beta and gamma);
//! - [`distribution`]: normal, t, noncentral t, chi-squared, F, binomial, beta, gamma;
//! - [`proportion`]: shares, their differences and ratios; [`rates`]: events by time; [`nps`];
//! - [`paired`]: the same people before and after;
//! - [`two_sample`]: two groups of different people;
//! - [`design`]: from people with dates to rows, without immortal time; [`matching`]: who is compared with whom;
//! - [`multiplicity`]: many tests at once; [`sensitivity`]: what was not measured;
//! - [`survival`]: how long people stay;
//! - [`retention`]: whether people who joined stayed longer, from a staff list to a report;
//! - [`report`]: all of it as a document; [`disclosure`]: what of it may be shown;
//! - [`power`]: what a planned number of people can show, before anybody is asked.
//!
//! ```
//! use counterflow_statistics::power::paired;
//! // 40 pairs answer before and after, and their changes spread by 1.1 levels.
//! let change = paired::smallest_change(40.0, 1.1, 0.8, 0.05)?;
//! assert_eq!(format!("{change:.1}"), "0.5");
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

pub mod design;
pub mod disclosure;
pub mod distribution;
pub mod effect;
mod error;
mod linalg;
pub mod matching;
pub mod multiplicity;
pub mod nps;
pub mod paired;
pub mod power;
pub mod proportion;
mod rank;
pub mod rates;
pub mod report;
pub mod retention;
pub mod sensitivity;
mod solve;
pub mod special;
mod sum;
pub mod survival;
pub mod t_test;
pub mod two_sample;

pub use error::{Error, Terms};
pub use linalg::Matrix;

/// From where to where something lies, with a stated confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// Both ends through a function that rises.
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lower: f(self.lower), upper: f(self.upper) }
    }
}
