//! When two people can both meet: their weekly hours, each in their own zone, laid over the coming days.

use std::{collections::BTreeSet, ops::Range};

use jiff::{SignedDuration, civil, tz::TimeZone};

use crate::kernel::clock::Timestamp;

/// One slot of the week lasts two hours.
const SLOT: i8 = 2;
/// Starts fall on a quarter of an hour.
const GRID: SignedDuration = SignedDuration::from_mins(15);

/// The hours of the week in which somebody can meet, in their own zone.
#[derive(Debug, Clone)]
pub struct Week {
    /// Weekday (0 is Monday) and hour.
    slots: BTreeSet<(i8, i8)>,
    zone: TimeZone,
}

impl Week {
    /// From the keys of a registration: `mon-08` is Monday, 08:00 to 10:00. What is no such key is left out.
    #[must_use]
    pub fn new(keys: &BTreeSet<String>, zone: TimeZone) -> Self {
        Self { slots: keys.iter().filter_map(|key| slot(key)).collect(), zone }
    }

    /// Every stretch of free time on the days that touch the window, joined where slots meet, in order.
    fn free(&self, window: &Range<Timestamp>) -> Vec<Range<Timestamp>> {
        let first = window.start.day_in(&self.zone);
        let last = window.end.day_in(&self.zone);
        let mut free: Vec<Range<Timestamp>> = Vec::new();
        let mut day = first;
        while day <= last {
            for &(_, hour) in
                self.slots.iter().filter(|(weekday, _)| *weekday == day.0.weekday().to_monday_zero_offset())
            {
                let Some(slot) = self.slot_on(day.0, hour) else { continue };
                match free.last_mut() {
                    Some(before) if before.end >= slot.start => before.end = before.end.max(slot.end),
                    _ => free.push(slot),
                }
            }
            day = day.plus_days(1);
        }
        free
    }

    /// A slot on a day. On the day on which the clocks change it may be shorter or longer by the clock's hour.
    fn slot_on(&self, day: civil::Date, hour: i8) -> Option<Range<Timestamp>> {
        let at = |hour: i8| {
            let local = day.at(hour % 24, 0, 0, 0);
            let local = if hour >= 24 { local.checked_add(jiff::Span::new().days(1)).ok()? } else { local };
            self.zone.to_ambiguous_timestamp(local).compatible().ok().map(Timestamp::from_jiff)
        };
        let slot = at(hour)?..at(hour + SLOT)?;
        (slot.start < slot.end).then_some(slot)
    }
}

fn slot(key: &str) -> Option<(i8, i8)> {
    let (day, hour) = key.split_once('-')?;
    let day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|name| *name == day)?;
    let hour: i8 = hour.parse().ok()?;
    (0..24).contains(&hour).then_some((i8::try_from(day).ok()?, hour))
}

/// Starts at which both can meet for `length`, at most one a day (by the first one's calendar) and at most `most`, the
/// earliest first. `busy` is when one of them has a meeting already.
#[must_use]
pub fn both_can(
    weeks: (&Week, &Week),
    window: Range<Timestamp>,
    length: SignedDuration,
    busy: &[Range<Timestamp>],
    most: usize,
) -> Vec<Timestamp> {
    let mut starts: Vec<Timestamp> = Vec::new();
    for shared in shared(&weeks.0.free(&window), &weeks.1.free(&window)) {
        let day = |at: Timestamp| at.day_in(&weeks.0.zone);
        if starts.last().is_some_and(|last| day(*last) == day(shared.start)) {
            continue;
        }
        let open = shared.start.max(window.start)..shared.end.min(window.end);
        starts.extend(first_fit(open, length, busy));
        if starts.len() == most {
            break;
        }
    }
    starts
}

/// What two ordered lists of stretches have in common.
fn shared(left: &[Range<Timestamp>], right: &[Range<Timestamp>]) -> Vec<Range<Timestamp>> {
    let (mut i, mut j) = (0, 0);
    let mut both = Vec::new();
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        let common = a.start.max(b.start)..a.end.min(b.end);
        if common.start < common.end {
            both.push(common);
        }
        if a.end <= b.end { i += 1 } else { j += 1 }
    }
    both
}

