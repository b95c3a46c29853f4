//! Bounds without assumptions about who did not answer: Manski (1990), American Economic Review 80(2), 319-323.

use crate::{
    Interval,
    error::{Error, finite},
};

/// How many were asked, answered, and said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// How many were asked.
    pub asked: u64,
    /// How many of them answered.
    pub answered: u64,
    /// How many of those said yes (improved, stayed).
    pub hits: u64,
}

/// Between which shares the share of all who were asked lies: as if nobody, and as if everybody, who did not answer had
/// said yes. The bounds hold the truth about these people surely; they are no interval for others.
///
/// # Errors
/// [`Error::OutOfRange`] if nobody was asked, more answered than were asked, or more said yes than answered.
pub fn manski(group: Answered) -> Result<Interval, Error> {
    let Answered { asked, answered, hits } = group;
    if asked == 0 {
        return Err(Error::OutOfRange { what: "asked", value: 0.0 });
    }
    for (what, part, whole) in [("answered", answered, asked), ("hits", hits, answered)] {
        if part > whole {
            return Err(Error::OutOfRange { what, value: part as f64 });
        }
    }
    let share = |count: u64| count as f64 / asked as f64;
    Ok(Interval { lower: share(hits), upper: share(hits + (asked - answered)) })
}

/// The same for the mean of answers on a scale, of which `mean` is known of those who answered.
///
/// # Errors
/// [`Error::OutOfRange`] as [`manski`], or if the mean does not lie on the scale.
pub fn mean_bounds(mean: f64, (answered, asked): (u64, u64), scale: Interval) -> Result<Interval, Error> {
    finite("scale", scale.lower)?;
    finite("scale", scale.upper)?;
    if !(scale.lower <= mean && mean <= scale.upper) {
        return Err(Error::OutOfRange { what: "mean", value: mean });
    }
    let share = manski(Answered { asked, answered, hits: 0 })?.upper;
    Ok(scale.map(|end| mean + share * (end - mean)))
}

/// Bounds of the difference of two groups, the first minus the second: each at its worst for the other.
///
/// # Errors
/// As [`manski`], of either group.
pub fn difference_bounds(first: Answered, second: Answered) -> Result<Interval, Error> {
    let (first, second) = (manski(first)?, manski(second)?);
    Ok(Interval { lower: first.lower - second.upper, upper: first.upper - second.lower })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_or_everybody_of_the_silent() {
        let found = manski(Answered { asked: 10, answered: 6, hits: 3 }).unwrap();
        assert_eq!((found.lower, found.upper), (0.3, 0.7));
        let all = manski(Answered { asked: 10, answered: 10, hits: 3 }).unwrap();
        assert_eq!(all.lower, all.upper);
        let silent = manski(Answered { asked: 10, answered: 0, hits: 0 }).unwrap();
        assert_eq!((silent.lower, silent.upper), (0.0, 1.0));
    }

    #[test]
    fn means_and_differences() {
        let found = mean_bounds(4.0, (75, 100), Interval { lower: 1.0, upper: 5.0 }).unwrap();
        assert_eq!((found.lower, found.upper), (3.25, 4.25));
        let group = Answered { asked: 10, answered: 6, hits: 3 };
        let difference = difference_bounds(group, Answered { answered: 10, ..group }).unwrap();
        assert!((difference.lower - 0.0).abs() < 1e-15 && (difference.upper - 0.4).abs() < 1e-15);
    }

    #[test]
    fn what_cannot_be() {
        assert!(manski(Answered { asked: 0, answered: 0, hits: 0 }).is_err());
        assert!(manski(Answered { asked: 3, answered: 4, hits: 0 }).is_err());
        assert!(manski(Answered { asked: 3, answered: 2, hits: 3 }).is_err());
        assert!(mean_bounds(6.0, (1, 2), Interval { lower: 1.0, upper: 5.0 }).is_err());
        assert!(mean_bounds(f64::NAN, (1, 2), Interval { lower: 1.0, upper: 5.0 }).is_err());
    }
}
