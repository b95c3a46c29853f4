//! Many tests at once: by chance alone one of twenty falls below 0.05. Each function gives, for each p-value in its place,
//! the level at which its test would just reject as one of all of them.

use crate::error::Error;

/// Holm (1979), Scandinavian Journal of Statistics 6, 65-70: the probability of any false finding stays below the level.
/// For the few questions that a plan named before the data (confirmatory).
///
/// # Errors
/// [`Error::OutOfRange`] for a p-value that is not between 0 and 1.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, Error> {
    let order = order(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut largest = 0.0_f64;
    for (before, &place) in order.iter().enumerate() {
        largest = largest.max((p.len() - before) as f64 * p[place]);
        adjusted[place] = largest.min(1.0);
    }
    Ok(adjusted)
}

/// Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300: of the findings, the expected
/// share of false ones stays below the level. For looking through many groups (screening).
///
/// # Errors
/// As [`holm`].
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, Error> {
    let order = order(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut smallest = 1.0_f64;
    for (before, &place) in order.iter().enumerate().rev() {
        smallest = smallest.min(p.len() as f64 / (before + 1) as f64 * p[place]);
        adjusted[place] = smallest;
    }
    Ok(adjusted)
}

/// Bonferroni (1936): each p-value times their number. Holm's is as safe and finds more; this one is here because it can
/// be checked in the head.
///
/// # Errors
/// As [`holm`].
pub fn bonferroni(p: &[f64]) -> Result<Vec<f64>, Error> {
    order(p)?;
    Ok(p.iter().map(|p_value| (p_value * p.len() as f64).min(1.0)).collect())
}

/// The places of the p-values from the smallest on.
fn order(p: &[f64]) -> Result<Vec<usize>, Error> {
    if let Some(&value) = p.iter().find(|p_value| !(0.0..=1.0).contains(*p_value)) {
        return Err(Error::OutOfRange { what: "p", value });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found}, not {expected}");
        }
    }

    #[test]
    fn four_tests_by_hand() {
        let p = [0.04, 0.01, 0.03, 0.5];
        check(&holm(&p).unwrap(), &[0.09, 0.04, 0.09, 0.5]);
        check(&benjamini_hochberg(&p).unwrap(), &[4.0 / 3.0 * 0.04, 0.04, 4.0 / 3.0 * 0.04, 0.5]);
        check(&bonferroni(&p).unwrap(), &[0.16, 0.04, 0.12, 1.0]);
    }

    #[test]
    fn none_one_and_what_is_no_probability() {
        for adjust in [holm, benjamini_hochberg, bonferroni] {
            assert_eq!(adjust(&[]), Ok(Vec::new()));
            assert_eq!(adjust(&[0.2]), Ok(vec![0.2]));
            assert_eq!(adjust(&[0.0, 1.0]), Ok(vec![0.0, 1.0]));
            assert!(adjust(&[0.5, -0.1]).is_err());
            assert!(adjust(&[f64::NAN]).is_err());
        }
    }
}
