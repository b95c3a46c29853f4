//! The incomplete gamma functions.

use std::f64::consts::PI;

use super::{deviance, stirling_error};
use crate::error::{Error, above};

const MOST_TERMS: usize = 200_000;
/// Keeps the continued fraction from a division by zero.
const TINY: f64 = 1e-300;

/// The regularized lower incomplete gamma function `P(a, x)`, with all its digits where it is small.
///
/// # Errors
/// [`Error::OutOfRange`] unless `a` is above 0 and `x` is 0 or above; [`Error::NotConverged`] for parameters beyond some
/// 10^9.
pub fn gamma_lower(a: f64, x: f64) -> Result<f64, Error> {
    check(a, x)?;
    if x == 0.0 {
        return Ok(0.0);
    }
    if x < a + 1.0 { Ok(ln_front(a, x).exp() * series(a, x)?) } else { Ok(1.0 - upper_fraction(a, x)?) }
}

/// The regularized upper incomplete gamma function `Q(a, x) = 1 - P(a, x)`, with all its digits where it is small.
///
/// # Errors
/// As [`gamma_lower`].
pub fn gamma_upper(a: f64, x: f64) -> Result<f64, Error> {
    check(a, x)?;
    if x < a + 1.0 { Ok(1.0 - gamma_lower(a, x)?) } else { upper_fraction(a, x) }
}

/// The logarithm of [`gamma_upper`], also where that is too small for a number.
///
/// # Errors
/// As [`gamma_lower`].
pub fn ln_gamma_upper(a: f64, x: f64) -> Result<f64, Error> {
    check(a, x)?;
    if x < a + 1.0 { Ok((-gamma_lower(a, x)?).ln_1p()) } else { Ok(ln_front(a, x) + fraction(a, x)?.ln()) }
}

fn check(a: f64, x: f64) -> Result<(), Error> {
    above("a", a, 0.0)?;
    if x.is_finite() && x >= 0.0 { Ok(()) } else { Err(Error::OutOfRange { what: "x", value: x }) }
}

fn upper_fraction(a: f64, x: f64) -> Result<f64, Error> {
    Ok(ln_front(a, x).exp() * fraction(a, x)?)
}

/// The logarithm of `x^a e^-x / Gamma(a)`, after Loader (2000): no difference of large logarithms.
fn ln_front(a: f64, x: f64) -> f64 {
    0.5 * (a / (2.0 * PI)).ln() - stirling_error(a) - deviance(a, x, a - x)
}

/// DLMF 8.11.4 divided by its front: `1/a (1 + x/(a+1) + x^2/((a+1)(a+2)) + ...)`.
fn series(a: f64, x: f64) -> Result<f64, Error> {
    let (mut term, mut sum, mut next) = (1.0 / a, 1.0 / a, a);
    for _ in 0..MOST_TERMS {
        next += 1.0;
        term *= x / next;
        sum += term;
        if term <= f64::EPSILON * 0.1 * sum {
            return Ok(sum);
        }
    }
    Err(Error::NotConverged { what: "the incomplete gamma function" })
}

/// DLMF 8.9.2 in its even part, by Lentz's method as Thompson and Barnett (1986) changed it.
fn fraction(a: f64, x: f64) -> Result<f64, Error> {
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut denominator = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / nonzero(denominator));
    let mut value = d;
    let mut n = 0.0;
    for _ in 0..MOST_TERMS {
        n += 1.0;
        let numerator = -n * (n - a);
        denominator += 2.0;
        d = 1.0 / nonzero(numerator * d + denominator);
        c = nonzero(denominator + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() <= f64::EPSILON {
            return Ok(value);
        }
    }
    Err(Error::NotConverged { what: "the incomplete gamma function" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a, x, P(a, x) and Q(a, x) by mpmath 1.3, 40 digits.
    const KNOWN: [(f64, f64, f64, f64); 8] = [
        (0.5, 0.1, 0.345_279_153_981_423, 0.654_720_846_018_577),
        (0.5, 3.0, 0.985_694_121_564_570_4, 0.014_305_878_435_429_64),
        (0.5, 690.0, 1.0, 4.661_158_455_673_913e-302),
        (3.0, 2.5, 0.456_186_884_116_670_47, 0.543_813_115_883_329_5),
        (2.5, 20.0, 0.999_999_850_663_21, 1.493_367_900_050_395_2e-7),
        (50.0, 20.0, 1.245_892_607_971_938e-8, 0.999_999_987_541_073_9),
        (500.0, 510.0, 0.676_936_640_088_872_3, 0.323_063_359_911_127_7),
        (20000.0, 19000.0, 3.236_874_643_618_59e-13, 0.999_999_999_999_676_3),
    ];

    #[test]
    fn agrees_with_many_digits_on_both_sides() {
        for (a, x, lower, upper) in KNOWN {
            // A tiny value is the exponential of a large number, whose last bit counts.
            let near = |found: f64, expected: f64| {
                (found / expected - 1.0).abs() < f64::max(5e-14, 1e-15 * expected.ln().abs())
            };
            let (found, other) = (gamma_lower(a, x).unwrap(), gamma_upper(a, x).unwrap());
            assert!(near(found, lower), "P({a}, {x}) = {found}, not {lower}");
            assert!(near(other, upper), "Q({a}, {x}) = {other}, not {upper}");
            assert!((ln_gamma_upper(a, x).unwrap() - upper.ln()).abs() < 1e-13 * upper.ln().abs().max(1.0));
        }
    }

    #[test]
    fn its_ends_and_its_domain() {
        assert_eq!(gamma_lower(2.0, 0.0), Ok(0.0));
        assert_eq!(gamma_upper(2.0, 0.0), Ok(1.0));
        assert!(gamma_lower(0.0, 1.0).is_err());
        assert!(gamma_upper(1.0, -1.0).is_err());
        assert!(ln_gamma_upper(1.0, f64::NAN).is_err());
        // Q(1, x) is e^-x, far below the smallest number too.
        assert_eq!(ln_gamma_upper(1.0, 5_000.0), Ok(-5_000.0));
    }
}
