//! How likely each of several ends is by a time, where one shuts the others out.
//!
//! Aalen and Johansen (1978). 1 less the Kaplan-Meier curve of one cause, with the others censored, says more than that: it
//! counts people as still able to leave of their own will after they were dismissed.

use crate::{
    Interval,
    distribution::normal,
    error::{Error, inside},
};

use super::{
    data::{SurvivalData, same_length},
    kaplan_meier::{ConfType, grouping},
    timeline::{Grouping, Timeline, counts},
};

/// The probability of one cause by a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incidence {
    /// When.
    pub time: f64,
    /// How likely the cause is by then.
    pub estimate: f64,
    /// Its standard error, by the infinitesimal jackknife.
    pub std_err: f64,
    /// Its limits, on the scale of the given type for 1 less the probability; none if it is certain.
    pub limits: Option<Interval>,
}

/// The cumulative incidence of each cause.
#[derive(Debug, Clone, PartialEq)]
pub struct AalenJohansen {
    causes: Vec<Vec<Incidence>>,
}

impl AalenJohansen {
    /// Of all rows; `cause` numbers from 0 what the event of each row was, and says nothing of a row without event.
    ///
    /// The standard errors are those of the infinitesimal jackknife, as in R: sqrt(sum (w dF/dw)^2) over rows. Other tools
    /// have other formulas (Aalen's, Dinse and Larson's), which differ in small groups.
    ///
    /// # Errors
    /// [`Error::Lengths`] unless every row has its cause, [`Error::OutOfRange`] for the level or a cause that is not below
    /// the number of rows.
    pub fn fit(data: &SurvivalData, cause: &[u32], conf: ConfType, level: f64) -> Result<Self, Error> {
        let mut all = Self::of_groups(data, cause, &Grouping::ONE, conf, level)?;
        all.pop().ok_or(Error::Empty { what: "time" })
    }

    /// Of each group, `groups` numbering them from 0 for each row.
    ///
    /// # Errors
    /// As [`Self::fit`]; [`Error::Lengths`] unless every row has its group.
    pub fn fit_groups(
        data: &SurvivalData,
        cause: &[u32],
        groups: &[u32],
        conf: ConfType,
        level: f64,
    ) -> Result<Vec<Self>, Error> {
        Self::of_groups(data, cause, &grouping(data, groups)?, conf, level)
    }

    fn of_groups(
        data: &SurvivalData,
        cause: &[u32],
        group: &Grouping,
        conf: ConfType,
        level: f64,
    ) -> Result<Vec<Self>, Error> {
        inside("level", level)?;
        same_length("cause", cause.len(), data.len())?;
        let z = normal::two_sided(1.0 - level)?;
        let with_event = || (0..data.len()).filter(|&row| data.event[row]);
        let causes = with_event().map(|row| cause[row] as usize + 1).max().unwrap_or(0);
        if causes > data.len() {
            return Err(Error::OutOfRange { what: "cause", value: causes as f64 - 1.0 });
        }
        let timeline = Timeline::new(data);
        let counts = counts(data, &timeline, group);
        let fit = |(own, counts): (usize, &Vec<super::timeline::Counts>)| {
            let rows: Vec<usize> = (0..data.len()).filter(|&row| group.of(row) == own).collect();
            let curves = (0..causes).map(|this| {
                let mut events = vec![0.0; counts.len()];
                for &row in rows.iter().filter(|&&row| data.event[row] && cause[row] as usize == this) {
                    events[timeline.exit[row] as usize] += data.weight(row);
                }
                let steps: Vec<_> = counts.iter().zip(events).map(Step::new).collect();
                let curve = Curve::new(&steps);
                let is_this = |row: usize| data.event[row] && cause[row] as usize == this;
                curve.incidences(data, &timeline, &rows, is_this, |incidence, survival_err| {
                    let limits = conf.limits(1.0 - incidence, survival_err, z);
                    limits.map(|limits| Interval { lower: 1.0 - limits.upper, upper: 1.0 - limits.lower })
                })
            });
            Self { causes: curves.collect() }
        };
        Ok(counts.iter().enumerate().map(fit).collect())
    }

    /// How many causes there are.
    #[must_use]
    pub fn causes(&self) -> usize {
        self.causes.len()
    }

    /// The curve of a cause, at every time at which somebody left; empty for a cause that there is not.
    #[must_use]
    pub fn steps(&self, cause: usize) -> &[Incidence] {
        self.causes.get(cause).map_or(&[], Vec::as_slice)
    }

    /// The probability of a cause by a time: 0 before the first event.
    #[must_use]
    pub fn at(&self, cause: usize, time: f64) -> Incidence {
        let steps = self.steps(cause);
        let none = Incidence { time, estimate: 0.0, std_err: 0.0, limits: Some(Interval { lower: 0.0, upper: 0.0 }) };
        let passed = steps.partition_point(|step| step.time <= time);
        passed.checked_sub(1).map_or(none, |last| Incidence { time, ..steps[last] })
    }
}

