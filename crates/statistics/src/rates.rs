//! Events by the time that people were watched: so many exits in so many person-years.

use crate::{
    Interval,
    distribution::{binomial, gamma, normal},
    error::{Error, above, inside},
    proportion::{Chance, clopper_pearson},
};

/// Counts whose probabilities differ by less than this share are as likely as each other.
const AS_LIKELY: f64 = 1e-7;

/// Events and the time in which they happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    events: u64,
    time: f64,
}

/// One rate over another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    /// The ratio; infinity if the second group has no events.
    pub estimate: f64,
    /// Exact, given how many events there are in all: Clopper and Pearson's limits of the share of the first group.
    pub exact: Interval,
    /// By the logarithm and `1/d1 + 1/d2`; nothing if a group has no events.
    pub wald: Option<Interval>,
    /// Two-sided and exact: all splits of the events that are at most as likely as this one if the rates were equal.
    pub p: f64,
}

impl Rate {
    /// `events` in a sum of times, in any unit.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the time is above 0.
    pub fn new(events: u64, time: f64) -> Result<Self, Error> {
        Ok(Self { events, time: above("time", time, 0.0)? })
    }

    /// Events in a unit of time.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.events as f64 / self.time
    }

    /// The exact interval of Garwood (1936), Biometrika 28, 437-442: quantiles of the gamma distribution.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a level that is not between 0 and 1.
    pub fn garwood(&self, level: f64) -> Result<Interval, Error> {
        let tail = 0.5 * (1.0 - inside("level", level)?);
        let count = self.events as f64;
        let lower = if self.events == 0 { 0.0 } else { gamma::quantile(tail, count)? };
        let upper = gamma::quantile(1.0 - tail, count + 1.0)?;
        Ok(Interval { lower, upper }.map(|limit| limit / self.time))
    }

    /// Byar's approximation of it (Rothman and Boice 1979), to compare with what others print.
    ///
    /// # Errors
    /// As [`Rate::garwood`].
    pub fn byar(&self, level: f64) -> Result<Interval, Error> {
        let z = normal::two_sided(1.0 - level)?;
        let limit = |count: f64, z: f64| count * (1.0 - 1.0 / (9.0 * count) + z / (3.0 * count.sqrt())).powi(3);
        let count = self.events as f64;
        let lower = if self.events == 0 { 0.0 } else { limit(count, -z).max(0.0) };
        Ok(Interval { lower, upper: limit(count + 1.0, z) }.map(|limit| limit / self.time))
    }

    /// This rate over another one: given the sum of the events, those of this group are binomial (Przyborowski and
    /// Wilenski 1940, Biometrika 31, 313-323).
    ///
    /// # Errors
    /// [`Error::NoSpread`] if there are no events; [`Error::OutOfRange`] for a level that is not between 0 and 1.
    pub fn over(&self, other: &Self, level: f64) -> Result<RateRatio, Error> {
        let all = self.events + other.events;
        if all == 0 {
            return Err(Error::NoSpread { what: "event" });
        }
        let odds =
            |share: f64| if share < 1.0 { share / (1.0 - share) * (other.time / self.time) } else { f64::INFINITY };
        let estimate = self.estimate() / other.estimate();
        let variance = 1.0 / self.events as f64 + 1.0 / other.events as f64;
        Ok(RateRatio {
            estimate,
            exact: clopper_pearson(self.events, all, level)?.map(odds),
            wald: Chance::on_logarithms(estimate, variance, level)?.interval,
            p: as_unlikely(self.events, all, self.time / (self.time + other.time))?,
        })
    }
}

/// The probability of all counts of `n` that are at most as likely as `k`. On each side the counts beyond a point are, so
/// that a tail on either side is all there is to add.
fn as_unlikely(k: u64, n: u64, p: f64) -> Result<f64, Error> {
    let most = binomial::exactly(k, n, p)? * (1.0 + AS_LIKELY);
    let mode = (((n + 1) as f64 * p) as u64).min(n);
    let rare = |count: u64| Ok::<bool, Error>(binomial::exactly(count, n, p)? <= most);
    if rare(mode)? {
        return Ok(1.0);
    }
    let under = edge(mode, 0, rare)?.map_or(Ok(0.0), |count| binomial::at_most(count, n, p))?;
    let over = edge(mode, n, rare)?.map_or(Ok(0.0), |count| binomial::at_least(count, n, p))?;
    Ok((under + over).min(1.0))
}

/// The first count from `near`, which is not rare, towards `far` that is; by halving.
fn edge(mut near: u64, mut far: u64, rare: impl Fn(u64) -> Result<bool, Error>) -> Result<Option<u64>, Error> {
    if !rare(far)? {
        return Ok(None);
    }
    while near.abs_diff(far) > 1 {
        let half = near.midpoint(far);
        if rare(half)? { far = half } else { near = half }
    }
    Ok(Some(far))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Garwood (1936): the limits of 0, 1 and 10 events.
    #[test]
    fn agrees_with_a_printed_table() {
        for (events, lower, upper) in [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)] {
            let found = Rate::new(events, 1.0).unwrap().garwood(0.95).unwrap();
            assert!((found.lower - lower).abs() < 5e-4 && (found.upper - upper).abs() < 5e-4, "{events}: {found:?}");
        }
    }

    /// 2 of 10 events in a group that was watched as long as the other: 0, 1, 2, 8, 9 and 10 are at most as likely.
    #[test]
    fn a_ratio_by_hand() {
        let found = Rate::new(2, 50.0).unwrap().over(&Rate::new(8, 50.0).unwrap(), 0.95).unwrap();
        assert!((found.p - 112.0 / 1024.0).abs() < 1e-15, "{found:?}");
        assert_eq!(found.estimate, 0.25);
        assert!(found.exact.lower < 0.25 && found.exact.upper > 1.0);
        let tied = Rate::new(5, 1.0).unwrap().over(&Rate::new(5, 1.0).unwrap(), 0.95).unwrap();
        assert_eq!(tied.p, 1.0);
    }

    #[test]
    fn no_events() {
        let (none, some) = (Rate::new(0, 9.0).unwrap(), Rate::new(3, 9.0).unwrap());
        let found = none.over(&some, 0.95).unwrap();
        assert_eq!((found.estimate, found.exact.lower, found.wald), (0.0, 0.0, None));
        assert_eq!(some.over(&none, 0.95).unwrap().exact.upper, f64::INFINITY);
        assert!((found.p - 0.25).abs() < 1e-15);
        assert_eq!(none.over(&none, 0.95), Err(Error::NoSpread { what: "event" }));
        assert_eq!(none.byar(0.95).unwrap().lower, 0.0);
        assert!(Rate::new(1, 0.0).is_err());
        assert!(some.garwood(1.0).is_err());
    }
}
