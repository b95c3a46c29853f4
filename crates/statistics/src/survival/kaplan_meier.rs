//! The share of people whom the event has not yet reached.

use crate::{
    Interval,
    distribution::normal,
    error::{Error, inside},
};

use super::{
    data::{SurvivalData, same_length},
    influence,
    running::Running,
    timeline::{Counts, Grouping, Timeline, counts},
};

/// On which scale the limits of a survival curve are symmetric (Kalbfleisch and Prentice 2002, 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfType {
    /// log(-log S): never outside of 0 to 1; best for few people.
    LogLog,
    /// log S, cut at 1.
    Log,
    /// S itself, cut at 0 and 1.
    Plain,
}

impl ConfType {
    /// The limits around `survival`, `z` standard errors away. None where nobody is left.
    pub(super) fn limits(self, survival: f64, std_err: f64, z: f64) -> Option<Interval> {
        if survival <= 0.0 {
            return None;
        }
        if survival >= 1.0 {
            return Some(Interval { lower: 1.0, upper: 1.0 });
        }
        let hazard = -survival.ln();
        let relative = z * std_err / survival;
        let (lower, upper) = match self {
            Self::LogLog => {
                let away = relative / hazard;
                ((-hazard * away.exp()).exp(), (-hazard * (-away).exp()).exp())
            }
            Self::Log => ((-hazard - relative).exp(), (relative - hazard).exp().min(1.0)),
            Self::Plain => ((survival - z * std_err).max(0.0), (survival + z * std_err).min(1.0)),
        };
        Some(Interval { lower, upper })
    }
}

/// What is known at a time at which somebody left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// Who was at risk then, in rows or in sums of weights, as are the next two.
    pub n_risk: f64,
    /// To whom the event happened then.
    pub n_event: f64,
    /// Who was censored then.
    pub n_censor: f64,
    /// The share that is left after that.
    pub survival: f64,
    /// Its standard error: Greenwood's, with weights the infinitesimal jackknife's. None once nobody is left.
    pub std_err: Option<f64>,
    /// Its limits.
    pub limits: Option<Interval>,
}

/// The curve of Kaplan and Meier (1958): S(t) = prod (1 - d/n) over the times up to t.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<Step>,
    pub(super) z: f64,
    /// With weights, what the variance of an area needs.
    pub(super) rows: Option<Vec<influence::Row>>,
    events: usize,
    rows_in_all: usize,
}

/// A quantile of the times to the event, and its limits; none where the curve does not fall that low.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// When the share has the event.
    pub estimate: Option<f64>,
    /// From when.
    pub lower: Option<f64>,
    /// To when.
    pub upper: Option<f64>,
}

impl KaplanMeier {
    /// The curve of all rows. Strata and clusters make no difference to it.
    ///
    /// Var S = S^2 sum d/(n(n-d)) (Greenwood 1926). With weights the rows count as independent draws and the variance is
    /// that of the infinitesimal jackknife, sum (w dS/dw)^2, because a weight is no number of people.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the level lies between 0 and 1.
    pub fn fit(data: &SurvivalData, conf: ConfType, level: f64) -> Result<Self, Error> {
        let mut curves = Self::of_groups(data, &Grouping::ONE, conf, level)?;
        curves.pop().ok_or(Error::Empty { what: "time" })
    }

    /// A curve for each group, `groups` numbering them from 0 for each row; in one pass.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the level lies between 0 and 1, [`Error::Lengths`] unless every row has its group,
    /// [`Error::Empty`] for a group below the largest without rows.
    pub fn fit_groups(data: &SurvivalData, groups: &[u32], conf: ConfType, level: f64) -> Result<Vec<Self>, Error> {
        Self::of_groups(data, &grouping(data, groups)?, conf, level)
    }

    fn of_groups(data: &SurvivalData, group: &Grouping, conf: ConfType, level: f64) -> Result<Vec<Self>, Error> {
        inside("level", level)?;
        let z = normal::two_sided(1.0 - level)?;
        let timeline = Timeline::new(data);
        let counts = counts(data, &timeline, group);
        let mut sizes = vec![(0, 0); group.size];
        for (row, event) in data.event.iter().enumerate() {
            let size: &mut (usize, usize) = &mut sizes[group.of(row)];
            *size = (size.0 + 1, size.1 + usize::from(*event));
        }
        if sizes.iter().any(|size| size.0 == 0) {
            return Err(Error::Empty { what: "group" });
        }
        let curves = counts.iter().zip(sizes).enumerate().map(|(own, (counts, (rows_in_all, events)))| {
            let (mut steps, place) = curve(&timeline.times, counts);
            let rows = data.weights.as_ref().map(|_| influence::rows(data, &timeline, group, own, &place));
            if let Some(rows) = &rows {
                influence::std_errs(&mut steps, rows);
            }
            for step in &mut steps {
                step.limits = step.std_err.and_then(|std_err| conf.limits(step.survival, std_err, z));
            }
            Self { steps, z, rows, events, rows_in_all }
        });
        Ok(curves.collect())
    }

