//! Rows by exposure at each time, by exposure on a day, and by the label that must not be used.

use super::{
    DAYS_PER_YEAR,
    trial::{Person, TargetTrial},
};
use crate::{error::Error, survival::SurvivalData};

/// A stretch of somebody's time with the same exposure, in days since hiring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The place of the person.
    pub person: usize,
    /// At risk after this day.
    pub entry: f64,
    /// Up to and at this one.
    pub exit: f64,
    /// Whether the person had joined by its beginning.
    pub exposed: bool,
    /// Whether the outcome ended it.
    pub event: bool,
}

impl Stretch {
    /// How long it is, in years.
    #[must_use]
    pub fn years(&self) -> f64 {
        (self.exit - self.entry) / DAYS_PER_YEAR
    }
}

/// Somebody who was there on a day, followed from then on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarked {
    /// The place of the person.
    pub person: usize,
    /// How long the person had been employed by then, in days.
    pub tenure: f64,
    /// For how many days the person is seen after it.
    pub time: f64,
    /// Whether the outcome ended that.
    pub event: bool,
    /// Whether the person had joined on or before the day.
    pub exposed: bool,
}

/// Somebody who is followed from a time zero of their own, in days from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed {
    /// The place of the person.
    pub person: usize,
    /// The number of the matched pair or set.
    pub set: usize,
    /// For how many days.
    pub time: f64,
    /// Whether the outcome ended that.
    pub event: bool,
    /// Whether it is the joiner of the set.
    pub exposed: bool,
}

/// Somebody by whether they ever joined, as if that had been known from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EverNever {
    /// The place of the person.
    pub person: usize,
    /// At risk after this day since hiring.
    pub entry: f64,
    /// Up to and at this one.
    pub exit: f64,
    /// Whether the outcome ended it.
    pub event: bool,
    /// Whether the person joined before it ended.
    pub ever: bool,
}

impl TargetTrial {
    /// Everybody's time since hiring, cut on the day of joining: before it unexposed, after it exposed. Whoever joined
    /// before being seen is exposed throughout; who joins on the last day never is. For a Cox model in the counting
    /// process form, clustered by person (Andersen and Gill 1982; Therneau and Grambsch 2000, 3.3).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the trial's days are in order.
    pub fn split_at_exposure(&self, people: &[Person]) -> Result<Vec<Stretch>, Error> {
        self.check()?;
        let mut stretches = Vec::with_capacity(people.len());
        for (place, person) in people.iter().enumerate() {
            let Some(seen) = self.seen(person) else { continue };
            let at = |day: i64| (day - person.hired) as f64;
            let (from, until, event) = (at(seen.from), at(seen.until), seen.event);
            let stretch = |entry, exit, exposed, event| Stretch { person: place, entry, exit, exposed, event };
            match person.joined.filter(|&joined| joined < seen.until) {
                None => stretches.push(stretch(from, until, false, event)),
                Some(joined) if joined <= seen.from => stretches.push(stretch(from, until, true, event)),
                Some(joined) => {
                    stretches.push(stretch(from, at(joined), false, false));
                    stretches.push(stretch(at(joined), until, true, event));
                }
            }
        }
        Ok(stretches)
    }

    /// Those who were employed on a day of the study, by whether they had joined until then, with a clock that starts that
    /// day. Who joins later stays among the comparators, which makes the difference smaller than it is (Anderson, Cain and
    /// Gelber 1983, Journal of Clinical Oncology 1, 710-719).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the trial's days are in order and the day is one of the study before its end.
    pub fn landmark(&self, people: &[Person], day: i64) -> Result<Vec<Landmarked>, Error> {
        self.check()?;
        if !(self.start..self.end).contains(&day) {
            return Err(Error::OutOfRange { what: "landmark", value: day as f64 });
        }
        let there = people.iter().enumerate().filter_map(|(place, person)| {
            let until = person.left.map_or(self.end, |left| left.day.min(self.end));
            (person.hired <= day && day < until).then(|| Landmarked {
                person: place,
                tenure: (day - person.hired) as f64,
                time: (until - day) as f64,
                event: person.left.is_some_and(|left| left.outcome && left.day <= self.end),
                exposed: person.joined.is_some_and(|joined| joined <= day),
            })
        });
        Ok(there.collect())
    }

