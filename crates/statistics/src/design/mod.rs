//! From people with dates to rows that can be compared: the trial that the data are to stand in for, and three ways to
//! keep time straight.
//!
//! Whoever stays long has time to join. A comparison of those who ever joined with those who never did therefore shows
//! longer stays even where joining changes nothing (immortal time: Suissa 2008, American Journal of Epidemiology 167,
//! 492-499). So exposure begins on the day of joining: [`TargetTrial::split_at_exposure`] lets each person's time count
//! where it belongs, [`TargetTrial::landmark`] compares those who are still there on a day by what they had done until
//! then, and [`TargetTrial::risk_set_match`] compares each joiner from the day of joining with people like him who had
//! not joined by then. [`TargetTrial::ever_never_biased`] is the wrong comparison, to show how wrong it is.
//!
//! Joining means enrolling, not the first meeting and not completion: what happens later is not known on that day.

mod risk_set;
mod rows;
mod trial;

pub use risk_set::{Comparators, RiskSetMatch, RiskSetOptions};
pub use rows::{EverNever, Followed, Landmarked, Stretch, stretches_data};
pub use trial::{Leaving, Person, TargetTrial};

/// Days in a year, on average.
pub const DAYS_PER_YEAR: f64 = 365.25;
