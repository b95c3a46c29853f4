//! The rank-sum test: whose values are the larger ones? It asks nothing of their shape.

use super::Samples;
use crate::{
    Error,
    distribution::normal,
    rank::{Ranks, chosen_sum_as_far, middle, same_within},
};

/// The most values for which the exact distribution is computed.
const MOST_VALUES: usize = 200;
/// With groups smaller than this a report shows the exact p; beyond, the normal one says the same.
const EXACT_BELOW: usize = 50;

/// The outcome of a rank-sum test.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSum {
    /// Of how many pairs of people, one of each group, the first has the larger value; equal ones count one half.
    pub u: f64,
    /// How far `u` lies from its expectation, in standard deviations, corrected for ties.
    pub z: f64,
    /// Two-sided, by the normal distribution.
    pub p: f64,
    /// The same with the correction for continuity, of one half.
    pub p_continuity: f64,
    /// Two-sided and exact, given the ties, if both groups have fewer than 50 values: the one to show then.
    pub p_exact: Option<f64>,
    /// `u` as a share of all pairs: the probability that one of the first group has the larger value (the common-language
    /// effect size of McGraw and Wong 1992).
    pub superiority: f64,
    /// The same from -1 to 1 (Cliff 1993).
    pub cliffs_delta: f64,
}

impl Samples {
    /// The test of Wilcoxon (1945) and Mann and Whitney (1947), corrected for ties.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if all values are equal.
    pub fn rank_sum(&self) -> Result<RankSum, Error> {
        let ranks = self.ranks();
        let (n1, n2) = (self.first.len() as f64, self.second.len() as f64);
        let (all, pairs) = (n1 + n2, n1 * n2);
        let u = 0.5 * self.first_sum(&ranks) as f64 - 0.5 * n1 * (n1 + 1.0);
        let off = u - 0.5 * pairs;
        let variance = pairs / 12.0 * (all + 1.0 - ranks.tie_sum() / (all * (all - 1.0)));
        if ranks.ties == [self.first.len() + self.second.len()] {
            return Err(Error::NoSpread { what: "value" });
        }
        let corrected = if off == 0.0 { 0.0 } else { (off.abs() - 0.5).abs() };
        let small = self.first.len().max(self.second.len()) < EXACT_BELOW;
        Ok(RankSum {
            u,
            z: off / variance.sqrt(),
            p: (2.0 * normal::sf(off.abs() / variance.sqrt())).min(1.0),
            p_continuity: (2.0 * normal::sf(corrected / variance.sqrt())).min(1.0),
            p_exact: small.then(|| self.rank_sum_exact()).transpose()?,
            superiority: u / pairs,
            cliffs_delta: 2.0 * off / pairs,
        })
    }

    /// The exact two-sided p of the same test, given the ties: the probability that a split of these values into groups of
    /// these sizes lies as far from its expectation.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] beyond 200 values.
    pub fn rank_sum_exact(&self) -> Result<f64, Error> {
        let values = self.first.len() + self.second.len();
        if values > MOST_VALUES {
            return Err(Error::OutOfRange { what: "values", value: values as f64 });
        }
        let ranks = self.ranks();
        let (first, all) = (self.first_sum(&ranks), ranks.doubled.iter().sum::<u64>());
        // Of the smaller group, which is less work and says the same.
        let swap = self.first.len() > self.second.len();
        let (chosen, sum) = if swap { (self.second.len(), all - first) } else { (self.first.len(), first) };
        Ok(chosen_sum_as_far(&ranks.doubled, chosen, sum))
    }

    /// The median of the differences of every two people, one of each group: by how much the first group lies higher
    /// (Hodges and Lehmann 1963).
    #[must_use]
    pub fn hodges_lehmann(&self) -> f64 {
        let sorted = |values: &[f64]| {
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            values
        };
        let (first, second) = (sorted(&self.first), sorted(&self.second));
        let ends = (first[0] - second[second.len() - 1], first[first.len() - 1] - second[0]);
        let up_to = |x: f64| {
            let mut below = 0;
            let with = first.iter().map(|value| {
                while below < second.len() && value - second[below] > x {
                    below += 1;
                }
                (second.len() - below) as u64
            });
            with.sum()
        };
        middle(first.len() as u64 * second.len() as u64, ends, up_to)
    }

    fn ranks(&self) -> Ranks {
        let values: Vec<f64> = self.first.iter().chain(&self.second).copied().collect();
        Ranks::of(&values, same_within(&values))
    }

    /// The sum of the doubled ranks of the first group.
    fn first_sum(&self, ranks: &Ranks) -> u64 {
        ranks.doubled.iter().take(self.first.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hollander and Wolfe (1999), example 4.1: printed p and shift; StatXact 4, manual, page 221: with ties and groups of
    /// different sizes.
    #[test]
    fn agrees_with_books() {
        let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let weeks = [1.15, 0.88, 0.90, 0.74, 1.21];
        let found = Samples::new(&weeks, &term).unwrap();
        assert!((found.rank_sum().unwrap().p_exact.unwrap() - 0.2544).abs() < 5e-5);
        assert!((found.hodges_lehmann() + 0.305).abs() < 1e-12);
        let (treated, control) =
            ([94.0, 108.0, 110.0, 90.0], [80.0, 94.0, 85.0, 90.0, 90.0, 90.0, 108.0, 94.0, 78.0, 105.0, 88.0]);
        for found in [Samples::new(&treated, &control).unwrap(), Samples::new(&control, &treated).unwrap()] {
            let found = found.rank_sum().unwrap();
            assert!((found.p_exact.unwrap() - 0.0989).abs() < 5e-5, "{found:?}");
            assert!((found.p - 0.0853).abs() < 5e-5, "{found:?}");
        }
        assert_eq!(Samples::new(&treated, &control).unwrap().hodges_lehmann(), 9.5);
    }

    #[test]
    fn what_has_no_figure_says_why() {
        assert_eq!(Samples::new(&[2.0; 3], &[2.0; 5]).unwrap().rank_sum(), Err(Error::NoSpread { what: "value" }));
        assert!(Samples::new(&[2.0; 3], &[3.0; 500]).unwrap().rank_sum_exact().is_err());
        let one = Samples::new(&[2.0], &[1.0]).unwrap().rank_sum().unwrap();
        assert_eq!((one.u, one.p_exact, one.cliffs_delta), (1.0, Some(1.0), 1.0));
    }
}
