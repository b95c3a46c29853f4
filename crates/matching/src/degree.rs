//! How far a comparison is true, in basis points: 10,000 in full, 0 not at all. Integers only, rounded half up.

use crate::number::Number;
use crate::objective::FULL_SCORE;
use crate::profile::{LEVELS, PRIORITIES};

/// What a want has to bring to be a full fit: two topics of the highest priority at the highest level.
pub(crate) const FULL_TOPIC_POINTS: u64 = 2 * *PRIORITIES.end() as u64 * *LEVELS.end() as u64;

pub(crate) fn yes_or_no(holds: bool) -> u32 {
    if holds { FULL_SCORE } else { 0 }
}

/// `part / whole`, at most 1. A whole of nothing is no fit.
pub(crate) fn ratio(part: u64, whole: u64) -> u32 {
    if whole == 0 {
        return 0;
    }
    let full = u64::from(FULL_SCORE);
    ((part.min(whole) * full + whole / 2) / whole) as u32
}

/// Grows with the distance up to `by`, then stays full.
pub(crate) fn at_least_apart(distance: Number, by: Number) -> u32 {
    if distance >= by {
        return FULL_SCORE;
    }
    ratio(size(distance), size(by))
}

/// Full up to `by`, then falls to nothing at twice `by`.
pub(crate) fn at_most_apart(distance: Number, by: Number) -> u32 {
    if distance <= by {
        return FULL_SCORE;
    }
    ratio((2 * size(by)).saturating_sub(size(distance)), size(by))
}

/// `1 - (1 - x/30)^2` for x topic points (priority times level, summed over the topics that are offered and wanted).
///
/// The denominator is the same for everybody, so another want or offer can only raise a pair's score: listing fewer
/// topics never makes any of one's scores higher. The square gives each further topic less than the one before, so
/// that long lists do not win by length alone.
pub(crate) fn topics(points: u64) -> u32 {
    let missing = FULL_TOPIC_POINTS.saturating_sub(points);
    let whole = FULL_TOPIC_POINTS * FULL_TOPIC_POINTS;
    ratio(whole - missing * missing, whole)
}

fn size(distance: Number) -> u64 {
    distance.thousandths().unsigned_abs()
}

/// Splits [`FULL_SCORE`] among weights, exactly: by largest remainder, equal remainders in order of position.
///
/// Weights that are all 0 get nothing.
pub(crate) fn shares(weights: &[u8]) -> Vec<u32> {
    let whole: u32 = weights.iter().copied().map(u32::from).sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let scaled = |at: usize| FULL_SCORE * u32::from(weights[at]);
    let mut shares: Vec<u32> = (0..weights.len()).map(|at| scaled(at) / whole).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&at| (std::cmp::Reverse(scaled(at) % whole), at));
    let left = FULL_SCORE - shares.iter().sum::<u32>();
    for &at in by_remainder.iter().take(left as usize) {
        shares[at] += 1;
    }
    shares
}

/// The points a criterion with this share gives for this degree.
pub(crate) fn points(share: u32, degree: u32) -> u32 {
    (share * degree + FULL_SCORE / 2) / FULL_SCORE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let at_least = |distance: i32, by: i32, expected: u32| {
            assert_eq!(at_least_apart(distance.into(), by.into()), expected, "{distance} of at least {by}");
        };
        at_least(0, 3, 0);
        at_least(1, 3, 3_333);
        at_least(2, 3, 6_667);
        at_least(3, 3, 10_000);
        at_least(9, 3, 10_000);
        let at_most = |distance: i32, by: i32, expected: u32| {
            assert_eq!(at_most_apart(distance.into(), by.into()), expected, "{distance} of at most {by}");
        };
        at_most(0, 3, 10_000);
        at_most(3, 3, 10_000);
        at_most(4, 3, 6_667);
        at_most(6, 3, 0);
        at_most(7, 3, 0);
        at_most(0, 0, 10_000);
        at_most(1, 0, 0);
    }

    #[test]
    fn topic_points_are_concave_and_full_at_thirty() {
        let check = |points: u64, expected: u32| assert_eq!(topics(points), expected, "{points}");
        check(0, 0);
        check(5, 3_056);
        check(15, 7_500);
        check(30, 10_000);
        check(90, 10_000);
        for points in 1..30 {
            let (before, here, after) = (topics(points - 1), topics(points), topics(points + 1));
            assert!(before < here && here < after && after - here <= here - before, "{points}");
        }
    }

    #[test]
    fn shares_are_exact_whatever_the_weights() {
        let check = |weights: &[u8], expected: &[u32]| assert_eq!(shares(weights), expected, "{weights:?}");
        check(&[], &[]);
        check(&[0, 0], &[0, 0]);
        check(&[7], &[10_000]);
        check(&[1, 1, 1], &[3_334, 3_333, 3_333]);
        check(&[2, 0, 4], &[3_333, 0, 6_667]);
        check(&[1, 1, 1, 1, 1, 1], &[1_667, 1_667, 1_667, 1_667, 1_666, 1_666]);
        check(&[10, 10, 3], &[4_348, 4_348, 1_304]);
    }

    #[test]
    fn full_degrees_give_full_shares() {
        for share in [0, 1, 1_304, 3_333, 10_000] {
            assert_eq!(points(share, FULL_SCORE), share);
            assert_eq!(points(share, 0), 0);
        }
        assert_eq!(points(3_333, 5_000), 1_667);
    }
}
