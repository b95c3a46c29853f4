//! Fisher's test and the odds ratio that goes with it: given how many there are in each group and how many said yes in all,
//! each split of the yes among the groups has its probability.

use super::Table;
use crate::{
    Interval,
    error::{Error, inside},
    solve,
    sum::{Sum, total},
};

/// Splits whose probabilities differ by less than this share are as likely as each other, so that rounding does not tell
/// mirror images apart.
const AS_LIKELY: f64 = 1e-7;
/// As far as logarithms of odds are looked for.
const FARTHEST: f64 = 700.0;

/// Fisher's exact test (1935).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FisherTest {
    /// Two-sided: all splits that are at most as likely as this one.
    pub p: f64,
    /// So many or more in the first group.
    pub greater: f64,
    /// So many or fewer in the first group.
    pub less: f64,
}

/// The odds ratio that makes the split likeliest, given the margins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConditionalOdds {
    /// 0 or infinity if the split is the last on its side.
    pub estimate: f64,
    /// Exact: each tail has at most `(1 - level) / 2` (Cornfield 1956; Fay 2010, The R Journal 2, 53-58).
    pub interval: Interval,
}

/// The splits that the margins allow.
struct Splits {
    /// Of each, the logarithm of its weight at an odds ratio of 1: that of the likeliest is 0.
    ln_weights: Vec<f64>,
    /// The place of the split that was observed.
    observed: usize,
}

impl Table {
    /// Fisher's exact test.
    #[must_use]
    pub fn fisher(&self) -> FisherTest {
        let splits = Splits::of(self);
        let own = splits.ln_weights[splits.observed];
        let rare = |ln_weight: &&f64| **ln_weight <= own + AS_LIKELY;
        let ln_all = ln_total(&splits.ln_weights);
        let p = (ln_total(splits.ln_weights.iter().filter(rare)) - ln_all).exp().min(1.0);
        let (less, greater) = splits.ln_tails(0.0);
        FisherTest { p, greater: greater.exp().min(1.0), less: less.exp().min(1.0) }
    }

    /// The conditional maximum likelihood estimate of the odds ratio and its exact interval.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if the margins allow only one split; [`Error::OutOfRange`] for a level that is not between 0
    /// and 1; [`Error::OutOfReach`] for ratios beyond e^700.
    pub fn conditional_odds(&self, level: f64) -> Result<ConditionalOdds, Error> {
        let tail = (0.5 * (1.0 - inside("level", level)?)).ln();
        let splits = Splits::of(self);
        let last = splits.ln_weights.len() - 1;
        if last == 0 {
            return Err(Error::NoSpread { what: "answer" });
        }
        let (is_first, is_last) = (splits.observed == 0, splits.observed == last);
        let estimate = match (is_first, is_last) {
            (true, _) => 0.0,
            (_, true) => f64::INFINITY,
            _ => search(|ln_odds| splits.mean_off(ln_odds))?,
        };
        let lower = if is_first { 0.0 } else { search(|ln_odds| splits.ln_tails(ln_odds).1 - tail)? };
        let upper = if is_last { f64::INFINITY } else { search(|ln_odds| tail - splits.ln_tails(ln_odds).0)? };
        Ok(ConditionalOdds { estimate, interval: Interval { lower, upper } })
    }
}

impl Splits {
    /// Weights from the likeliest split outward by the ratios of neighbors, so that no difference of large logarithms is
    /// taken.
    fn of(table: &Table) -> Self {
        let hits = table.x1 + table.x2;
        let (low, high) = (hits.saturating_sub(table.n2), hits.min(table.n1));
        // From k in the first group to k + 1.
        let ln_ratio = |k: u64| {
            let (up, down) =
                ((table.n1 - k) as f64 * (hits - k) as f64, (k + 1) as f64 * (table.n2 + k + 1 - hits) as f64);
            (up / down).ln()
        };
        let all = u128::from(table.n1 + table.n2) + 2;
        let mode = (u128::from(table.n1 + 1) * u128::from(hits + 1) / all) as u64;
        let mode = mode.clamp(low, high);
        let outward = |steps: &mut dyn Iterator<Item = f64>| {
            let mut sum = Sum::default();
            let weights = steps.map(|step| {
                sum.add(step);
                sum.value()
            });
            weights.collect::<Vec<_>>()
        };
        let mut ln_weights = outward(&mut (low..mode).rev().map(|k| -ln_ratio(k)));
        ln_weights.reverse();
        ln_weights.push(0.0);
        ln_weights.extend(outward(&mut (mode..high).map(ln_ratio)));
        Self { ln_weights, observed: (table.x1 - low) as usize }
    }

