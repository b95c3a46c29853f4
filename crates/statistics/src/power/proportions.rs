//! Shares: one group against a known share, and two groups against each other.

use super::paired::power_above;
use crate::{
    distribution::{binomial, normal},
    error::{Error, above, inside},
    solve,
};

/// As far as shares are looked for.
const NEARLY_NOBODY: f64 = 1e-9;

/// Cohen's h, the distance of two shares on the scale on which their spread is the same everywhere:
/// `2 asin sqrt(p1) - 2 asin sqrt(p2)` (Cohen 1988, chapter 6).
///
/// # Errors
/// [`Error::OutOfRange`] unless both lie between 0 and 1.
pub fn cohen_h(p1: f64, p2: f64) -> Result<f64, Error> {
    let angle = |what, p| Ok(2.0 * f64::asin(f64::sqrt(inside(what, p)?)));
    Ok(angle("p1", p1)? - angle("p2", p2)?)
}

/// The probability that two groups of `n1` and `n2` people with shares `p1` and `p2` are told apart, by the z test with
/// the pooled share under the null hypothesis and the separate ones under the alternative (Fleiss 1981, chapter 3).
///
/// # Errors
/// [`Error::OutOfRange`] unless shares and `alpha` lie between 0 and 1 and both groups have somebody.
pub fn two_groups((p1, n1): (f64, f64), (p2, n2): (f64, f64), alpha: f64) -> Result<f64, Error> {
    check(p1, p2)?;
    above("n1", n1, 0.0)?;
    above("n2", n2, 0.0)?;
    let pooled = (n1 * p1 + n2 * p2) / (n1 + n2);
    let under_null = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    let under_alternative = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).sqrt();
    Ok(normal::cdf(((p1 - p2).abs() - normal::two_sided(alpha)? * under_null) / under_alternative))
}

/// The same on the scale of [`cohen_h`]; both tails count, as in `pwr.2p2n.test` of R.
///
/// # Errors
/// As [`two_groups`].
pub fn two_groups_arcsine((p1, n1): (f64, f64), (p2, n2): (f64, f64), alpha: f64) -> Result<f64, Error> {
    above("n1", n1, 0.0)?;
    above("n2", n2, 0.0)?;
    let distance = cohen_h(p1, p2)?.abs() / (1.0 / n1 + 1.0 / n2).sqrt();
    let critical = normal::two_sided(alpha)?;
    Ok(normal::sf(critical - distance) + normal::cdf(-critical - distance))
}

/// How many people in each of two groups it takes to tell shares apart with probability `power`. A fraction: round it
/// up. Fleiss (1981), formula 3.14; `power.prop.test` of R.
///
/// # Errors
/// [`Error::OutOfRange`] unless the shares lie between 0 and 1 and differ, and `alpha < power < 1`.
pub fn per_group(p1: f64, p2: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    check(p1, p2)?;
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    let difference = above("difference", (p1 - p2).abs(), 0.0)?;
    let pooled = 0.5 * (p1 + p2);
    let under_null = z_alpha * (2.0 * pooled * (1.0 - pooled)).sqrt();
    let under_alternative = z_power * (p1 * (1.0 - p1) + p2 * (1.0 - p2)).sqrt();
    Ok(((under_null + under_alternative) / difference).powi(2))
}

/// The same with the correction for the steps of small counts: Fleiss (1981), formula 3.15.
///
/// # Errors
/// As [`per_group`].
pub fn per_group_corrected(p1: f64, p2: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    let plain = per_group(p1, p2, power, alpha)?;
    Ok(plain / 4.0 * (1.0 + (1.0 + 4.0 / (plain * (p1 - p2).abs())).sqrt()).powi(2))
}

/// How many people the first group takes to tell shares apart with probability `power`, if the second has `ratio` times as
/// many: Fleiss (1981), formula 3.18. A fraction: round it up.
///
/// # Errors
/// As [`per_group`], and unless `ratio` is above 0.
pub fn first_group(p1: f64, p2: f64, ratio: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    check(p1, p2)?;
    above("ratio", ratio, 0.0)?;
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    let difference = above("difference", (p1 - p2).abs(), 0.0)?;
    let pooled = (p1 + ratio * p2) / (1.0 + ratio);
    let under_null = z_alpha * ((1.0 + ratio) * pooled * (1.0 - pooled)).sqrt();
    let under_alternative = z_power * (ratio * p1 * (1.0 - p1) + p2 * (1.0 - p2)).sqrt();
    Ok(((under_null + under_alternative) / difference).powi(2) / ratio)
}

