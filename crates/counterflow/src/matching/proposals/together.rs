//! When two people could meet: the hours of the week in which both are free, in the clocks of both.

use std::collections::BTreeSet;

use jiff::{ToSpan, Zoned, civil::Weekday, tz::TimeZone};

use crate::kernel::clock::Day;

/// Days of the week with the same hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    /// `Tuesday`, `Thursday`.
    pub days: Vec<String>,
    /// `08:00 to 10:00`, as the reader's clock shows it, without the word between.
    pub mine: (String, String),
    /// The same hours as the other's clock shows them.
    pub theirs: (String, String),
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The shared hours of a week in UTC (`mon-06`), as the clocks stand in the week from `on`.
pub(super) fn hours(shared: &BTreeSet<String>, mine: &TimeZone, theirs: &TimeZone, on: Day) -> Vec<Hours> {
    let mut starts: Vec<Zoned> = shared.iter().filter_map(|slot| start(slot, on)).collect();
    starts.sort_by_key(|at| monday_first(at, mine));
    let mut spans: Vec<(Zoned, Zoned)> = Vec::new();
    for start in starts {
        let end = start.saturating_add(1.hour());
        match spans.last_mut() {
            Some((from, to)) if joins(to, &start, mine) && same_day(from, &start, mine) => *to = end,
            _ => spans.push((start, end)),
        }
    }
    let mut hours: Vec<Hours> = Vec::new();
    for (from, to) in spans {
        let span = Hours {
            days: vec![from.with_time_zone(mine.clone()).strftime("%A").to_string()],
            mine: clocks(&from, &to, mine),
            theirs: clocks(&from, &to, theirs),
        };
        match hours.iter_mut().find(|known| known.mine == span.mine && known.theirs == span.theirs) {
            Some(known) => known.days.extend(span.days),
            None => hours.push(span),
        }
    }
    hours
}

fn start(slot: &str, on: Day) -> Option<Zoned> {
    let (day, hour) = slot.split_once('-')?;
    let position = DAYS.iter().position(|name| *name == day)?;
    let weekday = Weekday::from_monday_zero_offset(i8::try_from(position).ok()?).ok()?;
    let date = on.0.saturating_add(on.0.weekday().until(weekday).days());
    let time = jiff::civil::Time::new(hour.parse().ok()?, 0, 0, 0).ok()?;
    date.to_datetime(time).to_zoned(TimeZone::UTC).ok()
}

fn monday_first(at: &Zoned, zone: &TimeZone) -> (i8, jiff::civil::Time) {
    let local = at.with_time_zone(zone.clone());
    (local.weekday().to_monday_zero_offset(), local.time())
}

/// Whether one span ends where the next begins. A week is a circle: Sunday night joins Monday morning.
fn joins(end: &Zoned, start: &Zoned, zone: &TimeZone) -> bool {
    monday_first(end, zone) == monday_first(start, zone)
}

fn same_day(a: &Zoned, b: &Zoned, zone: &TimeZone) -> bool {
    monday_first(a, zone).0 == monday_first(b, zone).0
}

fn clocks(from: &Zoned, to: &Zoned, zone: &TimeZone) -> (String, String) {
    let clock = |at: &Zoned| at.with_time_zone(zone.clone()).strftime("%H:%M").to_string();
    (clock(from), clock(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shared: &[&str], zones: (&str, &str), expected: &[&str]) {
        let shared = shared.iter().map(|slot| (*slot).to_owned()).collect();
        let (mine, theirs) = (TimeZone::get(zones.0).unwrap(), TimeZone::get(zones.1).unwrap());
        let found = hours(&shared, &mine, &theirs, "2026-02-02".parse().unwrap());
        let words: Vec<String> = found
            .iter()
            .map(|one| {
                format!("{} {}-{} {}-{}", one.days.join("+"), one.mine.0, one.mine.1, one.theirs.0, one.theirs.1)
            })
            .collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn hours_are_joined_and_shown_in_both_clocks() {
        check(
            &["tue-07", "tue-08", "thu-07", "thu-08", "fri-13"],
            ("Africa/Lagos", "Asia/Singapore"),
            &["Tuesday+Thursday 08:00-10:00 15:00-17:00", "Friday 14:00-15:00 21:00-22:00"],
        );
    }

    #[test]
    fn the_day_is_the_readers() {
        check(&["sun-23", "mon-00"], ("Asia/Tokyo", "UTC"), &["Monday 08:00-10:00 23:00-01:00"]);
        check(
            &["mon-23", "tue-00"],
            ("UTC", "UTC"),
            &["Monday 23:00-00:00 23:00-00:00", "Tuesday 00:00-01:00 00:00-01:00"],
        );
        check(&[], ("UTC", "UTC"), &[]);
        check(&["nonsense", "mon-99"], ("UTC", "UTC"), &[]);
    }
}
