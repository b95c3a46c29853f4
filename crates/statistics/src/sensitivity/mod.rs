//! How much of a finding what was not measured could explain: a confounder ([`e_value`]), or who did not answer
//! ([`manski`]).

mod e_value;
mod manski;

pub use e_value::{EValue, Effect, e_value};
pub use manski::{Answered, difference_bounds, manski, mean_bounds};