/// The first start on the grid at which `length` fits into the stretch without meeting anything that is booked.
fn first_fit(open: Range<Timestamp>, length: SignedDuration, busy: &[Range<Timestamp>]) -> Option<Timestamp> {
    let mut start = on_grid(open.start);
    while start.plus(length) <= open.end {
        match busy.iter().find(|booked| booked.start < start.plus(length) && start < booked.end) {
            Some(booked) => start = on_grid(booked.end),
            None => return Some(start),
        }
    }
    None
}

/// The moment itself if it is on the grid, else the next one that is. Every zone's offset is on the grid too.
fn on_grid(at: Timestamp) -> Timestamp {
    let over = at.jiff().as_second().rem_euclid(GRID.as_secs());
    let whole = Timestamp::from_jiff(jiff::Timestamp::from_second(at.jiff().as_second()).unwrap_or(at.jiff()));
    let past_second = at > whole;
    if over == 0 && !past_second { at } else { whole.plus(GRID - SignedDuration::from_secs(over)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(keys: &[&str], zone: &str) -> Week {
        Week::new(&keys.iter().map(|key| (*key).to_owned()).collect(), TimeZone::get(zone).unwrap())
    }

    fn starts(a: &Week, b: &Week, from: &str, until: &str, minutes: i64, busy: &[Range<Timestamp>]) -> Vec<String> {
        let window = from.parse().unwrap()..until.parse().unwrap();
        let found = both_can((a, b), window, SignedDuration::from_mins(minutes), busy, 6);
        found.into_iter().map(|at| at.to_string()[..16].to_owned()).collect()
    }

    #[test]
    fn hours_overlap_across_zones_and_across_a_clock_change() {
        let singapore = week(&["tue-16", "thu-16"], "Asia/Singapore");
        let berlin = week(&["tue-08", "thu-08", "thu-10"], "Europe/Berlin");
        // 16:00 to 18:00 in Singapore is 09:00 to 11:00 in Berlin in winter, 10:00 to 12:00 in summer.
        assert_eq!(
            starts(&singapore, &berlin, "2026-03-23T00:00:00Z", "2026-04-03T00:00:00Z", 45, &[]),
            [
                "2026-03-24T08:00",
                "2026-03-26T08:00",
                // On Tuesdays, Berlin ends at 10:00, which in summer is 16:00 in Singapore: no time is left.
                "2026-04-02T08:00",
            ]
        );
    }

    #[test]
    fn a_booked_hour_moves_the_start_and_too_little_is_nothing() {
        let both = week(&["mon-08"], "UTC");
        let booked = ["2026-01-19T08:00:00Z".parse().unwrap().."2026-01-19T08:50:00Z".parse().unwrap()];
        let found = |minutes| starts(&both, &both, "2026-01-19T00:00:00Z", "2026-01-20T00:00:00Z", minutes, &booked);
        assert_eq!(found(60), ["2026-01-19T09:00"]);
        assert!(found(75).is_empty());
    }

    #[test]
    fn slots_that_meet_are_one_stretch_and_odd_offsets_stay_on_the_grid() {
        let kathmandu = week(&["wed-12", "wed-14"], "Asia/Kathmandu");
        let london = week(&["wed-06", "wed-08"], "Europe/London");
        // 12:00 to 16:00 at +05:45 is 06:15 to 10:15 UTC.
        assert_eq!(
            starts(&kathmandu, &london, "2026-01-13T00:00:00Z", "2026-01-16T00:00:00Z", 180, &[]),
            ["2026-01-14T06:15"]
        );
    }

    #[test]
    fn what_is_no_slot_is_left_out() {
        let odd = week(&["mon", "mon-24", "xyz-08", "mon-x"], "UTC");
        assert!(odd.slots.is_empty());
        let late = week(&["sun-23"], "UTC");
        assert_eq!(starts(&late, &late, "2026-01-18T00:00:00Z", "2026-01-20T00:00:00Z", 90, &[]), ["2026-01-18T23:00"]);
    }
}
