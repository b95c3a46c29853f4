//! Shares: so many of n said yes; how well such a share is known, and how far two of them lie apart.
//!
//! Wilson's interval is the one to show: it holds its confidence on average with few people too, and it is never wider
//! than the answers allow (Brown, Cai and DasGupta 2001, Statistical Science 16, 101-133).

mod conditional;
mod paired;
mod score;
mod two;

use crate::{
    Interval,
    distribution::{beta, normal},
    error::Error,
};
pub use conditional::{ConditionalOdds, FisherTest};
pub use paired::{McNemar, mcnemar};
pub use two::{Chance, Table, ZTest};

/// Wilson's score interval for `hits` of `n`, with confidence `level` (0.95): Wilson (1927), JASA 22, 209-212; method 3
/// of Newcombe (1998), Statistics in Medicine 17, 857-872.
///
/// # Errors
/// [`Error::OutOfRange`] if there is nobody, more hits than people, or a level that is not between 0 and 1.
pub fn wilson(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    let (count, z) = check(hits, n, level)?;
    let (share, square) = (hits as f64 / count, z * z);
    let middle = (share + square / (2.0 * count)) / (1.0 + square / count);
    let half = z / (1.0 + square / count) * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    Ok(ends(hits, n, Interval { lower: middle - half, upper: middle + half }))
}

/// The same with the correction for continuity, of half an answer to either side: method 4 of Newcombe (1998). It holds
/// its confidence always, not on average, and is wider.
///
/// # Errors
/// As [`wilson`].
pub fn wilson_corrected(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    let (count, z) = check(hits, n, level)?;
    let square = z * z / (2.0 * count);
    let limit = |share: f64, direction: f64| {
        let half = z * (share * (1.0 - share) / count + square / (2.0 * count)).max(0.0).sqrt();
        (share + square + direction * half) / (1.0 + 2.0 * square)
    };
    let (low, high) = ((hits as f64 - 0.5) / count, (hits as f64 + 0.5) / count);
    Ok(ends(hits, n, Interval { lower: limit(low.max(0.0), -1.0), upper: limit(high.min(1.0), 1.0) }))
}

/// The exact interval of Clopper and Pearson (1934), Biometrika 26, 404-413: each tail has at most `(1 - level) / 2`. It
/// is wider than it has to be.
///
/// # Errors
/// As [`wilson`].
pub fn clopper_pearson(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    check(hits, n, level)?;
    let (tail, yes, no) = (0.5 * (1.0 - level), hits as f64, (n - hits) as f64);
    let lower = if hits == 0 { 0.0 } else { beta::quantile(tail, yes, no + 1.0)? };
    let upper = if hits == n { 1.0 } else { beta::quantile(1.0 - tail, yes + 1.0, no)? };
    Ok(Interval { lower, upper })
}

/// Jeffreys' interval: the middle of the beta distribution with half an answer added to either side, reaching to the end
/// if nobody or everybody said yes (Brown, Cai and DasGupta 2001).
///
/// # Errors
/// As [`wilson`].
pub fn jeffreys(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    check(hits, n, level)?;
    let (tail, yes, no) = (0.5 * (1.0 - level), hits as f64 + 0.5, (n - hits) as f64 + 0.5);
    let lower = if hits == 0 { 0.0 } else { beta::quantile(tail, yes, no)? };
    let upper = if hits == n { 1.0 } else { beta::quantile(1.0 - tail, yes, no)? };
    Ok(Interval { lower, upper })
}

/// The interval of Agresti and Coull (1998), The American Statistician 52, 119-126. Of few answers it can reach beyond 0
/// and 1: it is here to compare with what others print.
///
/// # Errors
/// As [`wilson`].
pub fn agresti_coull(hits: u64, n: u64, level: f64) -> Result<Interval, Error> {
    let (count, z) = check(hits, n, level)?;
    let count_added = count + z * z;
    let share = (hits as f64 + 0.5 * z * z) / count_added;
    let half = z * (share * (1.0 - share) / count_added).sqrt();
    Ok(Interval { lower: share - half, upper: share + half })
}

/// How many there are, and the normal quantile of the level.
fn check(hits: u64, n: u64, level: f64) -> Result<(f64, f64), Error> {
    if n == 0 {
        return Err(Error::OutOfRange { what: "n", value: 0.0 });
    }
    if hits > n {
        return Err(Error::OutOfRange { what: "hits", value: hits as f64 });
    }
    Ok((n as f64, normal::two_sided(1.0 - level)?))
}

/// An interval within 0 and 1 that reaches to the end if nobody or everybody said yes.
fn ends(hits: u64, n: u64, interval: Interval) -> Interval {
    let lower = if hits == 0 { 0.0 } else { interval.lower.max(0.0) };
    let upper = if hits == n { 1.0 } else { interval.upper.min(1.0) };
    Interval { lower, upper }
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

    /// The same table, methods 4 and 5.
    #[test]
    fn the_others_agree_with_the_table_too() {
        type Method = fn(u64, u64, f64) -> Result<Interval, Error>;
        let cases: [(Method, u64, u64, f64, f64); 6] = [
            (wilson_corrected, 81, 263, 0.2535, 0.3682),
            (wilson_corrected, 0, 20, 0.0, 0.2005),
            (wilson_corrected, 1, 29, 0.0018, 0.1963),
            (clopper_pearson, 81, 263, 0.2527, 0.3676),
            (clopper_pearson, 0, 20, 0.0, 0.1684),
            (clopper_pearson, 1, 29, 0.0009, 0.1776),
        ];
        for (method, hits, n, lower, upper) in cases {
            let found = method(hits, n, 0.95).unwrap();
            assert!((found.lower - lower).abs() < 5e-5 && (found.upper - upper).abs() < 5e-5, "{hits}/{n}: {found:?}");
        }
    }

    #[test]
    fn everybody_is_nobody_turned_around() {
        for method in [wilson, wilson_corrected, clopper_pearson, jeffreys, agresti_coull] {
            let (none, all) = (method(0, 12, 0.9).unwrap(), method(12, 12, 0.9).unwrap());
            assert!((none.lower + all.upper - 1.0).abs() < 1e-14 && (none.upper + all.lower - 1.0).abs() < 1e-14);
            assert!(method(0, 0, 0.95).is_err() && method(3, 2, 0.95).is_err() && method(1, 2, 0.0).is_err());
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
