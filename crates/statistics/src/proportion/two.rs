//! Two groups of different people: a table of two by two.

use super::{wilson, wilson_corrected};
use crate::{
    Interval,
    distribution::{chi_squared, normal},
    error::Error,
};

/// How many of how many said yes in two groups. Differences are the first minus the second, ratios the first over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub(super) x1: u64,
    pub(super) n1: u64,
    pub(super) x2: u64,
    pub(super) n2: u64,
}

/// A test by the normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZTest {
    /// How far from what was expected, in standard errors.
    pub z: f64,
    /// Two-sided.
    pub p: f64,
}

/// A ratio of shares or odds, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// The ratio; infinity if the second group has none.
    pub estimate: f64,
    /// Its interval; nothing if a cell is empty, of which the logarithm has no spread.
    pub interval: Option<Interval>,
}

impl Table {
    /// `x1` of `n1` against `x2` of `n2`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a group is empty or has more hits than people.
    pub fn new((x1, n1): (u64, u64), (x2, n2): (u64, u64)) -> Result<Self, Error> {
        for (what, n) in [("n1", n1), ("n2", n2)] {
            if n == 0 {
                return Err(Error::OutOfRange { what, value: 0.0 });
            }
        }
        for (what, x, n) in [("x1", x1, n1), ("x2", x2, n2)] {
            if x > n {
                return Err(Error::OutOfRange { what, value: x as f64 });
            }
        }
        Ok(Self { x1, n1, x2, n2 })
    }

    /// The difference of the two shares.
    #[must_use]
    pub fn difference(&self) -> f64 {
        let (p1, p2) = self.shares();
        p1 - p2
    }

    /// The hybrid score interval of the difference: method 10 of Newcombe (1998), Statistics in Medicine 17, 873-890.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a level that is not between 0 and 1.
    pub fn newcombe(&self, level: f64) -> Result<Interval, Error> {
        self.hybrid(wilson(self.x1, self.n1, level)?, wilson(self.x2, self.n2, level)?)
    }

    /// The same with corrections for continuity: method 11.
    ///
    /// # Errors
    /// As [`Table::newcombe`].
    pub fn newcombe_corrected(&self, level: f64) -> Result<Interval, Error> {
        self.hybrid(wilson_corrected(self.x1, self.n1, level)?, wilson_corrected(self.x2, self.n2, level)?)
    }

    fn hybrid(&self, one: Interval, two: Interval) -> Result<Interval, Error> {
        let ((p1, p2), difference) = (self.shares(), self.difference());
        let lower = difference - (p1 - one.lower).hypot(two.upper - p2);
        let upper = difference + (one.upper - p1).hypot(p2 - two.lower);
        Ok(Interval { lower: lower.max(-1.0), upper: upper.min(1.0) })
    }

