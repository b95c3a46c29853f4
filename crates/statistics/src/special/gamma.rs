//! The gamma function by Stirling's series.

use std::f64::consts::PI;

/// From here on the series below has all digits.
const SERIES_FROM: f64 = 16.0;

/// The logarithm of the gamma function, for `x > 0`. The error is of the order of the last bit of 1 or of the result,
/// whichever is larger. Infinity elsewhere, as at its poles.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    if x <= 0.0 {
        return f64::INFINITY;
    }
    stirling_error(x) + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln()
}

/// What Stirling's formula misses of the logarithm of `x!`: `ln x! - (x + 1/2) ln x + x - ln(2 pi)/2`, for `x > 0`.
///
/// DLMF 5.11.1; for small numbers by the recurrence `ln (x+1)! = ln x! + ln(x+1)`, after Loader (2000), "Fast and
/// accurate computation of binomial probabilities".
pub(crate) fn stirling_error(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < SERIES_FROM {
        below += (x + 0.5) * (1.0 / x).ln_1p() - 1.0;
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    below + series.iter().rev().fold(0.0, |sum, term| sum * z + term) / x
}

/// `a ln(a / m) - off` with `off = a - m`, also where `a` and `m` are near each other.
pub(crate) fn deviance(a: f64, m: f64, off: f64) -> f64 {
    let v = off / (a + m);
    if v.abs() >= 0.1 {
        return a * (a / m).ln() - off;
    }
    // ln(a/m) = 2 atanh(v)
    let (mut sum, mut power, mut odd) = (off * v, 2.0 * a * v, 1.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_factorials_and_the_half() {
        let mut factorial = 1.0_f64;
        for n in 1..=170_u8 {
            let expected = factorial.ln(); // (n - 1)!
            let found = ln_gamma(f64::from(n));
            assert!((found - expected).abs() <= 2e-15 * expected.max(4.0), "{n}: {found}, not {expected}");
            factorial *= f64::from(n);
        }
        assert!((ln_gamma(0.5) - PI.sqrt().ln()).abs() < 2e-15);
        assert_eq!(ln_gamma(0.0), f64::INFINITY);
    }
}
