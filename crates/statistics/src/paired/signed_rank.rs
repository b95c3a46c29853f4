//! The signed-rank test: do the larger changes go up? It asks nothing of the shape of the changes but symmetry.

use super::Pairs;
use crate::{
    Error,
    distribution::normal,
    rank::{Ranks, middle, signed_sum_at_least},
};

/// The sum of doubled ranks up to which the exact distribution is computed: some 700 pairs.
const MOST_RANKS: u64 = 500_000;
/// With so many changes and fewer a report shows the exact p; beyond, the normal one says the same.
const EXACT_UP_TO: usize = 50;

/// What becomes of people who did not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// They are left out before the ranks are given (Wilcoxon 1945).
    Dropped,
    /// They take the lowest ranks, which then count for neither side (Pratt 1959, JASA 54, 655-667).
    Ranked,
}

/// The outcome of a signed-rank test.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedRank {
    /// How many changed.
    pub changed: usize,
    /// How many did not.
    pub zeros: usize,
    /// Whether two changes are of one size.
    pub ties: bool,
    /// The sum of the ranks of those who rose.
    pub up: f64,
    /// The sum of the ranks of those who fell.
    pub down: f64,
    /// How far `up` lies from its expectation, in standard deviations, corrected for ties.
    pub z: f64,
    /// Two-sided, by the normal distribution.
    pub p: f64,
    /// The same with the correction for continuity, of one half.
    pub p_continuity: f64,
    /// Two-sided and exact, given the ties, if at most 50 changed: the one to show then.
    pub p_exact: Option<f64>,
    /// `(up - down) / (up + down)`: -1 if all fell, 1 if all rose (Kerby 2014).
    pub rank_biserial: f64,
}

/// The ranks of the sizes of all changes that are not zero, and whether each rose.
struct Signed {
    doubled: Vec<(u64, bool)>,
    ties: bool,
}

impl Pairs {
    /// Wilcoxon's signed-rank test of the changes.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody changed.
    pub fn signed_rank(&self, zeros: Zeros) -> Result<SignedRank, Error> {
        let signed = self.signed(zeros)?;
        let sum = |rose: bool| signed.doubled.iter().filter(|rank| rank.1 == rose).map(|rank| rank.0).sum::<u64>();
        let (up, down) = (0.5 * sum(true) as f64, 0.5 * sum(false) as f64);
        // The ranks themselves carry ties and dropped ranks: the variance is a quarter of their squares.
        let squares: f64 = signed.doubled.iter().map(|rank| (0.5 * rank.0 as f64).powi(2)).sum();
        let (off, spread) = (0.5 * (up - down), (0.25 * squares).sqrt());
        let changed = signed.doubled.len();
        let corrected = if off == 0.0 { 0.0 } else { (off.abs() - 0.5).abs() };
        let exact = (changed <= EXACT_UP_TO).then(|| self.signed_rank_exact(zeros)).transpose()?;
        Ok(SignedRank {
            changed,
            zeros: self.len() - changed,
            ties: signed.ties,
            up,
            down,
            z: off / spread,
            p: (2.0 * normal::sf(off.abs() / spread)).min(1.0),
            p_continuity: (2.0 * normal::sf(corrected / spread)).min(1.0),
            p_exact: exact,
            rank_biserial: (up - down) / (up + down),
        })
    }

    /// The exact two-sided p of the same test, given the ties: each change as likely up as down.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody changed; [`Error::OutOfRange`] beyond some 700 pairs.
    pub fn signed_rank_exact(&self, zeros: Zeros) -> Result<f64, Error> {
        let signed = self.signed(zeros)?;
        let all: Vec<u64> = signed.doubled.iter().map(|rank| rank.0).collect();
        let sum: u64 = all.iter().sum();
        let up: u64 = signed.doubled.iter().filter(|rank| rank.1).map(|rank| rank.0).sum();
        if sum > MOST_RANKS {
            return Err(Error::OutOfRange { what: "pairs", value: self.len() as f64 });
        }
        Ok((2.0 * signed_sum_at_least(&all, up.max(sum - up))).min(1.0))
    }