    /// The z test with the pooled share, whose square is Pearson's chi-squared.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody or everybody said yes.
    pub fn z_test(&self) -> Result<ZTest, Error> {
        let (n1, n2, pooled) = (self.n1 as f64, self.n2 as f64, self.pooled()?);
        let z = self.difference() / (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
        Ok(ZTest { z, p: (2.0 * normal::sf(z.abs())).min(1.0) })
    }

    /// The p of Pearson's chi-squared with the correction of Yates (1934): half an answer less, or as much as there is.
    ///
    /// # Errors
    /// As [`Table::z_test`].
    pub fn yates(&self) -> Result<f64, Error> {
        let (n1, n2, pooled) = (self.n1 as f64, self.n2 as f64, self.pooled()?);
        // All four cells are as far from what is expected.
        let off = (self.x1 as f64 - n1 * pooled).abs();
        let square = (off - off.min(0.5)).powi(2);
        let chi = square * (1.0 / n1 + 1.0 / n2) / (pooled * (1.0 - pooled));
        chi_squared::sf(chi, 1.0)
    }

    /// The risk ratio, with the interval of Katz et al. (1978), Biometrics 34, 469-474.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody said yes in either group.
    pub fn risk_ratio(&self, level: f64) -> Result<Chance, Error> {
        let (p1, p2) = self.shares();
        if self.x1 + self.x2 == 0 {
            return Err(Error::NoSpread { what: "answer" });
        }
        let variance = 1.0 / self.x1 as f64 - 1.0 / self.n1 as f64 + 1.0 / self.x2 as f64 - 1.0 / self.n2 as f64;
        Chance::on_logarithms(p1 / p2, variance, level)
    }

    /// The odds ratio of the sample, with the interval of Woolf (1955), Annals of Human Genetics 19, 251-253.
    ///
    /// # Errors
    /// [`Error::NoSpread`] if nobody or everybody said yes.
    pub fn odds_ratio(&self, level: f64) -> Result<Chance, Error> {
        self.pooled()?;
        let cells = [self.x1, self.n1 - self.x1, self.x2, self.n2 - self.x2].map(|cell| cell as f64);
        let [yes1, no1, yes2, no2] = cells;
        let variance = cells.iter().map(|cell| 1.0 / cell).sum();
        Chance::on_logarithms(yes1 * no2 / (no1 * yes2), variance, level)
    }

    pub(super) fn shares(&self) -> (f64, f64) {
        (self.x1 as f64 / self.n1 as f64, self.x2 as f64 / self.n2 as f64)
    }

    /// The share of both groups together, if it is not 0 or 1.
    fn pooled(&self) -> Result<f64, Error> {
        let (hits, all) = (self.x1 + self.x2, self.n1 + self.n2);
        if hits == 0 || hits == all { Err(Error::NoSpread { what: "answer" }) } else { Ok(hits as f64 / all as f64) }
    }
}

impl Chance {
    /// A ratio whose logarithm has this variance, infinite if a cell is empty.
    pub(crate) fn on_logarithms(estimate: f64, variance: f64, level: f64) -> Result<Self, Error> {
        let half = normal::two_sided(1.0 - level)? * variance.sqrt();
        let interval = Interval { lower: estimate * (-half).exp(), upper: estimate * half.exp() };
        Ok(Self { estimate, interval: variance.is_finite().then_some(interval) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe (1998), table II, methods 10 and 11.
    #[test]
    fn agrees_with_newcombes_table() {
        for (one, two, lower, upper) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ] {
            let found = Table::new(one, two).unwrap().newcombe(0.95).unwrap();
            assert!((found.lower - lower).abs() < 5e-5 && (found.upper - upper).abs() < 5e-5, "{one:?} {found:?}");
        }
        let found = Table::new((56, 70), (48, 80)).unwrap().newcombe_corrected(0.95).unwrap();
        assert!((found.lower - 0.0428).abs() < 5e-5 && (found.upper - 0.3422).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn the_square_of_z_is_pearsons_chi_squared() {
        let table = Table::new((56, 70), (48, 80)).unwrap();
        let found = table.z_test().unwrap();
        assert!((found.p / chi_squared::sf(found.z * found.z, 1.0).unwrap() - 1.0).abs() < 1e-13);
        assert!(table.yates().unwrap() > found.p);
    }

    #[test]
    fn empty_cells() {
        let none = Table::new((0, 5), (0, 7)).unwrap();
        assert_eq!(none.z_test(), Err(Error::NoSpread { what: "answer" }));
        assert!(none.yates().is_err() && none.odds_ratio(0.95).is_err() && none.risk_ratio(0.95).is_err());
        let apart = Table::new((5, 5), (0, 7)).unwrap();
        assert_eq!(apart.risk_ratio(0.95).unwrap(), Chance { estimate: f64::INFINITY, interval: None });
        assert_eq!(apart.odds_ratio(0.95).unwrap(), Chance { estimate: f64::INFINITY, interval: None });
        let all = Table::new((5, 5), (7, 7)).unwrap();
        assert_eq!(all.risk_ratio(0.95).unwrap().estimate, 1.0);
        assert!(all.odds_ratio(0.95).is_err());
        assert!(Table::new((0, 0), (0, 7)).is_err());
        assert!(Table::new((1, 5), (8, 7)).is_err());
    }
}
