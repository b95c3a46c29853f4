//! The hazard that has gathered up to a time.

use crate::{
    Interval,
    distribution::normal,
    error::{Error, inside},
};

use super::{
    data::SurvivalData,
    kaplan_meier::grouping,
    running::Running,
    timeline::{Grouping, Timeline, counts},
};

/// The cumulative hazard at an event time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardStep {
    /// When.
    pub time: f64,
    /// The hazard gathered up to and at that time.
    pub cumulative_hazard: f64,
    /// Its standard error.
    pub std_err: f64,
    /// Its limits, symmetric on the scale of logarithms.
    pub limits: Interval,
}

/// The estimate of Nelson and Aalen (Aalen 1978): H(t) = sum d/n, Var H = sum d/n^2.
#[derive(Debug, Clone, PartialEq)]
pub struct NelsonAalen {
    steps: Vec<HazardStep>,
}

impl NelsonAalen {
    /// Of all rows. With weights d and n are their sums; the variance is meant for counts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the level lies between 0 and 1.
    pub fn fit(data: &SurvivalData, level: f64) -> Result<Self, Error> {
        let mut all = Self::of_groups(data, &Grouping::ONE, level)?;
        all.pop().ok_or(Error::Empty { what: "time" })
    }

    /// Of each group, `groups` numbering them from 0 for each row.
    ///
    /// # Errors
    /// As [`Self::fit`]; [`Error::Lengths`] unless every row has its group.
    pub fn fit_groups(data: &SurvivalData, groups: &[u32], level: f64) -> Result<Vec<Self>, Error> {
        Self::of_groups(data, &grouping(data, groups)?, level)
    }

    fn of_groups(data: &SurvivalData, group: &Grouping, level: f64) -> Result<Vec<Self>, Error> {
        inside("level", level)?;
        let z = normal::two_sided(1.0 - level)?;
        let timeline = Timeline::new(data);
        let of = |counts: &Vec<super::timeline::Counts>| {
            let (mut hazard, mut variance) = (Running::default(), Running::default());
            let with_events = timeline.times.iter().zip(counts).filter(|(_, count)| count.event > 0.0);
            let steps = with_events.map(|(&time, count)| {
                hazard.add(count.event / count.risk);
                variance.add(count.event / (count.risk * count.risk));
                let (cumulative_hazard, std_err) = (hazard.value(), variance.value().sqrt());
                let away = (z * std_err / cumulative_hazard).exp();
                let limits = Interval { lower: cumulative_hazard / away, upper: cumulative_hazard * away };
                HazardStep { time, cumulative_hazard, std_err, limits }
            });
            Self { steps: steps.collect() }
        };
        Ok(counts(data, &timeline, group).iter().map(of).collect())
    }

    /// Every time at which there was an event.
    #[must_use]
    pub fn steps(&self) -> &[HazardStep] {
        &self.steps
    }

    /// The hazard up to a time; zeros before the first event.
    #[must_use]
    pub fn at(&self, time: f64) -> HazardStep {
        let after = self.steps.partition_point(|step| step.time <= time);
        let none = Interval { lower: 0.0, upper: 0.0 };
        match after.checked_sub(1) {
            Some(last) => HazardStep { time, ..self.steps[last] },
            None => HazardStep { time, cumulative_hazard: 0.0, std_err: 0.0, limits: none },
        }
    }
}
