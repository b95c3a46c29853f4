//! Two groups of different people: how far apart they are, and whether chance alone would do that.
//!
//! ```
//! use counterflow_statistics::two_sample::Samples;
//! let samples = Samples::new(&[3.0, 4.0, 5.0, 4.0], &[2.0, 3.0, 2.0, 3.0, 1.0])?;
//! let test = samples.welch(0.95)?;
//! assert_eq!(format!("{:.1} from {:.1} to {:.1}", test.estimate, test.interval.lower, test.interval.upper), "1.8 from 0.5 to 3.1");
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod rank_sum;

use crate::{
    Error,
    effect::{Effect, hedges_factor, shift_interval},
    sum::Moments,
    t_test::TTest,
};
pub use rank_sum::RankSum;

/// The values of two groups. Differences are the first minus the second.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    first: Vec<f64>,
    second: Vec<f64>,
}

/// A group in three numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many values there are.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, with n - 1; nothing of one value.
    pub sd: Option<f64>,
}

impl Samples {
    /// The values of both groups; missing ones are left out by the caller, and counted.
    ///
    /// # Errors
    /// [`Error::TooFew`] if a group is empty; [`Error::OutOfRange`] for an infinity or NaN.
    pub fn new(first: &[f64], second: &[f64]) -> Result<Self, Error> {
        Moments::of("the first group", first)?;
        Moments::of("the second group", second)?;
        Ok(Self { first: first.to_vec(), second: second.to_vec() })
    }

    /// Both groups in numbers.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a square is too large for a number.
    pub fn summaries(&self) -> Result<[Summary; 2], Error> {
        let of = |moments: Moments| {
            let sd = moments.variance("a group").ok().map(f64::sqrt);
            Summary { n: moments.n, mean: moments.mean, sd }
        };
        self.moments().map(|groups| groups.map(of))
    }

    /// Welch's t test, which lets the two spreads differ (Welch 1947, Biometrika 34, 28-35), with the degrees of freedom
    /// of Satterthwaite (1946). The one to use.
    ///
    /// # Errors
    /// [`Error::TooFew`] unless both groups have two values; [`Error::NoSpread`] if each has one value throughout;
    /// [`Error::OutOfRange`] for a level that is not between 0 and 1.
    pub fn welch(&self, level: f64) -> Result<TTest, Error> {
        let [first, second] = self.moments()?;
        let (n1, n2) = (first.n as f64, second.n as f64);
        let (v1, v2) = (first.variance("the first group")? / n1, second.variance("the second group")? / n2);
        self.spread(v1 + v2)?;
        let df = (v1 + v2).powi(2) / (v1 * v1 / (n1 - 1.0) + v2 * v2 / (n2 - 1.0));
        TTest::of(first.mean - second.mean, (v1 + v2).sqrt(), df, level)
    }

    /// Student's t test, which takes both spreads for the same.
    ///
    /// # Errors
    /// As [`Samples::welch`].
    pub fn pooled(&self, level: f64) -> Result<TTest, Error> {
        let [first, second] = self.moments()?;
        let (n1, n2) = (first.n as f64, second.n as f64);
        let std_err = self.pooled_sd()? * (1.0 / n1 + 1.0 / n2).sqrt();
        TTest::of(first.mean - second.mean, std_err, n1 + n2 - 2.0, level)
    }

    /// Cohen's d_s: the difference over the pooled standard deviation, with an interval by the noncentral t (Lakens 2013,
    /// formula 1; Cumming 2012, chapter 11). Its `corrected` is Hedges' g.
    ///
    /// # Errors
    /// As [`Samples::welch`], and [`Error::OutOfRange`] for a t beyond 10^4.
    pub fn effect(&self, level: f64) -> Result<Effect, Error> {
        let test = self.pooled(level)?;
        let (n1, n2) = (self.first.len() as f64, self.second.len() as f64);
        let unit = (1.0 / n1 + 1.0 / n2).sqrt();
        let interval = shift_interval(test.t, test.df, level)?.map(|shift| shift * unit);
        let estimate = test.t * unit;
        Ok(Effect { estimate, interval, corrected: estimate * hedges_factor(test.df)? })
    }

