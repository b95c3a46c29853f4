//! Whether hazards are proportional: the score test of a coefficient that changes with time.
//!
//! Grambsch and Therneau (1994) in the exact form of Therneau (2019, survival 3.0): each term is joined by itself times
//! g(t), and the score of those is tested at the fitted coefficients. (Older tools take the variance of the scaled
//! Schoenfeld residuals as equal at all times, which gives other figures.)

use crate::{
    error::Error,
    linalg::{Factor, Matrix},
    survival::{
        data::SurvivalData,
        running::Running,
        timeline::{Grouping, Timeline, counts},
    },
};

use super::{
    ChiSquared, CoxPh, Ties,
    pass::{EventTime, Visit, walk},
};

/// The function of time with which a coefficient may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transform {
    /// 1 less the Kaplan-Meier curve of all rows just before the time: no single late event weighs much.
    Km,
    /// The time.
    Identity,
    /// The logarithm of the time.
    Log,
    /// The rank of the time among those of all rows.
    Rank,
}

/// Tests of proportional hazards.
#[derive(Debug, Clone, PartialEq)]
pub struct PhTest {
    /// Of each term.
    pub terms: Vec<ChiSquared>,
    /// Of all together.
    pub global: ChiSquared,
}

impl CoxPh<'_> {
    /// Tests whether each coefficient is the same at all times. Clusters make no difference to it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for the logarithm of an event time of 0, [`Error::NotEnoughEvents`] if the function is the
    /// same at all event times.
    pub fn ph_test(&self, transform: Transform) -> Result<PhTest, Error> {
        let g = self.function(transform)?;
        let none = Running::default();
        let terms = self.terms.len();
        let cells = terms * (terms + 1) / 2;
        let mut sums = Sums {
            ties: self.ties,
            g: &g,
            score: vec![none; terms],
            once: vec![none; cells],
            twice: vec![none; cells],
        };
        walk(&self.ordered, &self.beta, &mut vec![0.0; self.n()], &mut sums);
        let score: Vec<_> = sums.score.iter().map(Running::value).collect();
        let (once, twice) = (matrix(terms, &sums.once), matrix(terms, &sums.twice));
        // What is left of the information of the changing terms once the steady ones are known.
        let mut rest = twice.clone();
        let taken: Vec<_> = (0..terms).map(|term| self.inverse.times(once.row(term))).collect();
        for row in 0..terms {
            for column in 0..terms {
                rest[(row, column)] -= crate::linalg::dot(once.row(row), &taken[column]);
            }
        }
        let few = Error::NotEnoughEvents { have: self.events(), need: self.events() + 1 };
        if (0..terms).any(|term| rest[(term, term)] <= 1e-11 * twice[(term, term)]) {
            return Err(few);
        }
        let factor = Factor::new(&rest, 1e-12).map_err(|_| few)?;
        let one = |term: usize| ChiSquared::new(score[term] * score[term] / rest[(term, term)], 1);
        let terms = (0..terms).map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(PhTest { global: ChiSquared::new(factor.form(&score), terms.len())?, terms })
    }

    /// g at each distinct time, 0 on average over the events, so that products keep their digits.
    fn function(&self, transform: Transform) -> Result<Vec<f64>, Error> {
        let times = &self.ordered.times;
        let plain = SurvivalData { weights: None, strata: None, clusters: None, ..self.data.clone() };
        let counts = counts(&plain, &Timeline::new(&plain), &Grouping::ONE).swap_remove(0);
        let mut g: Vec<f64> = match transform {
            Transform::Identity => times.clone(),
            Transform::Log => times.iter().map(|time| time.ln()).collect(),
            Transform::Km => {
                let before = counts.iter().scan(1.0, |survival, count| {
                    let before = *survival;
                    *survival *= (count.risk - count.event) / count.risk;
                    Some(1.0 - before)
                });
                before.collect()
            }
            Transform::Rank => {
                let ranks = counts.iter().scan(0.0, |below, count| {
                    let here = count.event + count.censor;
                    let rank = *below + 0.5 * (here + 1.0);
                    *below += here;
                    Some(rank)
                });
                ranks.collect()
            }
        };
        let with_events = || g.iter().zip(&counts).filter(|(_, count)| count.event > 0.0);
        if let Some((value, _)) = with_events().find(|(value, _)| !value.is_finite()) {
            return Err(Error::OutOfRange { what: "log(time)", value: *value });
        }
        let events: f64 = counts.iter().map(|count| count.event).sum();
        let mean = with_events().map(|(value, count)| value * count.event).sum::<f64>() / events;
        // Differences that are only rounding are none.
        let spread = with_events().map(|(value, _)| (value - mean).abs()).fold(0.0, f64::max);
        if spread <= 1e-12 * mean.abs() {
            return Err(Error::NotEnoughEvents { have: self.events(), need: self.events() + 1 });
        }
        g.iter_mut().for_each(|value| *value -= mean);
        Ok(g)
    }
}

fn matrix(size: usize, lower: &[Running]) -> Matrix {
    let mut matrix = Matrix::zeros(size);
    let mut cells = lower.iter().map(Running::value);
    for row in 0..size {
        for column in 0..=row {
            let cell = cells.next().unwrap_or_default();
            matrix[(row, column)] = cell;
            matrix[(column, row)] = cell;
        }
    }
    matrix
}

/// Score and information of the changing terms.
struct Sums<'a> {
    ties: Ties,
    g: &'a [f64],
    score: Vec<Running>,
    /// The information, times g and times g squared.
    once: Vec<Running>,
    twice: Vec<Running>,
}

impl Visit for Sums<'_> {
    fn visit<const P: usize>(&mut self, _: usize, at: &EventTime<P>) {
        let steps = at.steps(self.ties);
        let g = self.g[at.bin.time as usize];
        let mut cells = self.once.iter_mut().zip(&mut self.twice);
        for (i, (sum, score)) in self.score.iter_mut().zip(at.score(&steps)).enumerate() {
            sum.add(g * score);
            for (j, (once, twice)) in (0..=i).zip(&mut cells) {
                let information = at.information(&steps, i, j);
                once.add(g * information);
                twice.add(g * g * information);
            }
        }
    }
}
