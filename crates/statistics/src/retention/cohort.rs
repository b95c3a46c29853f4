//! The matched sets, followed from the day of joining on.

use super::Work;
use crate::{
    Interval,
    design::{Comparators, Followed, RiskSetMatch},
    distribution::normal,
    error::Error,
    survival::{
        AalenJohansen, ConfType, Incidence, KaplanMeier, RmstDifference, Step, SurvivalData, Weights, logrank_test,
        rmst_difference,
    },
};

/// The cause that is asked about, and any other.
pub(super) const OUTCOME: usize = 0;
pub(super) const OTHER: usize = 1;

/// One of the two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arm {
    Joined,
    Comparators,
}

/// The two groups with their curves.
pub(super) struct Cohort {
    rows: Vec<Followed>,
    curves: [KaplanMeier; 2],
    causes: [AalenJohansen; 2],
    tau: f64,
    level: f64,
}

impl Cohort {
    pub(super) fn new(work: &Work<'_>, matched: &RiskSetMatch, comparators: Comparators) -> Result<Self, Error> {
        let level = work.inquiry.level;
        let mut rows = work.trial.follow(work.people, matched, comparators);
        // Who is seen for no time tells nothing.
        rows.retain(|row| row.time > 0.0);
        let of = |exposed: bool| rows.iter().filter(move |row| row.exposed == exposed);
        let curve = |exposed: bool| {
            let (time, event) = of(exposed).map(|row| (row.time, row.event)).unzip();
            KaplanMeier::fit(&SurvivalData::right_censored(time, event)?, ConfType::LogLog, level)
        };
        let cause = |exposed: bool| {
            let ends = |row: &Followed| row.event || left_otherwise(work, matched, row);
            let (time, event) = of(exposed).map(|row| (row.time, ends(row))).unzip();
            let cause: Vec<u32> = of(exposed).map(|row| if row.event { OUTCOME } else { OTHER } as u32).collect();
            AalenJohansen::fit(&SurvivalData::right_censored(time, event)?, &cause, ConfType::LogLog, level)
        };
        let curves = [curve(true)?, curve(false)?];
        let last = |curve: &KaplanMeier| curve.steps().last().map_or(0.0, |step| step.time);
        let tau = last(&curves[0]).min(last(&curves[1])).min(work.inquiry.horizon as f64);
        Ok(Self { causes: [cause(true)?, cause(false)?], curves, tau, level, rows })
    }

    /// For how many days both groups are watched.
    pub(super) fn tau(&self) -> f64 {
        self.tau
    }

    /// How many people are compared, each as often as they are.
    pub(super) fn n(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn events(&self) -> [u64; 2] {
        [&self.curves[0], &self.curves[1]].map(|curve| curve.events() as u64)
    }

    /// How a group stands on a day, and how many there were.
    pub(super) fn at(&self, arm: Arm, day: i64) -> (Step, usize) {
        let curve = &self.curves[arm as usize];
        (curve.at(day as f64), curve.n())
    }

    /// How likely a cause is to the end of the time that both are watched.
    pub(super) fn incidence(&self, arm: Arm, cause: usize) -> (Incidence, usize) {
        (self.causes[arm as usize].at(cause, self.tau), self.curves[arm as usize].n())
    }

    /// How many more of the joiners stayed, as a share: the difference of two curves, with the root of the sum of their
    /// variances.
    pub(super) fn difference(&self, day: i64) -> Result<(f64, Interval), Error> {
        let [one, two] = [Arm::Joined, Arm::Comparators].map(|arm| self.at(arm, day).0);
        let std_err = one.std_err.unwrap_or(0.0).hypot(two.std_err.unwrap_or(0.0));
        if std_err <= 0.0 {
            return Err(Error::NotEnoughEvents { have: 0, need: 1 });
        }
        let (apart, reach) = (one.survival - two.survival, normal::two_sided(1.0 - self.level)? * std_err);
        Ok((apart, Interval { lower: (apart - reach).max(-1.0), upper: (apart + reach).min(1.0) }))
    }

    /// How many days more joiners stayed, of those that both groups are watched.
    pub(super) fn days_kept(&self) -> Result<RmstDifference, Error> {
        rmst_difference(&self.curves[1], &self.curves[0], self.tau)
    }

    /// The p-value of the log-rank test.
    pub(super) fn log_rank(&self) -> Result<f64, Error> {
        let (time, event) = self.rows.iter().map(|row| (row.time, row.event)).unzip();
        let groups: Vec<u32> = self.rows.iter().map(|row| u32::from(row.exposed)).collect();
        Ok(logrank_test(&SurvivalData::right_censored(time, event)?, &groups, Weights::LogRank)?.p)
    }
}

/// Whether a row ends because its person left in another way than the one that is asked about.
fn left_otherwise(work: &Work<'_>, matched: &RiskSetMatch, row: &Followed) -> bool {
    let day = work.people[matched.sets[row.set].0].joined;
    let ends = day.map(|day| day + row.time as i64);
    !row.event && ends.is_some() && work.other_exit(row.person) == ends
}
