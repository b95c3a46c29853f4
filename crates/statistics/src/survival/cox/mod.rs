//! Proportional hazards (Cox 1972): how covariates multiply the rate of events.

mod design;
mod hazard;
mod newton;
mod order;
mod pass;
mod ph_test;
mod predict;
mod residuals;

pub use design::Design;
pub use ph_test::{PhTest, Transform};
pub use predict::{BaselineHazard, Prediction};
pub use residuals::Schoenfeld;

use crate::{
    Interval,
    distribution::{chi_squared, normal},
    error::{Error, inside},
    linalg::{Factor, Matrix},
    survival::{
        concordance::{Concordance, concordance},
        data::{SurvivalData, same_length},
    },
};

use order::Ordered;

/// How events at the same time are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// As if in an order that is not known, on average (Efron 1977). Near the exact likelihood, also with whole days.
    Efron,
    /// All with everybody at risk (Breslow 1974). Draws coefficients towards 0 where ties are many.
    Breslow,
}

/// Which variance stands behind standard errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variance {
    /// The inverse of the information.
    Model,
    /// Lin and Wei's sandwich (1989): right also if hazards are not proportional, rows are weighted, or, summed by
    /// cluster, if the rows of a cluster depend on each other.
    Robust,
}

/// What may be chosen of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxOptions {
    /// The level of intervals.
    pub level: f64,
}

impl Default for CoxOptions {
    fn default() -> Self {
        Self { level: 0.95 }
    }
}

/// What to say beside the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Fewer than ten events for each term: coefficients and their limits are not reliable.
    FewEvents {
        /// How many there are.
        events: usize,
        /// For how many terms.
        terms: usize,
    },
    /// Weights without a robust variance would be read as numbers of people: read [`Variance::Robust`].
    WeightsNeedRobust,
}

/// A statistic that is chi-squared if there is nothing to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquared {
    /// The statistic.
    pub chi2: f64,
    /// Its degrees of freedom.
    pub df: usize,
    /// P(a chi-squared of that many degrees >= `chi2`).
    pub p: f64,
}

impl ChiSquared {
    pub(super) fn new(chi2: f64, df: usize) -> Result<Self, Error> {
        let chi2 = chi2.max(0.0);
        Ok(Self { chi2, df, p: chi_squared::sf(chi2, df as f64)? })
    }
}

/// A term of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// The logarithm of the hazard ratio of one unit.
    pub coef: f64,
    /// Its standard error.
    pub std_err: f64,
    /// exp(coef).
    pub hazard_ratio: f64,
    /// The limits of the hazard ratio.
    pub limits: Interval,
    /// coef / std_err.
    pub z: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

/// A fitted model. It keeps its rows in order, so that residuals, tests and predictions need no second sorting.
#[derive(Debug, Clone)]
pub struct CoxPh<'a> {
    data: &'a SurvivalData,
    terms: Vec<String>,
    ordered: Ordered,
    ties: Ties,
    z: f64,
    /// Of the ordered covariates, as are the next two.
    beta: Vec<f64>,
    information: Matrix,
    inverse: Matrix,
    log_null: f64,
    log: f64,
    score: f64,
    iterations: usize,
}

impl<'a> CoxPh<'a> {
    /// The model of `design`'s terms, within the strata of the data, if it has any.
    ///
    /// The information is summed over event times in one backward pass; Newton's steps stop when the last one is below
    /// 1e-9 of a coefficient's unit, covariates taken in their standard deviations.
    ///
    /// # Errors
    /// [`Error::Lengths`] unless every row has its covariates, [`Error::NotEnoughEvents`] without events, [`Error::Empty`]
    /// without terms, [`Error::Collinear`] for terms that are constant or follow from earlier ones, [`Error::Separation`]
    /// for a term whose coefficient has no end, [`Error::OutOfRange`] for the level.
    pub fn fit(data: &'a SurvivalData, design: &Design, ties: Ties, options: &CoxOptions) -> Result<Self, Error> {
        inside("level", options.level)?;
        let first = design.columns().first().ok_or(Error::Empty { what: "design" })?;
        same_length("design", first.len(), data.len())?;
        if data.events() == 0 {
            return Err(Error::NotEnoughEvents { have: 0, need: 1 });
        }
        let ordered = Ordered::new(data, design);
        let fitted = newton::fit(&ordered, ties)?;
        let no_variance = |terms: Vec<usize>| Error::Separation { term: terms[0] };
        let null = Factor::new(&fitted.null.information, 0.0).map_err(no_variance)?;
        Ok(Self {
            data,
            terms: design.names().to_vec(),
            ties,
            z: normal::two_sided(1.0 - options.level)?,
            inverse: Factor::new(&fitted.best.information, 0.0).map_err(no_variance)?.inverse(),
            score: null.form(&fitted.null.score),
            log_null: fitted.null.log,
            log: fitted.best.log,
            beta: fitted.beta,
            information: fitted.best.information,
            iterations: fitted.iterations,
            ordered,
        })
    }