    /// Every time at which somebody left, with what is known then.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many rows it stands on.
    #[must_use]
    pub fn n(&self) -> usize {
        self.rows_in_all
    }

    /// How many of them had the event.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// What is known at any time: the last step's, but who is at risk and leaves is as of that time. (At risk are, between
    /// two steps, those of the next one.)
    #[must_use]
    pub fn at(&self, time: f64) -> Step {
        let after = self.steps.partition_point(|step| step.time <= time);
        let full = Some(Interval { lower: 1.0, upper: 1.0 });
        let (survival, std_err, limits) = match after.checked_sub(1).map(|last| &self.steps[last]) {
            Some(last) => (last.survival, last.std_err, last.limits),
            None => (1.0, Some(0.0), full),
        };
        let from = self.steps.partition_point(|step| step.time < time);
        let n_risk = self.steps.get(from).map_or(0.0, |step| step.n_risk);
        let now = self.steps.get(from).filter(|step| step.time == time);
        let (n_event, n_censor) = now.map_or((0.0, 0.0), |step| (step.n_event, step.n_censor));
        Step { time, n_risk, n_event, n_censor, survival, std_err, limits }
    }

    /// When a share `p` has had the event: the smallest t with S(t) <= 1 - p, and the middle of the flat piece if the curve
    /// runs at 1 - p exactly. The limits are where the limits of the curve cross it (Brookmeyer and Crowley 1982).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `p` lies between 0 and 1.
    pub fn quantile(&self, p: f64) -> Result<Quantile, Error> {
        let level = 1.0 - inside("p", p)?;
        let estimate = self.crossing(level, |step| Some(step.survival));
        let lower = self.crossing(level, |step| step.limits.map(|limits| limits.lower));
        let upper = self.crossing(level, |step| step.limits.map(|limits| limits.upper));
        Ok(Quantile { estimate, lower, upper })
    }

    /// When half have had the event.
    #[must_use]
    pub fn median(&self) -> Quantile {
        self.quantile(0.5).unwrap_or(Quantile { estimate: None, lower: None, upper: None })
    }

    /// Where a curve comes down to `level`, equal within the rounding of many factors: at the step that is nearest to it
    /// from below. That is the first one below, unless limits rise again because more people are at risk later (as after
    /// delayed entry); then it is where R puts it.
    fn crossing(&self, level: f64, of: impl Fn(&Step) -> Option<f64>) -> Option<f64> {
        const EQUAL: f64 = 1e-9;
        let highest = |bound: f64| {
            let below = self.steps.iter().filter_map(|step| Some((step.time, of(step)?)));
            below.filter(|(_, height)| *height <= bound).reduce(|one, two| if two.1 > one.1 { two } else { one })
        };
        let (first, height) = highest(level + EQUAL)?;
        if height < level - EQUAL {
            return Some(first);
        }
        let last = self.steps.last().map_or(first, |step| step.time);
        Some(0.5 * (first + highest(level - EQUAL).map_or(last, |(time, _)| time)))
    }
}

/// Groups that are numbered from 0.
pub(super) fn grouping<'a>(data: &SurvivalData, groups: &'a [u32]) -> Result<Grouping<'a>, Error> {
    same_length("groups", groups.len(), data.len())?;
    let size = groups.iter().max().map_or(0, |last| *last as usize + 1);
    // A number far above the number of rows is no place in a list of groups.
    if size > data.len() {
        return Err(Error::Empty { what: "group" });
    }
    Ok(Grouping { rows: Some(groups), size })
}

/// The steps of a group's curve, and for each distinct time the place of the first step not before it.
fn curve(times: &[f64], counts: &[Counts]) -> (Vec<Step>, Vec<u32>) {
    let (mut steps, mut place) = (Vec::with_capacity(times.len()), Vec::with_capacity(times.len() + 1));
    let (mut survival, mut greenwood) = (1.0, Running::default());
    for (&time, &Counts { risk, event, censor }) in times.iter().zip(counts) {
        place.push(steps.len() as u32);
        if event == 0.0 && censor == 0.0 {
            continue;
        }
        let left = risk - event;
        // Sums of weights may leave a rounding where nobody is left.
        let left = if left > 1e-12 * risk { left } else { 0.0 };
        if event > 0.0 {
            survival *= left / risk;
            greenwood.add(event / (risk * left));
        }
        let std_err = (survival > 0.0).then(|| survival * greenwood.value().sqrt());
        steps.push(Step { time, n_risk: risk, n_event: event, n_censor: censor, survival, std_err, limits: None });
    }
    place.push(steps.len() as u32);
    (steps, place)
}