/// The same on the scale of [`cohen_h`].
///
/// # Errors
/// As [`first_group`].
pub fn first_group_arcsine(p1: f64, p2: f64, ratio: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("ratio", ratio, 0.0)?;
    Ok(0.5 * (1.0 + 1.0 / ratio) * per_group_arcsine(p1, p2, power, alpha)?)
}

/// The shares nearest to `base`, that of the second group, below and above it, that two groups of `n1` and `n2` people
/// tell apart from it with probability `power`; `None` where not even nearly nobody or everybody would be enough.
///
/// # Errors
/// As [`two_groups`], and unless `alpha < power < 1`.
pub fn nearest_shares(base: f64, (n1, n2): (f64, f64), power: f64, alpha: f64) -> Result<[Option<f64>; 2], Error> {
    power_above(power, alpha)?;
    inside("base", base)?;
    let missing = |p: f64| Ok(two_groups((p, n1), (base, n2), alpha)? - power);
    let toward = |end: f64| {
        if missing(end)? < 0.0 { Ok(None) } else { solve::zero("share", (end, base), missing).map(Some) }
    };
    Ok([toward(NEARLY_NOBODY.min(0.5 * base))?, toward((1.0 - NEARLY_NOBODY).max(0.5 + 0.5 * base))?])
}

/// The same as [`per_group`] on the scale of [`cohen_h`].
///
/// # Errors
/// As [`per_group`].
pub fn per_group_arcsine(p1: f64, p2: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    let h = above("difference", cohen_h(p1, p2)?.abs(), 0.0)?;
    Ok(2.0 * ((z_alpha + z_power) / h).powi(2))
}

/// The probability that `n` people, of whom a share `p` says yes, are told apart from a share `base` that is known: the
/// exact binomial test that takes at most `alpha / 2` on each side (Chernick and Liu 2002, The American Statistician 56,
/// 149-155).
///
/// # Errors
/// [`Error::OutOfRange`] unless the shares and `alpha` lie between 0 and 1 and there is somebody.
pub fn one_group(base: f64, p: f64, n: u64, alpha: f64) -> Result<f64, Error> {
    inside("p", p)?;
    let (low, high) = critical(base, n, alpha)?;
    let above = high.map_or(Ok(0.0), |k| binomial::at_least(k, n, p))?;
    let below = low.map_or(Ok(0.0), |k| binomial::at_most(k, n, p))?;
    Ok(above + below)
}

/// The smallest share above `base` that is told apart from it with probability `power`; `None` if not even nearly
/// everybody would be enough.
///
/// # Errors
/// As [`one_group`], and unless `alpha < power < 1`.
pub fn smallest_rise(base: f64, n: u64, power: f64, alpha: f64) -> Result<Option<f64>, Error> {
    power_above(power, alpha)?;
    let (_, Some(high)) = critical(base, n, alpha)? else { return Ok(None) };
    let missing = |p: f64| Ok(binomial::at_least(high, n, p)? - power);
    // From the base, at which at most alpha / 2 is seen, to nearly everybody.
    solve::zero("share", (base, 1.0 - 1e-12), missing).map(Some)
}

