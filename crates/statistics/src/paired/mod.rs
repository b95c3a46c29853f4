//! The same people before and after: how far they changed, and whether chance alone would do that.
//!
//! Without people who were not in the program a change is no effect of it: everybody may have changed, and people who
//! start far from the mean come nearer to it by themselves (regression to the mean). A report says so beside the figures.
//!
//! ```
//! use counterflow_statistics::paired::Pairs;
//! let pairs = Pairs::new(&[2.0, 3.0, 1.0, 4.0, 2.0], &[3.0, 3.0, 3.0, 5.0, 4.0])?;
//! let test = pairs.t_test(0.95)?;
//! assert_eq!(format!("{:.1} from {:.1} to {:.1}", test.estimate, test.interval.lower, test.interval.upper), "1.2 from 0.2 to 2.2");
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod signed_rank;

use crate::{
    Error,
    distribution::binomial,
    effect::{Effect, hedges_factor, shift_interval},
    sum::{Moments, total},
    t_test::TTest,
};
pub use signed_rank::{SignedRank, Zeros};

/// What each person answered before and after, in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    before: Vec<f64>,
    after: Vec<f64>,
    changes: Vec<f64>,
    /// Changes so small are none: rounding of their subtraction.
    same: f64,
}

/// How many went up and down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignTest {
    /// How many rose.
    pub up: u64,
    /// How many fell.
    pub down: u64,
    /// The exact probability of a split so uneven if both were as likely, to either side (Dixon and Mood 1946).
    pub p: f64,
}

