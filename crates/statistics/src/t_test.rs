//! What t tests have in common.

use crate::{Interval, distribution::student_t, error::Error};

/// A difference of means and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TTest {
    /// The difference.
    pub estimate: f64,
    /// Its standard error.
    pub std_err: f64,
    /// The difference in standard errors.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// The probability of one so far from zero, to either side, if there were none.
    pub p: f64,
    /// Where the difference lies.
    pub interval: Interval,
}

impl TTest {
    pub(crate) fn of(estimate: f64, std_err: f64, df: f64, level: f64) -> Result<Self, Error> {
        let t = estimate / std_err;
        let half = student_t::two_sided(1.0 - level, df)? * std_err;
        let p = (2.0 * student_t::sf(t.abs(), df)?).min(1.0);
        Ok(Self { estimate, std_err, t, df, p, interval: Interval { lower: estimate - half, upper: estimate + half } })
    }
}