/// The counts up to which and from which on the test says that the share is another one than `base`.
fn critical(base: f64, n: u64, alpha: f64) -> Result<(Option<u64>, Option<u64>), Error> {
    inside("base", base)?;
    inside("alpha", alpha)?;
    if n == 0 {
        return Err(Error::OutOfRange { what: "n", value: 0.0 });
    }
    // The first count of which it is true; `n + 1` if there is none.
    let first = |wanted: &dyn Fn(u64) -> Result<bool, Error>| -> Result<u64, Error> {
        let (mut low, mut high) = (0, n + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if wanted(middle)? { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    };
    let high = first(&|k| Ok(binomial::at_least(k, n, base)? <= 0.5 * alpha))?;
    let low = first(&|k| Ok(binomial::at_most(k, n, base)? > 0.5 * alpha))?;
    Ok((low.checked_sub(1), (high <= n).then_some(high)))
}

fn check(p1: f64, p2: f64) -> Result<(), Error> {
    inside("p1", p1)?;
    inside("p2", p2).map(|_| ())
}

/// The quantiles of a two-sided level and of a power.
pub(super) fn quantiles(power: f64, alpha: f64) -> Result<(f64, f64), Error> {
    power_above(power, alpha)?;
    Ok((normal::two_sided(alpha)?, normal::quantile(power)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2, `power.prop.test(strict = FALSE)`, `pwr::ES.h`; Fleiss (1981).
    #[test]
    fn agrees_with_r() {
        let cases = [
            (per_group(0.9, 0.85, 0.8, 0.05), 685.596_858_325_359),
            (per_group(0.5, 0.75, 0.9, 0.05), 76.706_928_451_777_4),
            (per_group_arcsine(0.9, 0.85, 0.8, 0.05), 680.354_328_370_693),
            (per_group_corrected(0.9, 0.85, 0.8, 0.05), 725.045_168_558_506),
            (two_groups((0.95, 200.0), (0.9, 800.0), 0.05), 0.618_808_203_812_501),
            (two_groups_arcsine((0.8, 120.0), (0.7, 240.0), 0.01), 0.308_222_764_166_352),
        ];
        for (found, expected) in cases {
            let found = found.unwrap();
            assert!((found / expected - 1.0).abs() < 1e-11, "{found}, not {expected}");
        }
    }

    #[test]
    fn sizes_and_nearest_shares_are_the_inverse_of_power() {
        for ratio in [0.25, 1.0, 4.0] {
            let n = first_group(0.9, 0.8, ratio, 0.8, 0.05).unwrap();
            assert!((two_groups((0.9, n), (0.8, ratio * n), 0.05).unwrap() - 0.8).abs() < 1e-12, "{ratio}");
            // The far tail, which the closed form leaves out, is below 1e-5 here.
            let n = first_group_arcsine(0.9, 0.8, ratio, 0.8, 0.05).unwrap();
            assert!((two_groups_arcsine((0.9, n), (0.8, ratio * n), 0.05).unwrap() - 0.8).abs() < 1e-5, "{ratio}");
        }
        assert!(
            (first_group(0.9, 0.8, 1.0, 0.8, 0.05).unwrap() / per_group(0.9, 0.8, 0.8, 0.05).unwrap() - 1.0).abs()
                < 1e-14
        );
        let [below, above] = nearest_shares(0.8, (120.0, 240.0), 0.8, 0.05).unwrap();
        for share in [below.unwrap(), above.unwrap()] {
            assert!((two_groups((share, 120.0), (0.8, 240.0), 0.05).unwrap() - 0.8).abs() < 1e-12, "{share}");
        }
        assert!(below.unwrap() < 0.8 && above.unwrap() > 0.8);
        assert_eq!(nearest_shares(0.9, (5.0, 5.0), 0.8, 0.05).unwrap()[1], None);
    }

    /// Ten throws: at 5 % the test rejects at 0, 1, 9 and 10 (probability 22 / 1024 under one half).
    #[test]
    fn one_group_is_exact() {
        assert_eq!(critical(0.5, 10, 0.05), Ok((Some(1), Some(9))));
        assert!((one_group(0.5, 0.5, 10, 0.05).unwrap() - 22.0 / 1024.0).abs() < 1e-15);
        // Three throws are too few to tell anything.
        assert_eq!(critical(0.5, 3, 0.05), Ok((None, None)));
        assert_eq!(smallest_rise(0.5, 3, 0.8, 0.05), Ok(None));
        let share = smallest_rise(0.6, 40, 0.8, 0.05).unwrap().unwrap();
        assert!(share > 0.75 && share < 0.85, "{share}");
        assert!((one_group(0.6, share, 40, 0.05).unwrap() - 0.8).abs() < 1e-6);
    }

    #[test]
    fn what_is_not_a_plan_is_refused() {
        assert!(per_group(0.5, 0.5, 0.8, 0.05).is_err());
        assert!(per_group(0.0, 0.5, 0.8, 0.05).is_err());
        assert!(two_groups((0.5, 0.0), (0.6, 10.0), 0.05).is_err());
        assert!(one_group(0.5, 0.6, 0, 0.05).is_err());
        assert!(smallest_rise(1.0, 40, 0.8, 0.05).is_err());
    }
}
