//! Two groups of different people: the t test with a common spread.

use super::paired::{power_above, smallest_shift, t_test};
use crate::{
    error::{Error, above, finite},
    solve,
};

/// More people than there are.
const MOST_PEOPLE: f64 = 1e8;

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

/// How many people the first group takes to see means that lie `d` standard deviations apart with probability `power`, if
/// the second has `ratio` times as many. A fraction: round it up.
///
/// # Errors
/// [`Error::OutOfRange`] unless `d` is another number than 0, `ratio` is above 0 and `alpha < power < 1`;
/// [`Error::OutOfReach`] if it takes more than 10^8.
pub fn first_group(d: f64, ratio: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("d", finite("d", d)?.abs(), 0.0)?;
    above("ratio", ratio, 0.0)?;
    power_above(power, alpha)?;
    let missing = |n: f64| Ok(self::power(d, n, ratio * n, alpha)? - power);
    // Both groups have more than 1 person.
    let low = (1.0 + 1e-3) * f64::max(1.0, 1.0 / ratio);
    if missing(low)? >= 0.0 {
        return Ok(low);
    }
    let mut high = 4.0 * low;
    while missing(high)? < 0.0 {
        high *= 4.0;
        if high > MOST_PEOPLE {
            return Err(Error::OutOfReach { what: "number of people" });
        }
    }
    solve::zero("number of people", (low, high), missing)
}

/// The smallest difference of means that such a test sees with probability `power`, in the unit of `spread`, the standard
/// deviation within the groups.
///
/// # Errors
/// [`Error::OutOfRange`] unless both groups have more than 1 person, `spread` is above 0, and `alpha < power < 1`.
pub fn smallest_difference((n1, n2): (f64, f64), spread: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("n1", n1, 1.0)?;
    above("n2", n2, 1.0)?;
    above("spread", spread, 0.0)?;
    Ok(smallest_shift(n1 + n2 - 2.0, power, alpha)? * (1.0 / n1 + 1.0 / n2).sqrt() * spread)
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

    /// R 4.2.2: `power.t.test(delta = 0.5, power = 0.8)` prints n = 63.76561 (of which `strict` changes nothing).
    #[test]
    fn sizes_and_differences_are_the_inverse_of_power() {
        assert!((first_group(0.5, 1.0, 0.8, 0.05).unwrap() - 63.76561).abs() < 5e-5);
        for (d, ratio) in [(0.5, 1.0), (0.3, 4.0), (1.5, 0.2), (6.0, 1.0)] {
            let n = first_group(d, ratio, 0.8, 0.05).unwrap();
            let found = power(d, n, ratio * n, 0.05).unwrap();
            assert!((found - 0.8).abs() < 1e-10 || (n < 1.01 && found > 0.8), "{d}, {ratio}: {n}");
        }
        let difference = smallest_difference((60.0, 90.0), 1.1, 0.8, 0.05).unwrap();
        assert!((power(difference / 1.1, 60.0, 90.0, 0.05).unwrap() - 0.8).abs() < 1e-11);
        assert_eq!(first_group(1e-6, 1.0, 0.8, 0.05), Err(Error::OutOfReach { what: "number of people" }));
        assert!(first_group(0.0, 1.0, 0.8, 0.05).is_err() && smallest_difference((1.0, 9.0), 1.0, 0.8, 0.05).is_err());
    }
}
