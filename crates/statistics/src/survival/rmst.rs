//! Restricted mean survival time: how long people stay, on average, of a given time.

use crate::{
    Interval,
    distribution::normal,
    error::{Error, above, finite},
};

use super::{influence, kaplan_meier::KaplanMeier};

/// A figure with its standard error and limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub estimate: f64,
    /// Its standard error.
    pub std_err: f64,
    /// Its limits at the level of the curve.
    pub limits: Interval,
}

/// Up to when the area under a curve is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    tau: f64,
    level_after_last: bool,
}

impl Horizon {
    /// Up to `tau`, which is not after the last observed time as long as somebody is left. A plain number means this.
    #[must_use]
    pub fn observed(tau: f64) -> Self {
        Self { tau, level_after_last: false }
    }

    /// Up to `tau`, with the curve level after the last observed time, as R has it. That is too long a mean, and says
    /// nothing of what happened then: it is there to compare with R's figures.
    #[must_use]
    pub fn level_after_last(tau: f64) -> Self {
        Self { tau, level_after_last: true }
    }
}

impl From<f64> for Horizon {
    fn from(tau: f64) -> Self {
        Self::observed(tau)
    }
}

/// How two arms differ in restricted mean survival time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmstDifference {
    /// The second arm's less the first's, in units of time, normal limits.
    pub difference: Estimate,
    /// Its p-value, two-sided.
    pub p: f64,
    /// The second arm's over the first's, limits symmetric on the scale of logarithms; the standard error is of the logarithm.
    pub ratio: Estimate,
    /// Its p-value, two-sided, of the logarithm.
    pub ratio_p: f64,
}

impl KaplanMeier {
    /// The area under the curve from 0 to `tau`: the mean time without event of the first `tau` units, with
    /// Var = sum A^2 d/(n(n-d)), A the area from a time to `tau` (Klein and Moeschberger 2003, 4.5).
    ///
    /// With delayed entry the curve counts as 1 until the first event; if nobody is seen from 0 on, [`Self::rmst_from`]
    /// says what it means.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `tau` is above 0 and, as long as somebody is left, not after the last observed time.
    pub fn rmst(&self, tau: impl Into<Horizon>) -> Result<Estimate, Error> {
        self.rmst_from(0.0, tau)
    }

    /// The mean time without event between `start` and `tau`, of those who are there without event at `start`.
    ///
    /// # Errors
    /// As [`Self::rmst`]; [`Error::OutOfRange`] for a `start` below 0, not before `tau` or when nobody was left.
    pub fn rmst_from(&self, start: f64, tau: impl Into<Horizon>) -> Result<Estimate, Error> {
        let Horizon { tau, level_after_last } = tau.into();
        finite("start", start)?;
        above("tau", tau, start)?;
        let at_start = if start > 0.0 { self.at(start).survival } else { 1.0 };
        if start < 0.0 || at_start <= 0.0 {
            return Err(Error::OutOfRange { what: "start", value: start });
        }
        let last = self.steps().last().filter(|last| last.survival > 0.0);
        if !level_after_last && last.is_some_and(|last| tau > last.time) {
            return Err(Error::OutOfRange { what: "tau", value: tau });
        }
        let (area, areas) = self.areas(start, tau);
        let variance = match &self.rows {
            Some(rows) => influence::area_variance(self.steps(), rows, &areas),
            None => self.steps().iter().zip(&areas).map(|(step, area)| area * area * influence::share(step)).sum(),
        };
        let (estimate, std_err) = (area / at_start, variance.sqrt() / at_start);
        Ok(around(estimate, std_err, self.z))
    }

    /// The area from `start` to `tau`, and for each step the area from it to `tau`: 0 for those not in between.
    fn areas(&self, start: f64, tau: f64) -> (f64, Vec<f64>) {
        let steps = self.steps();
        // An event at 0 is one in the first moment, as those at later times are in theirs.
        let from = if start > 0.0 { steps.partition_point(|step| step.time <= start) } else { 0 };
        let to = steps.partition_point(|step| step.time <= tau);
        let mut areas = vec![0.0; steps.len()];
        let (mut area, mut right) = (0.0, tau);
        for place in (from..to).rev() {
            area += steps[place].survival * (right - steps[place].time);
            areas[place] = area;
            right = steps[place].time;
        }
        let before = from.checked_sub(1).map_or(1.0, |before| steps[before].survival);
        (area + before * (right - start), areas)
    }
}

fn around(estimate: f64, std_err: f64, z: f64) -> Estimate {
    Estimate { estimate, std_err, limits: Interval { lower: estimate - z * std_err, upper: estimate + z * std_err } }
}

/// The second arm against the first, both from 0 to `tau` (Royston and Parmar 2013; Uno et al. 2014). The level is that of
/// the first curve.
///
/// # Errors
/// As [`KaplanMeier::rmst`] for each arm; [`Error::NotEnoughEvents`] if neither has an event before `tau`, so that nothing
/// is known of the spread; [`Error::OutOfReach`] if an arm stays no time at all, so that there is no ratio.
pub fn rmst_difference(
    first: &KaplanMeier,
    second: &KaplanMeier,
    tau: impl Into<Horizon>,
) -> Result<RmstDifference, Error> {
    let tau = tau.into();
    let (one, two) = (first.rmst(tau)?, second.rmst(tau)?);
    let std_err = one.std_err.hypot(two.std_err);
    if std_err <= 0.0 {
        return Err(Error::NotEnoughEvents { have: 0, need: 1 });
    }
    if one.estimate <= 0.0 || two.estimate <= 0.0 {
        return Err(Error::OutOfReach { what: "ratio" });
    }
    let difference = around(two.estimate - one.estimate, std_err, first.z);
    let ratio = two.estimate / one.estimate;
    let log = around(ratio.ln(), (one.std_err / one.estimate).hypot(two.std_err / two.estimate), first.z);
    let two_sided = |estimate: &Estimate| 2.0 * normal::sf((estimate.estimate / estimate.std_err).abs());
    Ok(RmstDifference {
        p: two_sided(&difference),
        difference,
        ratio: Estimate {
            estimate: ratio,
            std_err: log.std_err,
            limits: Interval { lower: log.limits.lower.exp(), upper: log.limits.upper.exp() },
        },
        ratio_p: two_sided(&log),
    })
}