    /// Glass' delta: the difference over the standard deviation of the second group, which the program did not touch.
    ///
    /// # Errors
    /// [`Error::TooFew`] unless it has two values; [`Error::NoSpread`] if all of them are equal.
    pub fn glass_delta(&self) -> Result<f64, Error> {
        let [first, second] = self.moments()?;
        Ok((first.mean - second.mean) / second.spread("value of the second group")?.sqrt())
    }

    fn pooled_sd(&self) -> Result<f64, Error> {
        let [first, second] = self.moments()?;
        let (f1, f2) = (first.n as f64 - 1.0, second.n as f64 - 1.0);
        let squares = f1 * first.variance("the first group")? + f2 * second.variance("the second group")?;
        self.spread(squares / (f1 + f2)).map(f64::sqrt)
    }

    /// A variance that is more than what rounding leaves.
    fn spread(&self, variance: f64) -> Result<f64, Error> {
        let rounding = crate::rank::same_within(self.first.iter().chain(&self.second));
        if variance.sqrt() > rounding { Ok(variance) } else { Err(Error::NoSpread { what: "value of a group" }) }
    }

    fn moments(&self) -> Result<[Moments; 2], Error> {
        Ok([Moments::of("the first group", &self.first)?, Moments::of("the second group", &self.second)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Altman (1991), Practical Statistics for Medical Research, page 199: 24-hour energy expenditure.
    fn energy() -> Samples {
        let lean = [6.13, 7.05, 7.48, 7.48, 7.53, 7.58, 7.90, 8.08, 8.09, 8.11, 8.40, 10.15, 10.88];
        let obese = [8.79, 9.19, 9.21, 9.68, 9.69, 9.97, 11.51, 11.85, 12.79];
        Samples::new(&lean, &obese).unwrap()
    }

    #[test]
    fn agrees_with_a_book() {
        let (welch, pooled) = (energy().welch(0.95).unwrap(), energy().pooled(0.95).unwrap());
        assert!((welch.t + 3.8555).abs() < 5e-5 && (welch.df - 15.919).abs() < 5e-4, "{welch:?}");
        assert!((welch.p - 0.001411).abs() < 5e-7, "{welch:?}");
        assert!((pooled.t + 3.9456).abs() < 5e-5 && (pooled.p - 0.000799).abs() < 5e-7, "{pooled:?}");
        assert!((pooled.interval.lower + 3.411451).abs() < 5e-7 && (pooled.interval.upper + 1.051796).abs() < 5e-7);
    }

    #[test]
    fn two_values_are_the_least() {
        let found = Samples::new(&[1.0, 3.0], &[2.0, 2.0]).unwrap();
        assert_eq!(found.welch(0.95).unwrap().p, 1.0);
        assert_eq!(found.glass_delta(), Err(Error::NoSpread { what: "value of the second group" }));
        let one = Samples::new(&[1.0], &[2.0, 3.0]).unwrap();
        assert_eq!(one.welch(0.95), Err(Error::TooFew { what: "the first group", have: 1, need: 2 }));
        assert_eq!(one.summaries().unwrap()[0].sd, None);
    }

    #[test]
    fn what_has_no_figure_says_why() {
        let flat = Samples::new(&[0.1 + 0.2, 0.3], &[0.5, 0.5]).unwrap();
        for found in [flat.welch(0.95), flat.pooled(0.95)] {
            assert_eq!(found, Err(Error::NoSpread { what: "value of a group" }));
        }
        assert!(Samples::new(&[], &[1.0]).is_err());
        assert!(Samples::new(&[f64::INFINITY], &[1.0]).is_err());
        assert!(energy().welch(1.0).is_err());
    }
}