    /// The median of the means of every two changes (and of each with itself), of those who changed: Hodges and Lehmann
    /// (1963), Annals of Mathematical Statistics 34, 598-611.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody changed.
    pub fn hodges_lehmann(&self) -> Result<f64, Error> {
        let mut changes: Vec<f64> = self.changes.iter().copied().filter(|change| change.abs() > self.same).collect();
        changes.sort_by(f64::total_cmp);
        let (Some(&smallest), Some(&largest)) = (changes.first(), changes.last()) else {
            return Err(Error::NoSpread { what: "change" });
        };
        let pairs = (changes.len() as u64).pow(2).midpoint(changes.len() as u64);
        let up_to = |x: f64| {
            let mut partners = changes.len();
            let with = changes.iter().enumerate().map(|(place, change)| {
                while partners > place && 0.5 * change + 0.5 * changes[partners - 1] > x {
                    partners -= 1;
                }
                partners.saturating_sub(place) as u64
            });
            with.sum()
        };
        Ok(middle(pairs, (smallest, largest), up_to))
    }

    fn signed(&self, zeros: Zeros) -> Result<Signed, Error> {
        let changed = |change: &f64| change.abs() > self.same;
        let kept: Vec<f64> = self.changes.iter().copied().filter(|c| zeros == Zeros::Ranked || changed(c)).collect();
        let sizes: Vec<f64> = kept.iter().map(|c| if changed(c) { c.abs() } else { 0.0 }).collect();
        let ranks = Ranks::of(&sizes, self.same);
        let none = self.changes.iter().filter(|change| !changed(change)).count();
        if none == self.len() {
            return Err(Error::NoSpread { what: "change" });
        }
        let tied_zeros = usize::from(zeros == Zeros::Ranked && none > 1);
        let doubled = ranks.doubled.iter().zip(&kept).filter(|(_, c)| changed(c)).map(|(&rank, &c)| (rank, c > 0.0));
        Ok(Signed { doubled: doubled.collect(), ties: ranks.ties.len() > tied_zeros })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hollander and Wolfe (1999), pages 39, 40 and 53; StatXact 4, manual, page 167: ties and zeros.
    #[test]
    fn agrees_with_books() {
        let first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        let second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 314.0 / 100.0, 1.29];
        let pairs = Pairs::new(&first, &second).unwrap();
        assert!((pairs.signed_rank(Zeros::Dropped).unwrap().p_exact.unwrap() - 0.0391).abs() < 5e-5);
        assert!((pairs.hodges_lehmann().unwrap() + 0.46).abs() < 1e-12);
        let before: [u16; 20] =
            [149, 0, 0, 259, 106, 255, 0, 52, 340, 65, 180, 0, 84, 89, 212, 554, 500, 424, 112, 2600];
        let after: [u16; 20] = [0, 51, 0, 385, 0, 235, 0, 0, 48, 65, 77, 0, 0, 0, 53, 150, 0, 165, 98, 0];
        let pairs = Pairs::new(&before.map(f64::from), &after.map(f64::from)).unwrap();
        let found = pairs.signed_rank(Zeros::Dropped).unwrap();
        assert!((found.p_exact.unwrap() - 0.0021).abs() < 5e-5 && (found.p - 0.0038).abs() < 5e-5, "{found:?}");
        assert_eq!(pairs.hodges_lehmann(), Ok(-137.75));
    }

    /// Four changes: 0, 0, 1, -2. Dropped, the ranks are 1 and 2; ranked, 3 and 4.
    #[test]
    fn zeros_take_ranks_or_not() {
        let pairs = Pairs::new(&[5.0, 5.0, 5.0, 5.0], &[5.0, 5.0, 6.0, 3.0]).unwrap();
        let (dropped, ranked) = (pairs.signed_rank(Zeros::Dropped).unwrap(), pairs.signed_rank(Zeros::Ranked).unwrap());
        assert_eq!((dropped.up, dropped.down, dropped.zeros, dropped.ties), (1.0, 2.0, 2, false));
        assert_eq!((ranked.up, ranked.down, ranked.zeros, ranked.ties), (3.0, 4.0, 2, false));
        assert_eq!((dropped.p_exact, ranked.p_exact), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn what_has_no_figure_says_why() {
        let nobody = Pairs::new(&[1.0, 2.0], &[1.0, 2.0]).unwrap();
        assert_eq!(nobody.signed_rank(Zeros::Ranked), Err(Error::NoSpread { what: "change" }));
        assert_eq!(nobody.hodges_lehmann(), Err(Error::NoSpread { what: "change" }));
        let many = Pairs::new(&[0.0; 1_000], &[1.0; 1_000]).unwrap();
        assert!(many.signed_rank_exact(Zeros::Dropped).is_err());
        assert_eq!(many.signed_rank(Zeros::Dropped).unwrap().rank_biserial, 1.0);
        assert_eq!(many.hodges_lehmann(), Ok(1.0));
    }
}
