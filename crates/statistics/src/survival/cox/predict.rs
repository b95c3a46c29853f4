//! The hazard and the survival that the model predicts.

use crate::{
    Interval,
    error::{Error, finite},
    survival::{ConfType, data::same_length},
};

use super::{CoxPh, Variance};

/// What the model predicts for one set of covariates at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// When.
    pub time: f64,
    /// The hazard gathered up to then.
    pub cumulative_hazard: f64,
    /// exp(-hazard): the share without event.
    pub survival: f64,
    /// The standard error of the share.
    pub std_err: f64,
    /// Its limits.
    pub limits: Option<Interval>,
}

/// The hazard of rows whose covariates are all 0.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselineHazard {
    /// The stratum, as the data calls it; 0 without strata.
    pub stratum: u32,
    /// Event times, rising.
    pub times: Vec<f64>,
    /// The hazard gathered up to and at each.
    pub cumulative_hazard: Vec<f64>,
}

impl CoxPh<'_> {
    /// The cumulative baseline hazard of each stratum, with ties as in the fit: after Efron's, tied events leave the risk
    /// set step by step (as in R; lifelines has Breslow's after both, which is smaller where there are ties).
    ///
    /// # Errors
    /// [`Error::OutOfReach`] if covariates of 0 are so far from the data that the hazard has no number.
    pub fn baseline_hazard(&self) -> Result<Vec<BaselineHazard>, Error> {
        let at_zero = self.relative_hazard(&vec![0.0; self.terms.len()]);
        let strata = self.jumps().into_iter().zip(&self.ordered.labels).map(|(jumps, &stratum)| BaselineHazard {
            stratum,
            times: jumps.times.iter().map(|&time| self.ordered.times[time as usize]).collect(),
            cumulative_hazard: jumps.hazard.iter().map(|hazard| hazard * at_zero).collect(),
        });
        let strata: Vec<_> = strata.collect();
        let known = strata.iter().flat_map(|stratum| &stratum.cumulative_hazard).all(|hazard| hazard.is_finite());
        if known { Ok(strata) } else { Err(Error::OutOfReach { what: "baseline hazard" }) }
    }

    /// The survival of rows with covariates `x`, in the order of the terms, in a stratum, at `times`. The standard error
    /// takes in that of the hazard and that of the coefficients (Tsiatis 1981; Therneau and Grambsch 2000, 10.2).
    ///
    /// # Errors
    /// [`Error::Lengths`] unless there is a value for each term, [`Error::OutOfRange`] for a value or time that is no
    /// number, a stratum that the data does not have, or covariates so far out that there is no hazard.
    pub fn predict_survival(
        &self,
        x: &[f64],
        stratum: u32,
        times: &[f64],
        conf: ConfType,
        variance: Variance,
    ) -> Result<Vec<Prediction>, Error> {
        same_length("x", x.len(), self.terms.len())?;
        for &value in x.iter().chain(times) {
            finite("x", value)?;
        }
        let unknown = Error::OutOfRange { what: "stratum", value: f64::from(stratum) };
        let place = self.ordered.labels.binary_search(&stratum).map_err(|_| unknown)?;
        let jumps = self.jumps().swap_remove(place);
        let covariance = match variance {
            Variance::Model => self.inverse.clone(),
            Variance::Robust => self.sandwich(),
        };
        let relative = finite("x", self.relative_hazard(x))?;
        let terms = x.len();
        let centered = self.centered(x);
        let at = |&time: &f64| {
            let passed = jumps.times.partition_point(|jump| self.ordered.times[*jump as usize] <= time);
            let Some(last) = passed.checked_sub(1) else {
                let limits = Some(Interval { lower: 1.0, upper: 1.0 });
                return Prediction { time, cumulative_hazard: 0.0, survival: 1.0, std_err: 0.0, limits };
            };
            let mean = &jumps.hazard_x[last * terms..(last + 1) * terms];
            let away: Vec<_> = centered.iter().zip(mean).map(|(x, mean)| x * jumps.hazard[last] - mean).collect();
            let hazard_err = relative * (jumps.variance[last] + covariance.form(&away)).max(0.0).sqrt();
            let cumulative_hazard = relative * jumps.hazard[last];
            let survival = (-cumulative_hazard).exp();
            let std_err = survival * hazard_err;
            let limits = conf.limits(survival, std_err, self.z);
            Prediction { time, cumulative_hazard, survival, std_err, limits }
        };
        Ok(times.iter().map(at).collect())
    }

    /// Covariates as the pass has them.
    fn centered(&self, x: &[f64]) -> Vec<f64> {
        let ordered = &self.ordered;
        x.iter().zip(&ordered.center).zip(&ordered.scale).map(|((x, center), scale)| (x - center) / scale).collect()
    }

    fn relative_hazard(&self, x: &[f64]) -> f64 {
        crate::linalg::dot(&self.beta, &self.centered(x)).exp()
    }
}
