//! Differences in units of a spread.

use crate::{
    Interval,
    distribution::noncentral_t,
    error::{Error, above, inside},
    solve,
    special::stirling_error,
};

/// A difference in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The difference over the standard deviation.
    pub estimate: f64,
    /// Where it lies, by the noncentral t.
    pub interval: Interval,
    /// The same without the bias of small samples: times [`hedges_factor`].
    pub corrected: f64,
}

/// The factor `J = Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2))` that takes the bias out of a difference divided by a
/// standard deviation of so many degrees of freedom (Hedges 1981, Journal of Educational Statistics 6, 107-128).
///
/// # Errors
/// [`Error::OutOfRange`] unless there is more than 1 degree.
pub fn hedges_factor(df: f64) -> Result<f64, Error> {
    let a = 0.5 * above("df", df, 1.0)?;
    // By what Stirling's formula misses, because the logarithms of the two gammas are large and nearly equal.
    let step = (-0.5 / a).ln_1p();
    Ok((stirling_error(a) - stirling_error(a - 0.5) + (1.0 - a) * step - 0.5).exp())
}

/// The shifts at which a t that is smaller, and one that is larger, would have probability `(1 - level) / 2`: the limits
/// of a standardized difference, times the root of its sample size (Cumming 2012, chapter 11).
pub(crate) fn shift_interval(t: f64, df: f64, level: f64) -> Result<Interval, Error> {
    let tail = 0.5 * (1.0 - inside("level", level)?);
    let limit = |direction: f64, tail_at: fn(f64, f64, f64) -> Result<f64, Error>| {
        let missing = |shift: f64| Ok(tail_at(t, df, shift)? - tail);
        let mut reach = 4.0;
        // At the value itself a tail is about one half; it shrinks away from it.
        while missing(t + direction * reach)? > 0.0 {
            reach *= 2.0;
        }
        let near = t - direction * reach;
        solve::zero("shift", (near, t + direction * reach), missing)
    };
    Ok(Interval { lower: limit(-1.0, noncentral_t::sf)?, upper: limit(1.0, noncentral_t::cdf)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// df and J by mpmath 1.3, 40 digits.
    const FACTORS: [(f64, f64); 6] = [
        (1.5, 0.390_276_218_869_176_3),
        (2.0, 0.564_189_583_547_756_3),
        (9.0, 0.913_874_891_792_552_3),
        (28.0, 0.972_932_115_056_041_6),
        (622.0, 0.998_793_646_511_698_9),
        (1000000.0, 0.999_999_249_999_781_3),
    ];

    #[test]
    fn the_factor_keeps_its_digits() {
        for (df, expected) in FACTORS {
            let found = hedges_factor(df).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-14, "J({df}) = {found}, not {expected}");
        }
        assert!(hedges_factor(1.0).is_err());
    }

    #[test]
    fn limits_have_the_tails_that_were_asked_for() {
        for (t, df) in [(0.0, 5.0), (4.06, 9.0), (-14.0, 600.0), (30.0, 1.0), (300.0, 3.0)] {
            let found = shift_interval(t, df, 0.95).unwrap();
            assert!((noncentral_t::sf(t, df, found.lower).unwrap() - 0.025).abs() < 1e-12, "{t} at {df}: {found:?}");
            assert!((noncentral_t::cdf(t, df, found.upper).unwrap() - 0.025).abs() < 1e-12, "{t} at {df}: {found:?}");
        }
    }
}