impl Pairs {
    /// Pairs of answers; who did not answer both times is left out by the caller, and counted.
    ///
    /// # Errors
    /// [`Error::Lengths`] unless both lists have one length; [`Error::TooFew`] if they are empty;
    /// [`Error::OutOfRange`] for an infinity or NaN.
    pub fn new(before: &[f64], after: &[f64]) -> Result<Self, Error> {
        if before.len() != after.len() {
            return Err(Error::Lengths { what: "after", have: after.len(), need: before.len() });
        }
        let changes: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        for (what, values) in [("before", before), ("after", after), ("change", &changes)] {
            Moments::of(what, values)?;
        }
        let same = crate::rank::same_within(before.iter().chain(after));
        Ok(Self { before: before.to_vec(), after: after.to_vec(), changes, same })
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Never: there is at least one pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The standard deviation of the changes.
    ///
    /// # Errors
    /// [`Error::TooFew`] with one pair.
    pub fn spread_of_changes(&self) -> Result<f64, Error> {
        Moments::of("change", &self.changes)?.variance("pairs").map(f64::sqrt)
    }

    /// The paired t test (Student 1908), with an interval of confidence `level` for the mean change.
    ///
    /// # Errors
    /// [`Error::TooFew`] with one pair; [`Error::NoSpread`] if everybody changed by the same; [`Error::OutOfRange`] for a
    /// level that is not between 0 and 1.
    pub fn t_test(&self, level: f64) -> Result<TTest, Error> {
        let moments = Moments::of("change", &self.changes)?;
        let n = self.len() as f64;
        TTest::of(moments.mean, (self.change_variance()? / n).sqrt(), n - 1.0, level)
    }

    /// Cohen's dz: the mean change over the standard deviation of the changes, with an interval by the noncentral t
    /// (Lakens 2013, Frontiers in Psychology 4:863, formulas 6 and 7; Cumming 2012, chapter 11).
    ///
    /// # Errors
    /// As [`Pairs::t_test`], and [`Error::OutOfRange`] for a t beyond 10^4.
    pub fn effect(&self, level: f64) -> Result<Effect, Error> {
        let test = self.t_test(level)?;
        let root = (self.len() as f64).sqrt();
        let limits = shift_interval(test.t, test.df, level)?.map(|shift| shift / root);
        let estimate = test.t / root;
        Ok(Effect { estimate, interval: limits, corrected: estimate * self.hedges_factor()? })
    }

    /// Hedges' factor for n - 1 degrees of freedom, by which any of the standardized changes here is corrected.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] with fewer than three pairs.
    pub fn hedges_factor(&self) -> Result<f64, Error> {
        hedges_factor(self.len() as f64 - 1.0)
    }

    /// Cohen's d_av: the mean change over the root of the mean variance of before and after (Cumming 2012, formula 11.10).
    /// Unlike dz it does not grow with the correlation of the two, so it compares with effects between groups.
    ///
    /// # Errors
    /// [`Error::TooFew`] with one pair; [`Error::NoSpread`] if nobody differs from another before or after.
    pub fn d_average(&self) -> Result<f64, Error> {
        let (before, after) = self.both()?;
        let variance = 0.5 * (before.variance("pairs")? + after.variance("pairs")?);
        let mean = self.mean_change()?;
        if variance > 0.0 { Ok(mean / variance.sqrt()) } else { Err(Error::NoSpread { what: "before and after" }) }
    }

    /// Cohen's d_rm: dz times `sqrt(2 (1 - r))` (Lakens 2013, formula 9).
    ///
    /// # Errors
    /// As [`Pairs::correlation`] and [`Pairs::t_test`].
    pub fn d_repeated(&self) -> Result<f64, Error> {
        Ok(self.mean_change()? / self.change_variance()?.sqrt() * (2.0 * (1.0 - self.correlation()?)).max(0.0).sqrt())
    }

    /// The mean change over the standard deviation before.
    ///
    /// # Errors
    /// [`Error::TooFew`] with one pair; [`Error::NoSpread`] if all were equal before.
    pub fn d_before(&self) -> Result<f64, Error> {
        Ok(self.mean_change()? / Moments::of("before", &self.before)?.spread("before")?.sqrt())
    }

    /// Pearson's correlation of before and after.
    ///
    /// # Errors
    /// [`Error::TooFew`] with one pair; [`Error::NoSpread`] if all were equal before or after.
    pub fn correlation(&self) -> Result<f64, Error> {
        let (before, after) = self.both()?;
        let spread = (before.spread("before")?.sqrt(), after.spread("after")?.sqrt());
        let products = self.before.iter().zip(&self.after).map(|(x, y)| (x - before.mean) * (y - after.mean));
        let r = total(products) / (self.len() - 1) as f64 / spread.0 / spread.1;
        Ok(r.clamp(-1.0, 1.0))
    }

    /// The sign test: who rose against who fell; who stayed the same says nothing.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody changed.
    pub fn sign_test(&self) -> Result<SignTest, Error> {
        let count =
            |direction: f64| self.changes.iter().filter(|&&change| direction * change > self.same).count() as u64;
        let (up, down) = (count(1.0), count(-1.0));
        if up + down == 0 {
            return Err(Error::NoSpread { what: "change" });
        }
        let p = (2.0 * binomial::at_least(up.max(down), up + down, 0.5)?).min(1.0);
        Ok(SignTest { up, down, p })
    }

    fn mean_change(&self) -> Result<f64, Error> {
        Moments::of("change", &self.changes).map(|moments| moments.mean)
    }

    /// The variance of changes that are not all the same but for rounding.
    fn change_variance(&self) -> Result<f64, Error> {
        let variance = Moments::of("change", &self.changes)?.variance("pairs")?;
        if variance.sqrt() > self.same { Ok(variance) } else { Err(Error::NoSpread { what: "change" }) }
    }

    fn both(&self) -> Result<(Moments, Moments), Error> {
        Ok((Moments::of("before", &self.before)?, Moments::of("after", &self.after)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student (1908): hours of sleep gained by ten patients.
    fn sleep() -> Pairs {
        let before = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let after = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        Pairs::new(&before, &after).unwrap()
    }

    #[test]
    fn agrees_with_student() {
        let test = sleep().t_test(0.95).unwrap();
        assert!((test.t - 4.0621).abs() < 5e-5 && (test.p - 0.002833).abs() < 5e-7, "{test:?}");
        assert!((test.interval.lower - 0.7001142).abs() < 5e-8 && (test.interval.upper - 2.4598858).abs() < 5e-8);
        let sign = sleep().sign_test().unwrap();
        assert_eq!((sign.up, sign.down), (9, 0));
        assert!((sign.p - 2.0 / 512.0).abs() < 1e-16);
    }

    #[test]
    fn what_has_no_figure_says_why() {
        let all_alike = Pairs::new(&[0.1, 0.2, 0.3], &[0.4, 0.5, 0.6]).unwrap();
        assert_eq!(all_alike.t_test(0.95), Err(Error::NoSpread { what: "change" }));
        assert_eq!(all_alike.sign_test().unwrap().up, 3);
        let nobody = Pairs::new(&[1.0, 2.0], &[1.0, 2.0]).unwrap();
        assert_eq!(nobody.sign_test(), Err(Error::NoSpread { what: "change" }));
        assert_eq!(nobody.d_average(), Ok(0.0));
        assert_eq!(
            Pairs::new(&[1.0], &[2.0]).unwrap().t_test(0.95),
            Err(Error::TooFew { what: "pairs", have: 1, need: 2 })
        );
        assert_eq!(Pairs::new(&[1.0], &[]), Err(Error::Lengths { what: "after", have: 0, need: 1 }));
        assert!(Pairs::new(&[], &[]).is_err());
        assert!(Pairs::new(&[f64::NAN], &[1.0]).is_err());
        assert!(Pairs::new(&[f64::MIN], &[f64::MAX]).is_err());
        assert!(sleep().t_test(0.0).is_err());
        assert!(Pairs::new(&[1.0, 1.0], &[2.0, 3.0]).unwrap().correlation().is_err());
    }
}