    /// The logarithms of the weights at an odds ratio.
    fn tilted(&self, ln_odds: f64) -> Vec<f64> {
        self.ln_weights.iter().enumerate().map(|(k, ln_weight)| ln_weight + k as f64 * ln_odds).collect()
    }

    /// The logarithms of the probabilities of so many or fewer, and of so many or more.
    fn ln_tails(&self, ln_odds: f64) -> (f64, f64) {
        let tilted = self.tilted(ln_odds);
        let all = ln_total(&tilted);
        (ln_total(&tilted[..=self.observed]) - all, ln_total(&tilted[self.observed..]) - all)
    }

    /// How far the mean split lies above the observed one.
    fn mean_off(&self, ln_odds: f64) -> f64 {
        let tilted = self.tilted(ln_odds);
        let most = tilted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = || tilted.iter().map(|ln_weight| (ln_weight - most).exp());
        let off = weights().enumerate().map(|(k, weight)| weight * (k as f64 - self.observed as f64));
        total(off) / total(weights())
    }
}

/// The logarithm of the sum of numbers of which the logarithms are given.
fn ln_total<'a>(ln_weights: impl IntoIterator<Item = &'a f64> + Clone) -> f64 {
    let most = ln_weights.clone().into_iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + total(ln_weights.into_iter().map(|ln_weight| (ln_weight - most).exp())).ln()
}

/// The odds at which a function of their logarithm that rises is zero.
fn search(f: impl Fn(f64) -> f64) -> Result<f64, Error> {
    let mut reach = 1.0;
    while (f(-reach) > 0.0 || f(reach) < 0.0) && reach < FARTHEST {
        reach = (2.0 * reach).min(FARTHEST);
    }
    solve::zero("odds ratio", (-reach, reach), |ln_odds| Ok(f(ln_odds))).map(f64::exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fisher's lady who tasted tea: she told three of four cups; eight cups, 70 splits.
    #[test]
    fn the_lady_tasting_tea() {
        let table = Table::new((3, 4), (1, 4)).unwrap();
        let found = table.fisher();
        for (p, ways) in [(found.p, 34.0), (found.greater, 17.0), (found.less, 69.0)] {
            assert!((p - ways / 70.0).abs() < 1e-15, "{found:?}");
        }
        // Bisection with 40 digits in mpmath.
        let odds = table.conditional_odds(0.95).unwrap();
        assert!((odds.estimate / 6.408_319_658_199_674 - 1.0).abs() < 1e-12, "{odds:?}");
        assert!((odds.interval.lower / 0.211_735_595_446_578_58 - 1.0).abs() < 1e-12, "{odds:?}");
        assert!((odds.interval.upper / 626.243_530_588_814 - 1.0).abs() < 1e-12, "{odds:?}");
    }

    /// 0 of 3 against 3 of 3: P(K <= 0) is 1 / (1 + 9 r + 9 r^2 + r^3).
    #[test]
    fn the_last_split_has_one_limit() {
        let apart = Table::new((0, 3), (3, 3)).unwrap();
        let found = apart.conditional_odds(0.95).unwrap();
        assert_eq!((found.estimate, found.interval.lower), (0.0, 0.0));
        let r = found.interval.upper;
        assert!((1.0 / (1.0 + 9.0 * r + 9.0 * r * r + r.powi(3)) - 0.025).abs() < 1e-15);
        let turned = Table::new((3, 3), (0, 3)).unwrap().conditional_odds(0.95).unwrap();
        assert_eq!((turned.estimate, turned.interval.upper), (f64::INFINITY, f64::INFINITY));
        assert!((turned.interval.lower * r - 1.0).abs() < 1e-12);
    }

    #[test]
    fn large_groups_and_tiny_tails() {
        let found = Table::new((9_000, 10_000), (7_000, 10_000)).unwrap().fisher();
        assert!(found.p > 0.0 && found.p < 1e-250, "{found:?}");
        assert!((found.less - 1.0).abs() < 1e-12);
        let everybody = Table::new((4, 4), (9, 9)).unwrap();
        assert_eq!(everybody.fisher().p, 1.0);
        assert_eq!(everybody.conditional_odds(0.95), Err(Error::NoSpread { what: "answer" }));
        assert!(Table::new((1, 4), (2, 9)).unwrap().conditional_odds(1.0).is_err());
    }
}
