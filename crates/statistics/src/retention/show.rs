//! Numbers that may be shown.

use super::{
    cohort::{Arm, Cohort},
    holds,
};
use crate::{
    Interval,
    disclosure::Policy,
    error::Error,
    report::{Absence, Caveat, Number},
};

/// Instead of "all" and "none" of a large group.
const NEARLY: f64 = 0.1;
/// What share of a group has to be there still where its curve is read.
const LEAST_THERE: f64 = 0.1;

/// The rules by which numbers are shown.
pub(super) struct Show {
    policy: Policy,
    level: f64,
}

impl Show {
    pub(super) fn new(policy: Policy, level: f64) -> Self {
        Self { policy, level }
    }

    /// How many people. Fewer than the threshold are not told, unless there are none.
    pub(super) fn count(&self, name: &str, count: u64) -> Number {
        let number = Number::description(name, "people", Ok(count as f64), "count", count);
        if (1..self.policy.k() as u64).contains(&count) { number.withheld() } else { number }
    }

    /// Which share of a group was there on a day. Not where too few are left to tell, and never that all or none were.
    pub(super) fn retained(&self, name: &str, cohort: &Cohort, arm: Arm, day: i64) -> Number {
        let (step, n) = cohort.at(arm, day);
        let method = "Kaplan-Meier, matched sets, log-log";
        if step.n_risk < self.policy.k_comments() as f64 || step.n_risk < LEAST_THERE * n as f64 {
            return Number::description(name, "share", Ok(0.0), method, n as u64).absent(Absence::NotReached);
        }
        self.share(name, method, step.survival, step.limits, n as u64)
    }

    /// How likely a kind of exit is, the other kinds being possible.
    pub(super) fn incidence(&self, name: &str, cohort: &Cohort, arm: Arm, cause: usize) -> Number {
        let (found, n) = cohort.incidence(arm, cause);
        self.share(name, "Aalen and Johansen 1978, matched sets", found.estimate, found.limits, n as u64)
    }

    fn share(&self, name: &str, method: &'static str, value: f64, limits: Option<Interval>, n: u64) -> Number {
        let number = Number::description(name, "share", Ok(value), method, n);
        if n < self.policy.k_comments() as u64 {
            return number.withheld();
        }
        if value <= 0.0 || value >= 1.0 {
            let bound = if value >= 1.0 {
                Interval { lower: 1.0 - NEARLY, upper: 1.0 }
            } else {
                Interval { lower: 0.0, upper: NEARLY }
            };
            let large = n >= 2 * self.policy.k_comments() as u64;
            return if large {
                Number::range(name, "share", Ok(bound), self.level, (method, n))
            } else {
                number.withheld()
            };
        }
        match limits {
            Some(limits) => number.within(limits, self.level),
            None => number,
        }
    }

    /// What joining did, beside the value that it has if it did nothing.
    pub(super) fn effect(
        &self,
        name: String,
        (unit, method): (&'static str, &'static str),
        estimate: Result<(f64, Interval), Error>,
        nothing: f64,
        about: (u64, [u64; 2]),
    ) -> Number {
        let number = Number::effect(name, unit, estimate, self.level, method, about);
        let none = estimate.is_ok_and(|(_, interval)| holds(interval, nothing)) && number.value().is_ok();
        let number = if none { number.with(Caveat::HoldsNoDifference) } else { number };
        let need = self.policy.event_min() as u64;
        let have = about.1[0].min(about.1[1]);
        if have < need { number.absent(Absence::TooFewEvents { have, need }) } else { number }
    }
}
