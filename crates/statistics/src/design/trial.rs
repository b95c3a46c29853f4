//! The trial that would answer the question if it could be run, and what is seen of a person in it.

use crate::error::Error;

/// A person's dates, in days on one calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The first day of employment.
    pub hired: i64,
    /// The day of enrollment, if there was one.
    pub joined: Option<i64>,
    /// The last day, if it has come.
    pub left: Option<Leaving>,
}

/// How somebody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// The last day.
    pub day: i64,
    /// Whether this is the outcome of the trial, such as a voluntary exit; any other leaving ends what can be seen.
    pub outcome: bool,
}

/// A target trial (Hernan and Robins 2016, American Journal of Epidemiology 183, 758-764): its words for the reader, and
/// its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetTrial {
    /// Who is eligible.
    pub eligibility: String,
    /// When the clock starts.
    pub time_zero: String,
    /// What the exposed do.
    pub exposure: String,
    /// What the comparators do.
    pub comparator: String,
    /// What is counted.
    pub outcome: String,
    /// The first day of the study; people hired before enter late.
    pub start: i64,
    /// The last day of the study.
    pub end: i64,
    /// For how many days from time zero people are followed.
    pub horizon: i64,
}

/// When somebody is under observation, in days of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) event: bool,
}

impl TargetTrial {
    /// That the days are in their order.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the study ends after it starts and the horizon is above 0.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.end <= self.start {
            return Err(Error::OutOfRange { what: "end of the study", value: self.end as f64 });
        }
        if self.horizon <= 0 {
            return Err(Error::OutOfRange { what: "horizon", value: self.horizon as f64 });
        }
        Ok(())
    }

    /// When somebody is seen: after the later of hiring and start, up to and at the earlier of leaving and end. Nobody
    /// whose time is over before it begins is.
    pub(super) fn seen(&self, person: &Person) -> Option<Seen> {
        let from = person.hired.max(self.start);
        let until = person.left.map_or(self.end, |left| left.day.min(self.end));
        let event = person.left.is_some_and(|left| left.outcome && left.day <= self.end);
        (until > from).then_some(Seen { from, until, event })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Days 100 to 500, a year of follow-up.
    pub(in super::super) fn trial() -> TargetTrial {
        let words = || "as the test says".to_owned();
        TargetTrial {
            eligibility: words(),
            time_zero: words(),
            exposure: words(),
            comparator: words(),
            outcome: words(),
            start: 100,
            end: 500,
            horizon: 365,
        }
    }
}
