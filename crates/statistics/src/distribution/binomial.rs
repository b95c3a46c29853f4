//! How many of n people say yes if each does with the same probability.

use std::f64::consts::PI;

use crate::{
    error::{Error, inside},
    special::{beta_inc, deviance, stirling_error},
};

/// P(X >= k) of `n`, each with probability `p`: `I_p(k, n - k + 1)` (DLMF 8.17.5).
///
/// # Errors
/// [`Error::OutOfRange`] unless `p` lies between 0 and 1.
pub fn at_least(k: u64, n: u64, p: f64) -> Result<f64, Error> {
    inside("p", p)?;
    if k == 0 || k > n {
        return Ok(if k == 0 { 1.0 } else { 0.0 });
    }
    beta_inc(k as f64, (n - k + 1) as f64, p, 1.0 - p)
}

/// P(X = k), after Loader (2000), "Fast and accurate computation of binomial probabilities".
///
/// # Errors
/// As [`at_least`].
pub fn exactly(k: u64, n: u64, p: f64) -> Result<f64, Error> {
    inside("p", p)?;
    if k > n {
        return Ok(0.0);
    }
    if k == 0 || k == n {
        return Ok(if k == 0 { (n as f64 * (-p).ln_1p()).exp() } else { (n as f64 * p.ln()).exp() });
    }
    let (n, yes, no) = (n as f64, k as f64, (n - k) as f64);
    let off = yes - n * p;
    let exponent = stirling_error(n)
        - stirling_error(yes)
        - stirling_error(no)
        - deviance(yes, n * p, off)
        - deviance(no, n * (1.0 - p), -off);
    Ok((n / (2.0 * PI * yes * no)).sqrt() * exponent.exp())
}

/// P(X <= k).
///
/// # Errors
/// As [`at_least`].
pub fn at_most(k: u64, n: u64, p: f64) -> Result<f64, Error> {
    inside("p", p)?;
    if k >= n {
        return Ok(1.0);
    }
    beta_inc((n - k) as f64, (k + 1) as f64, 1.0 - p, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_what_can_be_counted_by_hand() {
        // Four throws of a coin: 1, 4, 6, 4, 1 of 16.
        for (k, expected) in [(0, 16.0), (1, 15.0), (2, 11.0), (3, 5.0), (4, 1.0), (5, 0.0)] {
            assert!((at_least(k, 4, 0.5).unwrap() - expected / 16.0).abs() < 1e-15, "{k}");
        }
        for (k, expected) in [(0, 1.0), (1, 4.0), (2, 6.0), (4, 1.0), (5, 0.0)] {
            assert!((exactly(k, 4, 0.5).unwrap() - expected / 16.0).abs() < 1e-15, "{k}");
        }
        assert!((at_most(1, 4, 0.5).unwrap() - 5.0 / 16.0).abs() < 1e-15);
        assert!((at_most(2, 3, 0.2).unwrap() + at_least(3, 3, 0.2).unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(at_most(9, 3, 0.2), Ok(1.0));
        assert!(at_least(1, 3, 1.0).is_err());
    }
}
