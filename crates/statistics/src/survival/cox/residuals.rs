//! What the model does not explain, row by row; and the robust variance that stands on it.
//!
//! Therneau and Grambsch (2000), 4 and 7. With Efron's ties a row with the event meets only the part of the hazard of its
//! own time that it is still at risk for; this makes the sum of squared influences agree with the infinitesimal jackknife.

use crate::{linalg::Matrix, survival::data::ranks};

use super::{CoxPh, hazard::Exposure};

/// What the covariates of one who had the event are above the mean of those at risk then.
#[derive(Debug, Clone, PartialEq)]
pub struct Schoenfeld {
    /// The row.
    pub row: usize,
    /// The time of its event.
    pub time: f64,
    /// For each term the row's value less the mean.
    pub residual: Vec<f64>,
}

impl CoxPh<'_> {
    /// For each row, in the order of the data, its event (0 or 1) less the hazard that it met by the model.
    #[must_use]
    pub fn martingale_residuals(&self) -> Vec<f64> {
        let mut residuals = vec![0.0; self.n()];
        self.exposures(|exposure| {
            let event = f64::from(u8::from(exposure.event));
            residuals[self.ordered.rows[exposure.place] as usize] = event - exposure.risk * exposure.hazard;
        });
        residuals
    }

    /// Martingale residuals, made about symmetric: sign(m) sqrt(-2 (m + e log(e - m))).
    #[must_use]
    pub fn deviance_residuals(&self) -> Vec<f64> {
        let martingale = self.martingale_residuals();
        let deviance = |(m, event): (f64, &bool)| {
            let log = if *event { (1.0 - m).ln() } else { 0.0 };
            m.signum() * (-2.0 * (m + log)).max(0.0).sqrt()
        };
        martingale.into_iter().zip(&self.data.event).map(deviance).collect()
    }

    /// What each row adds to the score of each term, in the order of the data; they sum to 0.
    #[must_use]
    pub fn score_residuals(&self) -> Vec<Vec<f64>> {
        self.by_row(|score, scale| score.iter().zip(scale).map(|(score, scale)| score * scale).collect())
    }

    /// How much each coefficient would change, about, if a row were left out: its score residual times the covariance.
    #[must_use]
    pub fn dfbeta(&self) -> Vec<Vec<f64>> {
        self.by_row(|score, scale| {
            let influence = self.inverse.times(score);
            influence.iter().zip(scale).map(|(influence, scale)| influence / scale).collect()
        })
    }

    /// For each event its covariates less their mean among those at risk, by rising time within each stratum.
    #[must_use]
    pub fn schoenfeld_residuals(&self) -> Vec<Schoenfeld> {
        let mut residuals = Vec::with_capacity(self.events());
        let ordered = &self.ordered;
        self.exposures(|exposure| {
            if exposure.event {
                let x = ordered.row(exposure.place).iter().zip(exposure.mean).zip(&ordered.scale);
                let residual = x.map(|((x, mean), scale)| (x - mean) * scale).collect();
                let row = ordered.rows[exposure.place] as usize;
                residuals.push(Schoenfeld { row, time: self.data.time[row], residual });
            }
        });
        let stratum = |row: usize| self.data.strata.as_ref().map_or(0, |strata| strata[row]);
        residuals.sort_by(|one, two| {
            let order = stratum(one.row).cmp(&stratum(two.row)).then(one.time.total_cmp(&two.time));
            order.then(one.row.cmp(&two.row))
        });
        residuals
    }

    /// Something of the score residual of each row's ordered covariates and of their scale.
    fn by_row(&self, of: impl Fn(&[f64], &[f64]) -> Vec<f64>) -> Vec<Vec<f64>> {
        let mut rows = vec![Vec::new(); self.n()];
        let mut score = vec![0.0; self.terms.len()];
        self.exposures(|exposure| {
            self.score_of(&exposure, &mut score);
            rows[self.ordered.rows[exposure.place] as usize] = of(&score, &self.ordered.scale);
        });
        rows
    }

    /// The score residual of ordered covariates: what the row's own event adds, less what its being at risk takes.
    fn score_of(&self, exposure: &Exposure, score: &mut [f64]) {
        let x = self.ordered.row(exposure.place);
        for (term, score) in score.iter_mut().enumerate() {
            let own = if exposure.event { x[term] - exposure.mean[term] } else { 0.0 };
            *score = own - exposure.risk * (x[term] * exposure.hazard - exposure.hazard_x[term]);
        }
    }

    /// Lin and Wei's variance of the ordered covariates' coefficients: influences, weighted and summed by cluster, squared.
    pub(super) fn sandwich(&self) -> Matrix {
        let terms = self.terms.len();
        let mut meat = Matrix::zeros(terms);
        let mut score = vec![0.0; terms];
        let clusters = self.data.clusters.as_deref().map(ranks);
        let mut sums = clusters.as_ref().map_or_else(Vec::new, |(_, labels)| vec![0.0; terms * labels.len()]);
        self.exposures(|exposure| {
            self.score_of(&exposure, &mut score);
            let weight = self.ordered.weight(exposure.place);
            match &clusters {
                None => meat.add_square(&score, weight * weight),
                Some((places, _)) => {
                    let cluster = places[self.ordered.rows[exposure.place] as usize] as usize;
                    let sum = &mut sums[cluster * terms..(cluster + 1) * terms];
                    sum.iter_mut().zip(&score).for_each(|(sum, score)| *sum += weight * score);
                }
            }
        });
        sums.chunks(terms).for_each(|sum| meat.add_square(sum, 1.0));
        let mut sandwich = Matrix::zeros(terms);
        let half: Vec<_> = (0..terms).map(|row| meat.times(self.inverse.row(row))).collect();
        for row in 0..terms {
            for column in 0..terms {
                sandwich[(row, column)] = crate::linalg::dot(self.inverse.row(column), &half[row]);
            }
        }
        sandwich
    }
}
