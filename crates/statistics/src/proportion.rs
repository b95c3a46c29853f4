//! Intervals for a share: so many of n.

use crate::{Interval, distribution::normal, error::Error};

/// Wilson's score interval for `hits` of `n`, with confidence `level` (0.95): Wilson (1927), JASA 22, 209-212; method 3
/// of Newcombe (1998), Statistics in Medicine 17, 857-872.
///
/// # Errors
/// [`Error::OutOfRange`] if there is nobody, more hits than people, or a level that is not between 0 and 1.
pub fn wilson(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    if n == 0 {
        return Err(Error::OutOfRange { what: "n", value: 0.0 });
    }
    if hits > n {
        return Err(Error::OutOfRange { what: "hits", value: hits as f64 });
    }
    let z = normal::two_sided(1.0 - level)?;
    let (count, share, square) = (n as f64, hits as f64 / n as f64, z * z);
    let middle = (share + square / (2.0 * count)) / (1.0 + square / count);
    let half = z / (1.0 + square / count) * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    let lower = if hits == 0 { 0.0 } else { (middle - half).max(0.0) };
    let upper = if hits == n { 1.0 } else { (middle + half).min(1.0) };
    Ok(Interval { lower, upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe (1998), table I, method 3.
    #[test]
    fn agrees_with_newcombes_table() {
        for (hits, n, lower, upper) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let found = wilson(hits, n, 0.95).unwrap();
            assert!((found.lower - lower).abs() < 5e-5 && (found.upper - upper).abs() < 5e-5, "{hits}/{n}: {found:?}");
        }
    }

    #[test]
    fn its_ends_and_its_domain() {
        assert_eq!(wilson(5, 5, 0.95).unwrap().upper, 1.0);
        assert!(wilson(0, 0, 0.95).is_err());
        assert!(wilson(6, 5, 0.95).is_err());
        assert!(wilson(1, 5, 1.0).is_err());
    }
}