    /// The names of the terms.
    #[must_use]
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// How many rows it stands on.
    #[must_use]
    pub fn n(&self) -> usize {
        self.data.len()
    }

    /// How many events.
    #[must_use]
    pub fn events(&self) -> usize {
        self.data.events()
    }

    /// How many steps it took.
    #[must_use]
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// The logarithms of the hazard ratios.
    #[must_use]
    pub fn coef(&self) -> Vec<f64> {
        self.beta.iter().zip(&self.ordered.scale).map(|(beta, scale)| beta / scale).collect()
    }

    /// The covariance of the coefficients.
    #[must_use]
    pub fn covariance(&self, variance: Variance) -> Matrix {
        let ordered = match variance {
            Variance::Model => self.inverse.clone(),
            Variance::Robust => self.sandwich(),
        };
        self.unscaled(ordered)
    }

    /// Every term with its interval and test.
    #[must_use]
    pub fn coefficients(&self, variance: Variance) -> Vec<Coefficient> {
        let variances = self.covariance(variance).diagonal();
        let row = |(coef, variance): (f64, f64)| {
            let std_err = variance.sqrt();
            let limits = Interval { lower: (coef - self.z * std_err).exp(), upper: (coef + self.z * std_err).exp() };
            let z = coef / std_err;
            Coefficient { coef, std_err, hazard_ratio: coef.exp(), limits, z, p: 2.0 * normal::sf(z.abs()) }
        };
        self.coef().into_iter().zip(variances).map(row).collect()
    }

    /// The log-likelihood without any covariate.
    #[must_use]
    pub fn loglik_null(&self) -> f64 {
        self.log_null
    }

    /// The largest log-likelihood.
    #[must_use]
    pub fn loglik(&self) -> f64 {
        self.log
    }

    /// The likelihood ratio test of all terms together.
    ///
    /// # Errors
    /// Those of the chi-squared distribution.
    pub fn lr_test(&self) -> Result<ChiSquared, Error> {
        ChiSquared::new(2.0 * (self.log - self.log_null), self.terms.len())
    }

    /// Wald's test of all terms together.
    ///
    /// # Errors
    /// [`Error::Collinear`] if a robust variance has fewer clusters than terms.
    pub fn wald_test(&self, variance: Variance) -> Result<ChiSquared, Error> {
        let chi2 = match variance {
            Variance::Model => self.information.form(&self.beta),
            Variance::Robust => Factor::new(&self.sandwich(), 1e-12)
                .map_err(|terms| Error::Collinear { terms: terms.into_iter().collect() })?
                .form(&self.beta),
        };
        ChiSquared::new(chi2, self.terms.len())
    }

    /// The score test of all terms together; with one term that tells two groups apart, and no ties, the log-rank test.
    ///
    /// # Errors
    /// Those of the chi-squared distribution.
    pub fn score_test(&self) -> Result<ChiSquared, Error> {
        ChiSquared::new(self.score, self.terms.len())
    }

    /// What to say beside the figures.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let (events, terms) = (self.events(), self.terms.len());
        let few = (events < 10 * terms).then_some(Warning::FewEvents { events, terms });
        few.into_iter().chain(self.data.weights.as_ref().map(|_| Warning::WeightsNeedRobust)).collect()
    }

    /// The linear predictor of each row, in the order of the data, 0 for a row with mean covariates.
    #[must_use]
    pub fn linear_predictors(&self) -> Vec<f64> {
        let mut predictors = vec![0.0; self.n()];
        for (place, &row) in self.ordered.rows.iter().enumerate() {
            predictors[row as usize] = crate::linalg::dot(&self.beta, self.ordered.row(place));
        }
        predictors
    }

    /// How well the model tells who has the event earlier.
    ///
    /// # Errors
    /// As [`concordance`].
    pub fn concordance(&self) -> Result<Concordance, Error> {
        concordance(self.data, &self.linear_predictors())
    }

    /// A covariance of the ordered covariates' coefficients, for the given ones.
    fn unscaled(&self, mut matrix: Matrix) -> Matrix {
        let scale = &self.ordered.scale;
        for row in 0..scale.len() {
            for column in 0..scale.len() {
                matrix[(row, column)] /= scale[row] * scale[column];
            }
        }
        matrix
    }
}
