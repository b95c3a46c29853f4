//! The same people before and after: the paired t test, and how well a mean is known.

use crate::{
    distribution::{noncentral_t, student_t},
    error::{Error, above, finite, inside},
    solve,
};

/// More pairs than there are people.
const MOST_PAIRS: f64 = 1e8;

/// The probability that a paired t test at level `alpha` sees a mean change of `dz` standard deviations of the changes,
/// in `pairs` people who answered both times. Both tails count, as in `power.t.test(strict = TRUE)` of R (Cohen 1988,
/// chapter 2; exact by the noncentral t).
///
/// # Errors
/// [`Error::OutOfRange`] unless there are more than 1 pair and `alpha` lies between 0 and 1.
pub fn power(dz: f64, pairs: f64, alpha: f64) -> Result<f64, Error> {
    finite("dz", dz)?;
    above("pairs", pairs, 1.0)?;
    t_test(pairs - 1.0, dz * pairs.sqrt(), alpha)
}

/// The power of a two-sided t test whose statistic has `df` degrees of freedom around `shift`.
pub(super) fn t_test(df: f64, shift: f64, alpha: f64) -> Result<f64, Error> {
    let critical = student_t::two_sided(alpha, df)?;
    // A shift so large is seen always; the distribution is not made for it.
    if shift.abs() > critical + 1e3 {
        return Ok(1.0);
    }
    Ok(noncentral_t::sf(critical, df, shift)? + noncentral_t::cdf(-critical, df, shift)?)
}

/// The smallest mean change that such a test sees with probability `power`, in the unit of `spread`, the standard
/// deviation of the changes.
///
/// # Errors
/// [`Error::OutOfRange`] unless there are more than 1 pair, `spread` is above 0, and `alpha < power < 1`.
pub fn smallest_change(pairs: f64, spread: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("pairs", pairs, 1.0)?;
    above("spread", spread, 0.0)?;
    Ok(smallest_shift(pairs - 1.0, power, alpha)? / pairs.sqrt() * spread)
}

/// The smallest shift of a t statistic that a two-sided test sees with probability `power`.
pub(super) fn smallest_shift(df: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    power_above(power, alpha)?;
    let missing = |shift: f64| Ok(t_test(df, shift, alpha)? - power);
    // A shift of 2 standard errors beyond the critical value is seen 97 times in 100; of few pairs it takes more.
    let mut high = student_t::two_sided(alpha, df)? + 2.0;
    while missing(high)? < 0.0 {
        high *= 2.0;
    }
    solve::zero("change", (0.0, high), missing)
}

/// How many pairs it takes to see a change of `dz` standard deviations with probability `power`. A fraction: round it up.
///
/// # Errors
/// [`Error::OutOfRange`] unless `dz` is another number than 0 and `alpha < power < 1`; [`Error::OutOfReach`] if it takes
/// more than 10^8.
pub fn pairs(dz: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("dz", finite("dz", dz)?.abs(), 0.0)?;
    power_above(power, alpha)?;
    let missing = |pairs: f64| Ok(self::power(dz, pairs, alpha)? - power);
    let mut high = 4.0;
    while missing(high)? < 0.0 {
        high *= 4.0;
        if high > MOST_PAIRS {
            return Err(Error::OutOfReach { what: "number of pairs" });
        }
    }
    let low = 1.0 + 1e-3;
    if missing(low)? >= 0.0 { Ok(low) } else { solve::zero("number of pairs", (low, high), missing) }
}

/// A mean of `n` answers with standard deviation `spread` is known to within this much to either side, with confidence
/// `level`: `t s / sqrt(n)`.
///
/// # Errors
/// [`Error::OutOfRange`] unless there are more than 1 answer, `spread` is above 0, and `level` lies between 0 and 1.
pub fn margin(n: f64, spread: f64, level: f64) -> Result<f64, Error> {
    above("n", n, 1.0)?;
    above("spread", spread, 0.0)?;
    Ok(student_t::two_sided(1.0 - level, n - 1.0)? * spread / n.sqrt())
}

/// A power that an effect can have: above the level, which chance alone reaches.
pub(super) fn power_above(power: f64, alpha: f64) -> Result<(), Error> {
    inside("alpha", alpha)?;
    inside("power", power)?;
    above("power", power, alpha).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2, `power.t.test(type = "paired", strict = TRUE)`; confirmed by quadrature of 40 digits.
    #[test]
    fn agrees_with_r() {
        for (dz, pairs, alpha, expected) in
            [(0.2, 60.0, 0.05, 0.331_678_646_201_806_5), (0.45, 25.0, 0.01, 0.315_731_118_437_525_1)]
        {
            let found = power(dz, pairs, alpha).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-11, "{found}, not {expected}");
        }
        for (dz, power, expected) in [(0.3, 0.8, 89.149_364_353_604), (0.5, 0.9, 43.995_480_906_737_2)] {
            let found = pairs(dz, power, 0.05).unwrap();
            assert!((found / expected - 1.0).abs() < 1e-10, "{found}, not {expected}");
        }
    }

    #[test]
    fn a_smallest_change_has_just_the_power_that_was_asked_for() {
        for n in [2.0, 3.0, 5.0, 12.0, 40.0, 400.0, 1e5] {
            let change = smallest_change(n, 1.1, 0.8, 0.05).unwrap();
            assert!((power(change / 1.1, n, 0.05).unwrap() - 0.8).abs() < 1e-11, "{n} pairs");
        }
        assert!((smallest_change(40.0, 1.1, 0.8, 0.05).unwrap() - 0.499_4).abs() < 1e-3);
    }

    #[test]
    fn what_is_not_a_plan_is_refused() {
        assert_eq!(power(0.3, 1.0, 0.05), Err(Error::OutOfRange { what: "pairs", value: 1.0 }));
        assert!(smallest_change(40.0, 0.0, 0.8, 0.05).is_err());
        assert!(smallest_change(40.0, 1.1, 0.04, 0.05).is_err());
        assert!(smallest_change(40.0, 1.1, 1.0, 0.05).is_err());
        assert!(pairs(0.0, 0.8, 0.05).is_err());
        assert_eq!(pairs(1e-9, 0.8, 0.05), Err(Error::OutOfReach { what: "number of pairs" }));
        assert_eq!(power(1e9, 5.0, 0.05), Ok(1.0));
    }
}
