//! Student's t distribution.

use crate::{
    distribution::normal,
    error::{Error, above, finite, inside},
    solve,
    special::beta_inc,
};

/// P(T > t) with `df` degrees of freedom: `I_x(df/2, 1/2) / 2` at `x = df/(df + t^2)` for t > 0 (DLMF 8.17; Johnson, Kotz
/// and Balakrishnan 1995, chapter 28).
///
/// # Errors
/// [`Error::OutOfRange`] unless `df` is above 0 and `t` a number.
pub fn sf(t: f64, df: f64) -> Result<f64, Error> {
    finite("t", t)?;
    above("df", df, 0.0)?;
    // By the ratio, because the square of a large t is too large.
    let ratio = t / df.sqrt();
    let (x, y) = if ratio.abs() > 1.0 {
        let inverse = (1.0 / ratio).powi(2);
        (inverse / (1.0 + inverse), 1.0 / (1.0 + inverse))
    } else {
        let square = ratio * ratio;
        (1.0 / (1.0 + square), square / (1.0 + square))
    };
    let tail = 0.5 * beta_inc(0.5 * df, 0.5, x, y)?;
    Ok(if t > 0.0 { tail } else { 1.0 - tail })
}

/// P(T <= t).
///
/// # Errors
/// As [`sf`].
pub fn cdf(t: f64, df: f64) -> Result<f64, Error> {
    sf(-t, df)
}

/// The t that is exceeded, to either side, with probability `alpha`.
///
/// # Errors
/// [`Error::OutOfRange`] unless `alpha` lies between 0 and 1 and `df` is above 0.
pub fn two_sided(alpha: f64, df: f64) -> Result<f64, Error> {
    inside("alpha", alpha)?;
    above("df", df, 0.0)?;
    // Looked for on the scale of logarithms, on which the tail is nearly straight.
    let missing = |log_t: f64| Ok((sf(log_t.exp(), df)? / (0.5 * alpha)).ln());
    let low = normal::two_sided(alpha)?.ln().min(0.0) - 1.0;
    let mut high = 1.0;
    while missing(high)? > 0.0 {
        high *= 2.0;
        if high > 700.0 {
            return Err(Error::OutOfReach { what: "t" });
        }
    }
    solve::zero("t", (low, high), missing).map(f64::exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// t, df and P(T > t) by mpmath 1.3.
    const TAILS: [(f64, f64, f64); 11] = [
        (0.1, 1.0, 0.468_274_482_569_446_4),
        (2.0, 5.0, 0.050_969_739_414_929_18),
        (2.0227, 39.0, 0.024_999_510_546_592_385),
        (10.0, 3.0, 0.001_064_199_529_207_075),
        (40.0, 200.0, 1.124_369_826_760_125_3e-97),
        (1_000_000.0, 2.0, 4.999_999_999_992_5e-13),
        (1.96, 1_000_000.0, 0.024_998_033_792_634_895),
        (5.0, 2.5, 0.011_725_594_985_430_924),
        (62.0, 622.0, 9.558_363_770_609_189e-269),
        (1e40, 7.0, 1.320_520_676_354_676_6e-278),
        (600.0, 120.0, 8.404_775_768_648_513e-211),
    ];

    #[test]
    fn tails_keep_their_digits() {
        for (t, df, expected) in TAILS {
            let found = sf(t, df).unwrap();
            assert!((found / expected - 1.0).abs() < 2e-13, "P(T > {t}) at {df} = {found}, not {expected}");
        }
    }

    #[test]
    fn both_sides_are_one() {
        for t in [-3.0, -0.5, 0.0, 1e-9, 0.5, 40.0] {
            assert!((sf(t, 7.0).unwrap() + cdf(t, 7.0).unwrap() - 1.0).abs() < 1e-15, "at {t}");
        }
    }

    #[test]
    fn critical_values_are_the_inverse() {
        for df in [1.0, 2.0, 3.5, 39.0, 1e4, 1e6] {
            for alpha in [0.9, 0.5, 0.05, 0.01, 1e-9] {
                let t = two_sided(alpha, df).unwrap();
                assert!((2.0 * sf(t, df).unwrap() / alpha - 1.0).abs() < 1e-12, "{alpha} at {df}");
            }
        }
        // Printed tables.
        assert!((two_sided(0.05, 39.0).unwrap() - 2.022_691).abs() < 1e-6);
        assert!((two_sided(0.05, 1.0).unwrap() - 12.706_205).abs() < 1e-6);
    }
}
