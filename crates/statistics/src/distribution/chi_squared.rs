//! The chi-squared distribution: what sums of squares follow under a null hypothesis.

use crate::{
    error::Error,
    special::{gamma_lower, gamma_upper, ln_gamma_upper},
};

/// P(X > x) with `df` degrees of freedom, with all its digits where it is small: `Q(df/2, x/2)` (Johnson, Kotz and
/// Balakrishnan 1994, chapter 18).
///
/// # Errors
/// [`Error::OutOfRange`] unless `df` is above 0 and `x` is 0 or above.
pub fn sf(x: f64, df: f64) -> Result<f64, Error> {
    gamma_upper(0.5 * df, 0.5 * x)
}

/// P(X <= x).
///
/// # Errors
/// As [`sf`].
pub fn cdf(x: f64, df: f64) -> Result<f64, Error> {
    gamma_lower(0.5 * df, 0.5 * x)
}

/// The natural logarithm of P(X > x), also where that is too small for a number.
///
/// # Errors
/// As [`sf`].
pub fn ln_sf(x: f64, df: f64) -> Result<f64, Error> {
    ln_gamma_upper(0.5 * df, 0.5 * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::normal;

    /// x, df and P(X > x) by mpmath 1.3, 40 digits.
    const TAILS: [(f64, f64, f64); 7] = [
        (3.841_458_820_694_124, 1.0, 0.050_000_000_000_000_06),
        (16.792_94, 1.0, 4.168_811_282_522_857e-5),
        (0.02, 2.0, 0.990_049_833_749_168),
        (40.0, 7.0, 1.258_790_387_371_308_8e-6),
        (1370.0, 1.0, 6.942_937_364_643_268e-300),
        (1400.0, 20.0, 1.110_692_465_019_363_5e-284),
        (921.391_353_259_899_9, 3.0, 2.027_881_214_088_921e-199),
    ];

    #[test]
    fn tails_keep_their_digits() {
        for (x, df, expected) in TAILS {
            let found = sf(x, df).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-12, "P(X > {x}) at {df} = {found}, not {expected}");
            assert!((ln_sf(x, df).unwrap() - expected.ln()).abs() < 1e-12, "ln P(X > {x}) at {df}");
            assert!((cdf(x, df).unwrap() + found - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn with_one_degree_it_is_a_squared_normal() {
        for z in [0.01, 0.5, 1.0, 3.0, 10.0, 37.0] {
            let (found, expected) = (sf(z * z, 1.0).unwrap(), 2.0 * normal::sf(z));
            assert!((found / expected - 1.0).abs() < 1e-12, "{z}: {found}, not {expected}");
        }
        assert!((ln_sf(1e6, 1.0).unwrap() - normal::ln_sf(1e3) - 2_f64.ln()).abs() < 1e-9);
    }
}