/// One time of one group.
struct Step {
    risk: f64,
    /// The hazard of any cause, and of this one.
    any: f64,
    this: f64,
}

impl Step {
    fn new((counts, this): (&super::timeline::Counts, f64)) -> Self {
        let share = |events: f64| if events > 0.0 { events / counts.risk } else { 0.0 };
        Self { risk: counts.risk, any: share(counts.event), this: share(this) }
    }

    /// 1/(Y(1 - h)), or 0 if nobody is left: nothing follows then.
    fn after(&self) -> f64 {
        if self.any < 1.0 - 1e-12 { 1.0 / (self.risk * (1.0 - self.any)) } else { 0.0 }
    }
}

/// The incidence F of a cause, and what a row's influence on it is made of.
///
/// F(t) is the sum of S(u-) h(u) of the cause, so a change dh of its hazard and dH of that of any cause changes it by the
/// sum over u <= t of S(u-) dh(u) - (F(t) - F(u)) dH(u)/(1 - H(u)). For a row at risk from e to t that is
/// (p(t) - p(e)) - F(t) (q(t) - q(e)); its own event adds to p and q.
struct Curve<'a> {
    steps: &'a [Step],
    before: Vec<f64>,
    incidence: Vec<f64>,
    /// p and q up to but not at each time.
    p: Vec<f64>,
    q: Vec<f64>,
}

impl<'a> Curve<'a> {
    fn new(steps: &'a [Step]) -> Self {
        let (mut survival, mut incidence) = (1.0, 0.0);
        let mut curve = Self { steps, before: vec![], incidence: vec![], p: vec![0.0], q: vec![0.0] };
        for (place, step) in steps.iter().enumerate() {
            curve.before.push(survival);
            incidence += survival * step.this;
            curve.incidence.push(incidence);
            let each = if step.risk > 0.0 { survival * step.this / step.risk } else { 0.0 };
            curve.p.push(curve.p[place] - each - incidence * step.any * step.after());
            curve.q.push(curve.q[place] - step.any * step.after());
            survival *= 1.0 - step.any;
        }
        curve
    }

    /// The curve with its standard errors, from the rows of the group.
    fn incidences(
        &self,
        data: &SurvivalData,
        timeline: &Timeline,
        rows: &[usize],
        is_this: impl Fn(usize) -> bool,
        limits: impl Fn(f64, f64) -> Option<Interval>,
    ) -> Vec<Incidence> {
        let size = self.steps.len();
        // Sums over those at risk of w^2 times 1, p(e), q(e), and their products; over those who left, of products.
        let mut at_risk = vec![[0.0; 6]; size + 1];
        let mut left = vec![[0.0; 3]; size];
        let mut leaves = vec![false; size];
        for &row in rows {
            let (entry, exit) = (timeline.entry(row), timeline.exit[row] as usize);
            let square = data.weight(row) * data.weight(row);
            let (p, q) = (self.p[entry], self.q[entry]);
            for (place, part) in [1.0, p, q, p * p, p * q, q * q].into_iter().enumerate() {
                at_risk[entry][place] += square * part;
                at_risk[exit][place] -= square * part;
            }
            let (mut own_p, mut own_q) = (self.p[exit + 1] - p, self.q[exit + 1] - q);
            if data.event[row] {
                let after = self.steps[exit].after();
                own_p += self.incidence[exit] * after;
                own_p += if is_this(row) { self.before[exit] / self.steps[exit].risk } else { 0.0 };
                own_q += after;
            }
            for (place, part) in [own_p * own_p, own_p * own_q, own_q * own_q].into_iter().enumerate() {
                left[exit][place] += square * part;
            }
            leaves[exit] = true;
        }
        let (mut now, mut gone) = ([0.0; 6], [0.0; 3]);
        let mut incidences = Vec::new();
        for place in 0..size {
            now.iter_mut().zip(at_risk[place]).for_each(|(now, change)| *now += change);
            gone.iter_mut().zip(left[place]).for_each(|(gone, change)| *gone += change);
            if !leaves[place] {
                continue;
            }
            let f = self.incidence[place];
            let all = self.p[place + 1] - f * self.q[place + 1];
            let [one, p, q, pp, pq, qq] = now;
            let risk = all * all * one - 2.0 * all * (p - f * q) + (pp - 2.0 * f * pq + f * f * qq);
            let variance = risk + gone[0] - 2.0 * f * gone[1] + f * f * gone[2];
            let std_err = variance.max(0.0).sqrt();
            let (time, estimate) = (timeline.times[place], f);
            incidences.push(Incidence { time, estimate, std_err, limits: limits(f, std_err) });
        }
        incidences
    }
}
