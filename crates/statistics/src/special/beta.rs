//! The incomplete beta function.

use std::f64::consts::PI;

use super::{deviance, stirling_error};
use crate::error::{Error, above};

const MOST_TERMS: usize = 200_000;
/// Keeps the continued fraction from a division by zero.
const TINY: f64 = 1e-300;

/// The regularized incomplete beta function `I_x(a, b)`, with `y = 1 - x` given too, because the caller often has it
/// with more digits than the subtraction would leave.
///
/// The continued fraction of Didonato and Morris (1992), ACM Transactions on Mathematical Software 18, 360-373, formula
/// 9, on the side where its terms are of one sign for long; evaluated by Lentz's method as Thompson and Barnett (1986)
/// changed it.
///
/// # Errors
/// [`Error::OutOfRange`] unless `a` and `b` are above 0 and `x` and `y` lie between 0 and 1; [`Error::NotConverged`] for
/// parameters beyond some 10^9.
pub fn beta_inc(a: f64, b: f64, x: f64, y: f64) -> Result<f64, Error> {
    above("a", a, 0.0)?;
    above("b", b, 0.0)?;
    for (what, value) in [("x", x), ("y", y)] {
        if !(0.0..=1.0).contains(&value) {
            return Err(Error::OutOfRange { what, value });
        }
    }
    if x == 0.0 || y == 0.0 {
        return Ok(if x == 0.0 { 0.0 } else { 1.0 });
    }
    if a * y > b * x {
        Ok(front(a, b, x, y) * fraction(a, b, x, y)?)
    } else {
        Ok(1.0 - front(b, a, y, x) * fraction(b, a, y, x)?)
    }
}

/// `x^a y^b / B(a, b)`, after Loader (2000): no difference of large logarithms.
fn front(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    // a - n x, which is n y - b, without the loss of subtracting what is nearly equal.
    let off = a * y - b * x;
    let exponent =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x, off) - deviance(b, n * y, -off);
    (a * b / (2.0 * PI * n)).sqrt() * exponent.exp()
}

/// The continued fraction `f` with `I_x(a, b) = x^a y^b / B(a, b) f`, for `x` below `a / (a + b)`.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> Result<f64, Error> {
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let lead = 1.0 + a * y - b * x;
    let first = a * lead / (a + 1.0);
    let (mut c, mut d, mut value) = (nonzero(first), 0.0, nonzero(first));
    let mut n = 0.0;
    for _ in 0..MOST_TERMS {
        n += 1.0;
        let (before, at) = (a + 2.0 * n - 1.0, n * (b - n) * x);
        let numerator = (a + n - 1.0) * (a + b + n - 1.0) * at * x / (before * before);
        let denominator = n + at / before + (a + n) / (before + 2.0) * (lead + n * (1.0 + y));
        d = 1.0 / nonzero(denominator + numerator * d);
        c = nonzero(denominator + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() <= f64::EPSILON {
            return Ok(1.0 / value);
        }
    }
    Err(Error::NotConverged { what: "the incomplete beta function" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// a, b, x, I_x(a, b) by mpmath 1.3, 30 digits.
    const KNOWN: [(f64, f64, f64, f64); 10] = [
        (0.5, 0.5, 0.25, 0.333_333_333_333_333_3),
        (2.0, 3.0, 0.3, 0.348_3),
        (20.0, 0.5, 0.9, 0.041_327_483_918_087_285),
        (0.5, 30.0, 0.001, 0.192_762_693_840_462_89),
        (500.0, 0.5, 0.99, 0.001_527_357_879_052_989),
        (4.5, 300.5, 0.02, 0.798_396_796_007_718_6),
        (50_000.0, 0.5, 0.9999, 0.001_565_019_762_173_494_9),
        (2.0, 2.0, 0.999, 0.999_997_002),
        (0.001, 7.0, 0.5, 0.999_997_994_924_357),
        (30.0, 30.0, 1.0e-08, 5.913_227_418_724_172e-224),
    ];

    #[test]
    fn agrees_with_many_digits() {
        for (a, b, x, expected) in KNOWN {
            let found = beta_inc(a, b, x, 1.0 - x).unwrap();
            // A tiny value is the exponential of a large number, whose last bit counts.
            let tolerance = f64::max(5e-14, 1e-15 * expected.ln().abs());
            assert!((found / expected - 1.0).abs() < tolerance, "I_{x}({a}, {b}) = {found}, not {expected}");
        }
    }

    #[test]
    fn its_ends_and_its_domain() {
        assert_eq!(beta_inc(2.0, 3.0, 0.0, 1.0), Ok(0.0));
        assert_eq!(beta_inc(2.0, 3.0, 1.0, 0.0), Ok(1.0));
        assert_eq!(beta_inc(0.0, 3.0, 0.5, 0.5), Err(Error::OutOfRange { what: "a", value: 0.0 }));
        assert!(beta_inc(2.0, f64::NAN, 0.5, 0.5).is_err());
        assert!(beta_inc(2.0, 3.0, 1.5, -0.5).is_err());
    }
}
