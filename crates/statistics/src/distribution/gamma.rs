//! The gamma distribution with scale 1: the exact limits of a count are its quantiles.

use crate::{
    error::{Error, above, inside},
    solve,
    special::{gamma_lower, gamma_upper},
};

/// P(X <= x) with the given shape.
///
/// # Errors
/// [`Error::OutOfRange`] unless `shape` is above 0 and `x` is 0 or above.
pub fn cdf(x: f64, shape: f64) -> Result<f64, Error> {
    gamma_lower(shape, x)
}

/// The x below which a probability `p` lies.
///
/// # Errors
/// [`Error::OutOfRange`] unless `shape` is above 0 and `p` lies between 0 and 1; [`Error::OutOfReach`] if the quantile is
/// smaller than numbers reach.
pub fn quantile(p: f64, shape: f64) -> Result<f64, Error> {
    inside("p", p)?;
    above("shape", shape, 0.0)?;
    // By logarithms, on which scale the smaller tail is nearly straight.
    let missing = |log_x: f64| {
        let ln = |tail: f64| tail.max(f64::MIN_POSITIVE).ln();
        let x = log_x.exp();
        Ok(if p < 0.5 { ln(gamma_lower(shape, x)?) - p.ln() } else { (1.0 - p).ln() - ln(gamma_upper(shape, x)?) })
    };
    // Above the mean by as many spreads as the smallest tail needs, and more where the shape is small.
    let high = (shape + 60.0 * shape.sqrt() + 800.0).ln();
    solve::zero("x", (-700.0, high), missing).map(f64::exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_inverse() {
        for shape in [0.5, 1.0, 12.0, 300.0, 1e5] {
            for p in [1e-9, 0.025, 0.5, 0.975, 0.999_999] {
                let x = quantile(p, shape).unwrap();
                assert!((cdf(x, shape).unwrap() / p - 1.0).abs() < 1e-11, "{p} at {shape}: {x}");
            }
        }
    }

    #[test]
    fn closed_forms_and_its_domain() {
        assert!((quantile(0.975, 1.0).unwrap() / -0.025_f64.ln() - 1.0).abs() < 1e-14);
        assert!(quantile(1.0, 1.0).is_err());
        assert!(quantile(0.5, -1.0).is_err());
        assert_eq!(quantile(1e-9, 1e-3), Err(Error::OutOfReach { what: "x" }));
    }
}
