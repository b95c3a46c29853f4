//! Sums that keep their digits, and what is made of them.

use crate::error::{Error, finite};

/// A sum that keeps what each addition loses and adds it at the end (Neumaier 1974, ZAMM 54, 39-51).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { (self.sum - next) + value } else { (value - next) + self.sum };
        self.sum = next;
    }

    pub(crate) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// The sum of all values.
pub(crate) fn total(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.into_iter().for_each(|value| sum.add(value));
    sum.value()
}

/// How many values there are, their mean, and the sum of the squared distances from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    pub(crate) n: usize,
    pub(crate) mean: f64,
    squares: f64,
}

impl Moments {
    /// Of values of which none is an infinity or NaN; `what` names them in errors.
    pub(crate) fn of(what: &'static str, values: &[f64]) -> Result<Self, Error> {
        if values.is_empty() {
            return Err(Error::TooFew { what, have: 0, need: 1 });
        }
        for &value in values {
            finite(what, value)?;
        }
        let n = values.len() as f64;
        let mean = finite(what, total(values.iter().copied()) / n)?;
        // The rounding of the mean is taken back out of the squares (Chan, Golub and LeVeque 1983).
        let rest = total(values.iter().map(|value| value - mean));
        let squares = total(values.iter().map(|value| (value - mean).powi(2))) - rest * rest / n;
        Ok(Self { n: values.len(), mean, squares: finite(what, squares.max(0.0))? })
    }

    /// The variance, with n - 1.
    pub(crate) fn variance(&self, what: &'static str) -> Result<f64, Error> {
        if self.n < 2 {
            return Err(Error::TooFew { what, have: self.n, need: 2 });
        }
        Ok(self.squares / (self.n - 1) as f64)
    }

    /// The variance of values that are not all equal, up to the rounding of their mean.
    pub(crate) fn spread(&self, what: &'static str) -> Result<f64, Error> {
        let variance = self.variance(what)?;
        if variance.sqrt() > 8.0 * f64::EPSILON * self.mean.abs() {
            Ok(variance)
        } else {
            Err(Error::NoSpread { what })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_what_is_small() {
        assert_eq!(total([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(total([]), 0.0);
    }

    #[test]
    fn moments_of_values_far_from_zero() {
        let found = Moments::of("x", &[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]).unwrap();
        assert_eq!((found.mean, found.variance("x")), (1e9 + 2.0, Ok(1.0)));
        assert_eq!(Moments::of("x", &[0.1; 3]).unwrap().spread("x"), Err(Error::NoSpread { what: "x" }));
        assert_eq!(Moments::of("x", &[1.0]).unwrap().spread("x"), Err(Error::TooFew { what: "x", have: 1, need: 2 }));
        assert!(Moments::of("x", &[]).is_err());
        assert!(Moments::of("x", &[f64::NAN]).is_err());
        assert!(Moments::of("x", &[f64::MAX, f64::MAX]).is_err());
    }
}
