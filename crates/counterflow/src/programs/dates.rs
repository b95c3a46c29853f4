//! The days of a round.

use jiff::civil::Weekday;

use super::template::Shape;
use crate::kernel::{clock::Day, form::Check, words};

/// The days of a round, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// The last day on which people can register.
    pub enroll_until: Day,
    /// The first day of the meetings.
    pub starts_on: Day,
    /// The last day.
    pub ends_on: Day,
}

/// How long people have to register, and then the manager to match and the pairs to say yes.
const DAYS_TO_ENROLL: i32 = 21;
const DAYS_TO_MATCH: i32 = 17;

/// A number of days as people say it: `once a week`, `every 4 weeks`, `every 10 days`.
#[must_use]
pub fn rhythm(days: i64) -> String {
    match days {
        7 => words::say("rhythm", "weekly", &[]),
        30 | 31 => words::say("rhythm", "monthly", &[]),
        days if days % 7 == 0 => words::say("rhythm", "weeks", &[("n", (days / 7).to_string())]),
        days => words::say("rhythm", "days", &[("n", days.to_string())]),
    }
}

impl Dates {
    /// Days that leave time for everything, from a day on: the meetings start on a Monday, registration ends on the
    /// Friday two weeks before.
    #[must_use]
    pub fn suggested(from: Day, shape: &Shape) -> Self {
        let earliest = from.plus_days(DAYS_TO_ENROLL + DAYS_TO_MATCH);
        let days_to_monday = i32::from(Weekday::Monday.since(earliest.0.weekday()));
        let starts_on = earliest.plus_days(days_to_monday);
        let length = shape.meetings.saturating_mul(shape.rhythm_days);
        Self {
            enroll_until: starts_on.plus_days(-DAYS_TO_MATCH),
            starts_on,
            ends_on: starts_on.plus_days(i32::try_from(length).unwrap_or(i32::MAX)),
        }
    }

    /// Reads the three fields. None may lie before `not_before`, and each has to be after the one before it.
    pub(super) fn read(check: &mut Check<'_>, not_before: Option<Day>) -> Option<Self> {
        let (enroll_until, starts_on, ends_on) =
            (check.day("enroll_until"), check.day("starts_on"), check.day("ends_on"));
        if let (Some(day), Some(today)) = (enroll_until, not_before)
            && day < today
        {
            check.problem("enroll_until", "past", vec![("today", written(today))]);
        }
        for (field, day, before) in [("starts_on", starts_on, enroll_until), ("ends_on", ends_on, starts_on)] {
            if let (Some(day), Some(before)) = (day, before)
                && day <= before
            {
                check.problem(field, "before", vec![("other", written(before))]);
            }
        }
        Some(Self { enroll_until: enroll_until?, starts_on: starts_on?, ends_on: ends_on? })
    }

    /// For the fields of a form.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, String); 3] {
        [
            ("enroll_until", self.enroll_until.to_string()),
            ("starts_on", self.starts_on.to_string()),
            ("ends_on", self.ends_on.to_string()),
        ]
    }

    /// By how many days the meetings, in their rhythm, are longer than the round; 0 if they fit.
    #[must_use]
    pub fn days_short(&self, meetings: i64, rhythm_days: i64) -> i64 {
        let needed = (meetings - 1) * rhythm_days;
        (needed - i64::from(self.ends_on.days_since(self.starts_on))).max(0)
    }
}

/// A day as text for a letter or a problem: `14 May 2026`.
pub(super) fn written(day: Day) -> String {
    day.0.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::AskingOrder;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn suggested_days_are_in_order_and_leave_room() {
        let shape = Shape {
            meetings: 6,
            rhythm_days: 30,
            meeting_minutes: 45,
            asking_order: AskingOrder::MenteeThenMentor,
            answer_days: 7,
            agreement_gate: "required".to_owned(),
        };
        for offset in 0..14 {
            let today = day("2026-01-12").plus_days(offset);
            let dates = Dates::suggested(today, &shape);
            assert!(dates.enroll_until >= today.plus_days(DAYS_TO_ENROLL), "{dates:?}");
            assert!(dates.enroll_until < dates.starts_on && dates.starts_on < dates.ends_on, "{dates:?}");
            assert_eq!(dates.starts_on.0.weekday(), Weekday::Monday);
            assert_eq!(dates.enroll_until.0.weekday(), Weekday::Friday);
            assert_eq!(dates.days_short(6, 30), 0);
        }
    }

    #[test]
    fn says_a_rhythm_as_people_do() {
        let said: Vec<_> = [7, 28, 30, 10].into_iter().map(rhythm).collect();
        assert_eq!(said, ["once a week", "every 4 weeks", "once a month", "every 10 days"]);
    }

    #[test]
    fn meetings_that_do_not_fit_are_counted_in_days() {
        let dates = Dates { enroll_until: day("2026-01-30"), starts_on: day("2026-02-01"), ends_on: day("2026-05-01") };
        assert_eq!(dates.days_short(6, 30), 150 - 89);
        assert_eq!(dates.days_short(1, 30), 0);
    }
}
