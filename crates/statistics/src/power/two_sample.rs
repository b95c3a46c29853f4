//! Two groups of different people: the t test with a common spread.

use super::paired::t_test;
use crate::error::{Error, above, finite};

/// The probability that a two-sample t test at level `alpha` sees means that lie `d` standard deviations apart (Cohen
/// 1988, chapter 2; exact by the noncentral t with n1 + n2 - 2 degrees of freedom).
///
/// # Errors
/// [`Error::OutOfRange`] unless both groups have more than 1 person and `alpha` lies between 0 and 1.
pub fn power(d: f64, n1: f64, n2: f64, alpha: f64) -> Result<f64, Error> {
    finite("d", d)?;
    above("n1", n1, 1.0)?;
    above("n2", n2, 1.0)?;
    t_test(n1 + n2 - 2.0, d * (n1 * n2 / (n1 + n2)).sqrt(), alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.4.1 and R 4.2.2.
    #[test]
    fn agrees_with_r() {
        let found = power(0.4, 60.0, 90.0, 0.05).unwrap();
        assert!((found / 0.664_384_039_673_403_1 - 1.0).abs() < 1e-11, "{found}");
        assert!(power(0.4, 60.0, 1.0, 0.05).is_err());
    }
}