    /// The comparison that must not be reported as an effect: everybody by whether they ever joined. Who stays long has
    /// time to join, so those who did look loyal whatever joining does.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the trial's days are in order.
    pub fn ever_never_biased(&self, people: &[Person]) -> Result<Vec<EverNever>, Error> {
        self.check()?;
        let labelled = people.iter().enumerate().filter_map(|(place, person)| {
            let seen = self.seen(person)?;
            Some(EverNever {
                person: place,
                entry: (seen.from - person.hired) as f64,
                exit: (seen.until - person.hired) as f64,
                event: seen.event,
                ever: person.joined.is_some_and(|joined| joined < seen.until),
            })
        });
        Ok(labelled.collect())
    }
}

/// The stretches as survival data, clustered by person.
///
/// # Errors
/// [`Error::Empty`] without any.
pub fn stretches_data(stretches: &[Stretch]) -> Result<SurvivalData, Error> {
    let of = |value: fn(&Stretch) -> f64| stretches.iter().map(value).collect();
    let events = stretches.iter().map(|stretch| stretch.event).collect();
    let people = stretches.iter().map(|stretch| stretch.person as u32).collect();
    SurvivalData::counting_process(of(|stretch| stretch.entry), of(|stretch| stretch.exit), events)?
        .with_clusters(people)
}

#[cfg(test)]
mod tests {
    use super::{
        super::trial::{Leaving, tests::trial},
        *,
    };

    fn person(hired: i64, joined: Option<i64>, left: Option<(i64, bool)>) -> Person {
        Person { hired, joined, left: left.map(|(day, outcome)| Leaving { day, outcome }) }
    }

    #[test]
    fn time_counts_where_it_belongs() {
        let people = [
            person(50, Some(200), Some((300, true))),
            person(50, Some(80), Some((300, false))),
            person(150, Some(300), Some((300, true))),
            person(10, None, Some((90, true))),
            person(10, Some(600), Some((700, true))),
        ];
        let stretch = |person, entry, exit, exposed, event| Stretch { person, entry, exit, exposed, event };
        let found = trial().split_at_exposure(&people).unwrap();
        let expected = [
            stretch(0, 50.0, 150.0, false, false),
            stretch(0, 150.0, 250.0, true, true),
            stretch(1, 50.0, 250.0, true, false),
            // Joining on the last day is never being exposed.
            stretch(2, 0.0, 150.0, false, true),
            stretch(4, 90.0, 490.0, false, false),
        ];
        assert_eq!(found, expected);
        let ever: Vec<bool> = trial().ever_never_biased(&people).unwrap().iter().map(|row| row.ever).collect();
        assert_eq!(ever, [true, true, false, false]);
        assert_eq!(stretches_data(&found).unwrap().len(), 5);
    }

    #[test]
    fn a_landmark_looks_back_and_not_ahead() {
        let people = [
            person(50, Some(200), Some((300, true))),
            person(50, Some(201), None),
            person(50, None, Some((200, true))),
            person(201, None, None),
        ];
        let found = trial().landmark(&people, 200).unwrap();
        let exposed: Vec<_> = found.iter().map(|row| (row.person, row.exposed, row.time, row.event)).collect();
        assert_eq!(exposed, [(0, true, 100.0, true), (1, false, 300.0, false)]);
        assert_eq!(found[0].tenure, 150.0);
        assert!(trial().landmark(&people, 500).is_err());
        assert!(trial().landmark(&people, 99).is_err());
        assert!(trial().landmark(&[], 200).unwrap().is_empty());
    }
}
