//! The E-value: how strongly something unmeasured would have to hang together with both joining and the outcome, beyond
//! what was adjusted for, to explain a finding away. VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

use crate::{
    Interval,
    error::{Error, above},
};

/// A ratio of two groups, 1 if they do not differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// A ratio of risks; also a ratio of hazards or odds of an outcome that fewer than 15 of 100 have.
    RiskRatio(f64),
    /// A ratio of hazards of a common outcome.
    CommonHazardRatio(f64),
    /// A ratio of odds of a common outcome.
    CommonOddsRatio(f64),
}

/// How strong a confounder would have to be, as a ratio of risks with both joining and the outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EValue {
    /// To explain the estimate away.
    pub estimate: f64,
    /// To move the interval so that it holds 1; 1 if it does already.
    pub limit: f64,
}

impl Effect {
    /// The ratio of risks that it amounts to: for hazards `(1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR))`, for odds the root
    /// (VanderWeele 2017, Annals of Internal Medicine 167, table 2).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the ratio is above 0.
    pub fn as_risk_ratio(self) -> Result<f64, Error> {
        match self {
            Self::RiskRatio(ratio) => above("risk ratio", ratio, 0.0),
            Self::CommonHazardRatio(ratio) => {
                let root = above("hazard ratio", ratio, 0.0)?.sqrt();
                let left = |years: f64| -(-years * std::f64::consts::LN_2).exp_m1();
                Ok(left(root) / left(1.0 / root))
            }
            Self::CommonOddsRatio(ratio) => Ok(above("odds ratio", ratio, 0.0)?.sqrt()),
        }
    }

    /// The same kind of ratio with another value.
    fn with(self, value: f64) -> Self {
        match self {
            Self::RiskRatio(_) => Self::RiskRatio(value),
            Self::CommonHazardRatio(_) => Self::CommonHazardRatio(value),
            Self::CommonOddsRatio(_) => Self::CommonOddsRatio(value),
        }
    }

    /// `RR + sqrt(RR (RR - 1))` of the ratio or its inverse, whichever is above 1.
    ///
    /// # Errors
    /// As [`Effect::as_risk_ratio`].
    pub fn e_value(self) -> Result<f64, Error> {
        let ratio = self.as_risk_ratio()?;
        let ratio = if ratio < 1.0 { 1.0 / ratio } else { ratio };
        Ok(ratio + (ratio * (ratio - 1.0)).sqrt())
    }
}

/// The E-values of an effect and of the end of its interval that lies nearer to 1.
///
/// # Errors
/// [`Error::OutOfRange`] unless all ratios are above 0 and the interval holds the effect.
pub fn e_value(effect: Effect, interval: Interval) -> Result<EValue, Error> {
    let (Effect::RiskRatio(own) | Effect::CommonHazardRatio(own) | Effect::CommonOddsRatio(own)) = effect;
    if !(interval.lower..=interval.upper).contains(&own) {
        return Err(Error::OutOfRange { what: "ratio", value: own });
    }
    let near = if own < 1.0 { interval.upper.min(1.0) } else { interval.lower.max(1.0) };
    Ok(EValue { estimate: effect.e_value()?, limit: effect.with(near).e_value()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// VanderWeele and Ding (2017): 3.9 (1.8 to 8.7) has 7.26 and 3.
    #[test]
    fn agrees_with_the_paper() {
        let found = e_value(Effect::RiskRatio(3.9), Interval { lower: 1.8, upper: 8.7 }).unwrap();
        assert!((found.estimate - 7.263).abs() < 5e-4 && (found.limit - 3.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_ratio_and_its_inverse_are_as_strong() {
        for kind in [Effect::RiskRatio, Effect::CommonHazardRatio, Effect::CommonOddsRatio] {
            let (one, other) = (kind(0.7).e_value().unwrap(), kind(1.0 / 0.7).e_value().unwrap());
            assert!((one - other).abs() < 1e-12);
            assert_eq!(kind(1.0).e_value(), Ok(1.0));
            assert!(kind(0.0).e_value().is_err());
        }
    }

    #[test]
    fn an_interval_that_holds_1_is_explained_by_nothing() {
        let found = e_value(Effect::CommonHazardRatio(0.9), Interval { lower: 0.7, upper: 1.2 }).unwrap();
        assert_eq!(found.limit, 1.0);
        assert!(e_value(Effect::RiskRatio(2.0), Interval { lower: 2.5, upper: 3.0 }).is_err());
        assert!(e_value(Effect::RiskRatio(2.0), Interval { lower: 1.0, upper: 1.5 }).is_err());
    }
}
