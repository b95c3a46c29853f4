//! Inverse probability of treatment weights.

use super::{PropensityModel, arms, moderate};
use crate::{
    error::{Error, inside},
    sum::total,
};

/// Whose effect a weighted comparison is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimand {
    /// The treated.
    Att,
    /// Everybody; with stabilised weights.
    Ate,
}

/// What is done about people whose weights are large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trim {
    /// Nothing.
    Keep,
    /// Who has a score below this, or above one less this, is left out: Crump and others (2009), Biometrika 96, 187-199.
    Scores(f64),
    /// Weights above this quantile of all weights (lower value, no interpolation) are cut down to it: Cole and Hernan
    /// (2008), American Journal of Epidemiology 168, 656-664.
    Weights(f64),
}

/// How much each person counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// In the order of the data; 0 of who was left out.
    pub weights: Vec<f64>,
    /// Who was left out or cut down, to be reported.
    pub trimmed: Vec<usize>,
    treated: Vec<bool>,
}

impl Weights {
    /// The effective sample sizes of the treated and of the others.
    #[must_use]
    pub fn effective_sample_sizes(&self) -> (f64, f64) {
        let of = |arm: bool| {
            let weights = self.weights.iter().zip(&self.treated).filter(|(_, treated)| **treated == arm);
            effective_sample_size(&weights.map(|(weight, _)| *weight).collect::<Vec<_>>())
        };
        (of(true), of(false))
    }
}

/// Weights from a propensity model: for the treated, 1 and for the others the odds e / (1 - e); for everybody, the share of
/// the person's own group over the probability to be in it (Austin and Stuart 2015, Statistics in Medicine 34, 3661-3679).
///
/// # Errors
/// [`Error::OutOfRange`] unless a bound for scores lies between 0 and 1/2, one for weights between 0 and 1, and there is
/// somebody left in both groups.
pub fn iptw(model: &PropensityModel, estimand: Estimand, trim: Trim) -> Result<Weights, Error> {
    let treated = model.treated();
    let (exposed, controls) = arms(treated, model.logit.len())?;
    let share = exposed as f64 / (exposed + controls) as f64;
    // 1 / e is 1 + exp(-logit): no digit is lost where a score is near 0 or 1.
    let weight = |(&logit, &treated): (&f64, &bool)| match (estimand, treated) {
        (Estimand::Att, true) => 1.0,
        (Estimand::Att, false) => logit.exp(),
        (Estimand::Ate, true) => share * (1.0 + (-logit).exp()),
        (Estimand::Ate, false) => (1.0 - share) * (1.0 + logit.exp()),
    };
    let mut weights: Vec<f64> = model.logit.iter().zip(treated).map(weight).collect();
    for &weight in &weights {
        moderate("weight", weight)?;
    }
    let mut trimmed = Vec::new();
    match trim {
        Trim::Keep => {}
        Trim::Scores(bound) => {
            let end = (inside("bound", 2.0 * bound)? / 2.0).ln() - (1.0 - bound).ln();
            trimmed = (0..weights.len()).filter(|&person| model.logit[person].abs() > -end).collect();
            trimmed.iter().for_each(|&person| weights[person] = 0.0);
        }
        Trim::Weights(quantile) => {
            let mut sorted = weights.clone();
            sorted.sort_by(f64::total_cmp);
            let most = sorted[(inside("quantile", quantile)? * (sorted.len() - 1) as f64) as usize];
            trimmed = (0..weights.len()).filter(|&person| weights[person] > most).collect();
            trimmed.iter().for_each(|&person| weights[person] = most);
        }
    }
    let left: Vec<bool> = (0..weights.len()).filter(|&x| weights[x] > 0.0).map(|person| treated[person]).collect();
    arms(&left, left.len())?;
    Ok(Weights { weights, trimmed, treated: treated.to_vec() })
}

/// As many equally weighted people know as much: (sum w)^2 / sum w^2 (Kish 1965); 0 of nobody.
#[must_use]
pub fn effective_sample_size(weights: &[f64]) -> f64 {
    let (all, squares) = (total(weights.iter().copied()), total(weights.iter().map(|weight| weight * weight)));
    if squares > 0.0 { all * all / squares } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{super::Covariates, *};

    fn model() -> PropensityModel {
        let x = vec![1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let treated = [true, true, true, false, true, true, false, false, false];
        PropensityModel::fit(&Covariates::new([("x", x)]).unwrap(), &treated).unwrap()
    }

    /// With x the score is 3/4, without 2/5.
    #[test]
    fn are_odds_and_inverse_probabilities() {
        let near = |found: &[f64], expected: &[f64]| {
            assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12), "{found:?}, not {expected:?}");
        };
        let att = iptw(&model(), Estimand::Att, Trim::Keep).unwrap();
        let odds = 2.0 / 3.0;
        near(&att.weights, &[1.0, 1.0, 1.0, 3.0, 1.0, 1.0, odds, odds, odds]);
        assert!((att.effective_sample_sizes().0 - 5.0).abs() < 1e-12);
        let ate = iptw(&model(), Estimand::Ate, Trim::Keep).unwrap();
        let (with, without) = (5.0 / 9.0 / 0.75, 5.0 / 9.0 / 0.4);
        let (with_not, not) = (4.0 / 9.0 / 0.25, 4.0 / 9.0 / 0.6);
        near(&ate.weights, &[with, with, with, with_not, without, without, not, not, not]);
    }

    #[test]
    fn what_is_trimmed_is_reported() {
        let cut = iptw(&model(), Estimand::Att, Trim::Weights(0.9)).unwrap();
        assert_eq!(cut.trimmed, [3]);
        assert_eq!(cut.weights[3], 1.0);
        let left = iptw(&model(), Estimand::Att, Trim::Scores(0.3)).unwrap();
        assert_eq!(left.trimmed, [0, 1, 2, 3]);
        assert_eq!(left.weights[0], 0.0);
        assert!(iptw(&model(), Estimand::Att, Trim::Scores(0.45)).is_err());
        assert!(iptw(&model(), Estimand::Att, Trim::Scores(0.5)).is_err());
        assert!(iptw(&model(), Estimand::Att, Trim::Weights(1.0)).is_err());
    }

    #[test]
    fn equal_weights_count_everybody() {
        assert!((effective_sample_size(&[0.3; 7]) - 7.0).abs() < 1e-12);
        assert_eq!(effective_sample_size(&[]), 0.0);
        assert_eq!(effective_sample_size(&[0.0, 2.0]), 1.0);
    }
}
