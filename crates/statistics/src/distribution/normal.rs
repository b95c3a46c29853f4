//! The standard normal distribution.

use std::f64::consts::{PI, SQRT_2};

use crate::{
    error::{Error, inside},
    special::erfc,
};

/// From here on so few terms of the continued fraction of Mills' ratio give all digits.
const MILLS_FROM: f64 = 10.0;
const MILLS_TERMS: u8 = 30;

/// P(Z <= z).
#[must_use]
pub fn cdf(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// P(Z > z), with all its digits where it is small.
#[must_use]
pub fn sf(z: f64) -> f64 {
    cdf(-z)
}

/// The natural logarithm of P(Z > z), also where that is too small for a number.
///
/// Where it is small, by the continued fraction of Mills' ratio (DLMF 7.9.2).
#[must_use]
pub fn ln_sf(z: f64) -> f64 {
    if z < 0.0 {
        return (-cdf(z)).ln_1p();
    }
    if z < MILLS_FROM {
        return sf(z).ln();
    }
    let ratio = (1..=MILLS_TERMS).rev().fold(z, |below, term| z + f64::from(term) / below);
    -0.5 * z * z - 0.5 * (2.0 * PI).ln() - ratio.ln()
}

/// The z below which a share `p` lies.
///
/// From the rational guess of Abramowitz and Stegun 26.2.23 by Halley's steps on the tail, whose relative error is known.
///
/// # Errors
/// [`Error::OutOfRange`] unless `p` lies between 0 and 1.
pub fn quantile(p: f64) -> Result<f64, Error> {
    inside("p", p)?;
    let tail = p.min(1.0 - p);
    let root = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + root * (0.802_853 + root * 0.010_328);
    let below = 1.0 + root * (1.432_788 + root * (0.189_269 + root * 0.001_308));
    let mut z = root - above / below;
    for _ in 0..3 {
        let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
        let miss = (sf(z) - tail) / density;
        z += miss / (1.0 - 0.5 * z * miss);
    }
    Ok(if p < 0.5 { -z } else { z })
}

/// The z that is exceeded, to either side, with probability `alpha`.
///
/// # Errors
/// [`Error::OutOfRange`] unless `alpha` lies between 0 and 1.
pub fn two_sided(alpha: f64) -> Result<f64, Error> {
    inside("alpha", alpha)?;
    quantile(alpha / 2.0).map(|z| -z)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// z and P(Z > z) by mpmath 1.3.
    const TAILS: [(f64, f64); 6] = [
        (0.0, 0.5),
        (0.5, 0.308_537_538_725_986_9),
        (1.959_963_984_540_054, 0.025_000_000_000_000_011),
        (5.0, 2.866_515_718_791_939e-7),
        (10.0, 7.619_853_024_160_525e-24),
        (37.0, 5.725_571_222_524_577e-300),
    ];
    /// p and its quantile by mpmath 1.3.
    const QUANTILES: [(f64, f64); 7] = [
        (0.975, 1.959_963_984_540_053_9),
        (0.8, 0.841_621_233_572_914_4),
        (0.5, 0.0),
        (0.001, -3.090_232_306_167_813_5),
        (1.0e-10, -6.361_340_902_404_057),
        (1.0e-300, -37.047_096_299_361_2),
        (0.999_999_9, 5.199_337_582_290_661),
    ];

    #[test]
    fn tails_keep_their_digits() {
        for (z, expected) in TAILS {
            assert!((sf(z) / expected - 1.0).abs() < 3e-13, "P(Z > {z}) = {}, not {expected}", sf(z));
        }
    }

    /// z and ln P(Z > z) by mpmath 1.3.
    const LOG_TAILS: [(f64, f64); 7] = [
        (0.5, -1.175_911_761_593_618_5),
        (1.0, -1.841_021_645_009_263_6),
        (9.0, -43.628_149_113_332_114),
        (20.0, -203.917_155_371_097_27),
        (38.0, -726.557_216_018_820_1),
        (100.0, -5_005.524_208_694_205),
        (-3.0, -0.001_350_809_964_748_193_8),
    ];

    #[test]
    fn logarithms_of_tails_go_on_below_the_smallest_number() {
        for (z, expected) in LOG_TAILS {
            assert!((ln_sf(z) / expected - 1.0).abs() < 1e-14, "ln P(Z > {z}) = {}, not {expected}", ln_sf(z));
        }
    }

    #[test]
    fn quantiles_are_the_inverse() {
        for (p, expected) in QUANTILES {
            let found = quantile(p).unwrap();
            assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1e-2), "z({p}) = {found}, not {expected}");
        }
        assert_eq!(quantile(0.0), Err(Error::OutOfRange { what: "p", value: 0.0 }));
        assert!(quantile(f64::NAN).is_err());
    }
}
