//! How few people are too few.

use crate::error::{Error, inside};

/// The thresholds of one wave, fixed before anybody answers. They may be raised, and never lowered below the defaults'
/// floor of 5 people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    k: usize,
    k_comments: usize,
    event_min: usize,
    rounding: u64,
    dominance: f64,
}

/// No threshold is lower, whatever is asked for.
const FLOOR: usize = 5;

impl Default for Policy {
    /// 5 people for a score, 10 for comments and for what is known of somebody's employment, 10 events in each arm for a
    /// model, numbers at risk in fives, and no contribution to a sum known to within 10 percent.
    fn default() -> Self {
        Self { k: 5, k_comments: 10, event_min: 10, rounding: 5, dominance: 0.1 }
    }
}

impl Policy {
    /// The default with at least `k` people for everything and at least `k_comments` for comments and employment.
    ///
    /// # Errors
    /// [`Error::BelowThreshold`] for fewer than 5, or for fewer comments than scores.
    pub fn new(k: usize, k_comments: usize) -> Result<Self, Error> {
        let at_least = |have, need| if have < need { Err(Error::BelowThreshold { have, need }) } else { Ok(have) };
        Ok(Self { k: at_least(k, FLOOR)?, k_comments: at_least(k_comments, k)?, ..Self::default() })
    }

    /// With at least so many events in each arm of a model.
    ///
    /// # Errors
    /// [`Error::BelowThreshold`] for fewer than 5.
    pub fn with_event_min(self, event_min: usize) -> Result<Self, Error> {
        if event_min < FLOOR {
            return Err(Error::BelowThreshold { have: event_min, need: FLOOR });
        }
        Ok(Self { event_min, ..self })
    }

    /// With numbers at risk rounded to multiples of this.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] below 5.
    pub fn with_rounding(self, rounding: u64) -> Result<Self, Error> {
        if rounding < FLOOR as u64 {
            return Err(Error::OutOfRange { what: "rounding", value: rounding as f64 });
        }
        Ok(Self { rounding, ..self })
    }

    /// With no contribution to a sum known to within this share of it (the p % rule).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless it lies between 0 and 1.
    pub fn with_dominance(self, dominance: f64) -> Result<Self, Error> {
        Ok(Self { dominance: inside("dominance", dominance)?, ..self })
    }

    /// The fewest people of whom a score or a count is shown.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// The fewest people whose comments, exits or ratings are shown.
    #[must_use]
    pub fn k_comments(&self) -> usize {
        self.k_comments
    }

    /// The fewest events in each arm for which a model is shown.
    #[must_use]
    pub fn event_min(&self) -> usize {
        self.event_min
    }

    /// Numbers at risk are shown as multiples of this.
    #[must_use]
    pub fn rounding(&self) -> u64 {
        self.rounding
    }

    /// How near, as a share, nobody may come to a single contribution to a sum.
    #[must_use]
    pub fn dominance(&self) -> f64 {
        self.dominance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_be_raised_and_never_lowered() {
        assert_eq!(Policy::new(8, 12).unwrap().k(), 8);
        assert_eq!(Policy::new(4, 10), Err(Error::BelowThreshold { have: 4, need: 5 }));
        assert_eq!(Policy::new(8, 7), Err(Error::BelowThreshold { have: 7, need: 8 }));
        assert!(Policy::default().with_event_min(4).is_err());
        assert!(Policy::default().with_rounding(1).is_err());
        assert!(Policy::default().with_dominance(0.0).is_err());
    }
}
