//! The beta distribution: the exact limits of a share are its quantiles.

use crate::{
    error::{Error, above, inside},
    solve,
    special::beta_inc,
};

/// On the scale of log odds: as far as numbers reach.
const FARTHEST: f64 = 700.0;

/// P(X <= x) with parameters `a` and `b`.
///
/// # Errors
/// [`Error::OutOfRange`] unless `a` and `b` are above 0 and `x` lies between 0 and 1.
pub fn cdf(x: f64, a: f64, b: f64) -> Result<f64, Error> {
    beta_inc(a, b, x, 1.0 - x)
}

/// The x below which a probability `p` lies.
///
/// # Errors
/// [`Error::OutOfRange`] unless `a` and `b` are above 0 and `p` lies between 0 and 1; [`Error::OutOfReach`] if the
/// quantile is nearer to 0 or 1 than numbers reach.
pub fn quantile(p: f64, a: f64, b: f64) -> Result<f64, Error> {
    inside("p", p)?;
    above("a", a, 0.0)?;
    above("b", b, 0.0)?;
    // By log odds and by the logarithm of the smaller tail, on which scales the curve is nearly straight.
    let missing = |log_odds: f64| {
        let (x, y) = (1.0 / (1.0 + (-log_odds).exp()), 1.0 / (1.0 + log_odds.exp()));
        let ln = |tail: f64| tail.max(f64::MIN_POSITIVE).ln();
        Ok(if p < 0.5 { ln(beta_inc(a, b, x, y)?) - p.ln() } else { (1.0 - p).ln() - ln(beta_inc(b, a, y, x)?) })
    };
    let log_odds = solve::zero("x", (-FARTHEST, FARTHEST), missing)?;
    Ok(1.0 / (1.0 + (-log_odds).exp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_inverse() {
        for (a, b) in [(1.0, 12.0), (81.0, 183.0), (0.5, 12.5), (97.5, 3.5), (40_000.0, 3.0)] {
            for p in [1e-9, 0.025, 0.5, 0.975, 0.999_999] {
                let x = quantile(p, a, b).unwrap();
                assert!((cdf(x, a, b).unwrap() / p - 1.0).abs() < 1e-11, "{p} at {a}, {b}: {x}");
            }
        }
    }

    #[test]
    fn closed_forms_and_its_domain() {
        // With b = 1 the distribution is x^a.
        assert!((quantile(0.025, 4.0, 1.0).unwrap() / 0.025_f64.powf(0.25) - 1.0).abs() < 1e-15);
        assert!((quantile(0.975, 1.0, 12.0).unwrap() / (1.0 - 0.025_f64.powf(1.0 / 12.0)) - 1.0).abs() < 1e-14);
        assert!(quantile(0.0, 1.0, 1.0).is_err());
        assert!(quantile(0.5, 0.0, 1.0).is_err());
    }
}
