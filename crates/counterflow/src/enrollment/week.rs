//! The hours of a week that usually work: asked in the person's own zone, compared in UTC.

use std::{collections::BTreeSet, ops::Range};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::Answers;
use crate::kernel::clock::Day;

/// The days that can be ticked, as they stand in a block's name.
pub const DAYS: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];
/// The hours at which a block begins. Each is two hours long.
pub const HOURS: [i8; 4] = [8, 10, 13, 15];

/// Every block of the week: `mon-08`, `mon-10`, ...
pub fn blocks() -> impl Iterator<Item = String> {
    DAYS.iter().flat_map(|day| HOURS.iter().map(move |hour| format!("{day}-{hour:02}")))
}

/// The whole hours of a week in UTC (`mon-06` is Monday 06:00 to 07:00) that lie within the blocks that somebody
/// ticked, as the clocks stand in the week from `on`. `zone` is the person's zone in the directory: the zone that they
/// chose when they registered comes before it.
///
/// In zones that differ from UTC by half hours, the cut hour at each end is left out: an hour that two people share
/// here is an hour in which both are free.
///
/// ```
/// use counterflow::{enrollment::{Answers, weekly_slots_utc}, kernel::clock::Day};
/// let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
/// let answers = Answers { times: ["mon-08".into()].into(), ..Answers::default() };
/// let summer: Day = "2026-07-01".parse().unwrap();
/// let slots: Vec<String> = weekly_slots_utc(&answers, &berlin, summer).into_iter().collect();
/// assert_eq!(slots, ["mon-06", "mon-07"]);
/// ```
#[must_use]
pub fn weekly_slots_utc(answers: &Answers, zone: &TimeZone, on: Day) -> BTreeSet<String> {
    let chosen = (!answers.time_zone.is_empty()).then(|| TimeZone::get(&answers.time_zone).ok()).flatten();
    let zone = chosen.as_ref().unwrap_or(zone);
    let quarters: BTreeSet<i64> =
        answers.times.iter().filter_map(|block| parse(block)).flat_map(|block| quarters_in(block, zone, on)).collect();
    let hours: BTreeSet<i64> = quarters.iter().map(|quarter| quarter.div_euclid(4)).collect();
    hours.into_iter().filter(|hour| (0..4).all(|part| quarters.contains(&(hour * 4 + part)))).filter_map(slot).collect()
}

fn parse(block: &str) -> Option<(Weekday, i8)> {
    let (day, hour) = block.split_once('-')?;
    let position = DAYS.iter().position(|name| *name == day)?;
    let weekday = Weekday::from_monday_zero_offset(i8::try_from(position).ok()?).ok()?;
    let hour = hour.parse().ok().filter(|hour| HOURS.contains(hour))?;
    Some((weekday, hour))
}

/// The quarters of an hour, counted from the epoch, of one block on its first day at or after `on`. No zone in use
/// today is cut finer.
fn quarters_in((weekday, hour): (Weekday, i8), zone: &TimeZone, on: Day) -> Range<i64> {
    let date = first_at_or_after(on.0, weekday);
    let Ok(starts) = date.at(hour, 0, 0, 0).to_zoned(zone.clone()) else { return 0..0 };
    let first = starts.timestamp().as_second().div_euclid(900);
    first..first + 8
}

fn first_at_or_after(on: Date, weekday: Weekday) -> Date {
    let ahead = on.weekday().until(weekday);
    on.saturating_add(ahead.days())
}

/// The name of the hour that begins so many hours after the epoch.
fn slot(hour: i64) -> Option<String> {
    let at = jiff::Timestamp::from_second(hour * 3600).ok()?.to_zoned(TimeZone::UTC);
    Some(at.strftime("%a-%H").to_string().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, on: &str, times: &[&str], expected: &[&str]) {
        let answers = Answers { times: times.iter().map(|time| (*time).to_owned()).collect(), ..Answers::default() };
        let zone = TimeZone::get(zone).unwrap();
        let slots: Vec<_> = weekly_slots_utc(&answers, &zone, on.parse().unwrap()).into_iter().collect();
        assert_eq!(slots, expected, "{times:?} in {zone:?} from {on}");
    }

    #[test]
    fn clocks_stand_as_in_the_first_week() {
        check("Europe/Berlin", "2026-02-02", &["mon-08", "fri-15"], &["fri-14", "fri-15", "mon-07", "mon-08"]);
        check("Europe/Berlin", "2026-07-01", &["mon-08"], &["mon-06", "mon-07"]);
        // From Friday on: the Monday after it is in summer time already, the Friday is not.
        check("Europe/Berlin", "2026-03-27", &["fri-08", "mon-08"], &["fri-07", "fri-08", "mon-06", "mon-07"]);
    }

    #[test]
    fn the_day_can_be_another_one_in_utc() {
        check("Pacific/Auckland", "2026-02-02", &["mon-08"], &["sun-19", "sun-20"]);
        check("America/Los_Angeles", "2026-02-02", &["fri-15"], &["fri-23", "sat-00"]);
    }

    #[test]
    fn half_hours_lose_the_cut_hour() {
        check("Asia/Kolkata", "2026-02-02", &["tue-08"], &["tue-03"]);
        check("Asia/Kolkata", "2026-02-02", &["tue-08", "tue-10"], &["tue-03", "tue-04", "tue-05"]);
        check("Asia/Kathmandu", "2026-02-02", &["tue-13"], &["tue-08"]);
    }

    #[test]
    fn what_is_no_block_is_left_out() {
        check("UTC", "2026-02-02", &["mon-09", "sat-08", "mon", "", "mon-8x"], &[]);
        assert_eq!(blocks().count(), 20);
        for block in blocks() {
            assert!(parse(&block).is_some(), "{block}");
        }
    }

    #[test]
    fn the_zone_that_was_chosen_comes_first() {
        let answers =
            Answers { times: ["mon-08".to_owned()].into(), time_zone: "Africa/Lagos".to_owned(), ..Answers::default() };
        let slots = weekly_slots_utc(&answers, &TimeZone::UTC, "2026-02-02".parse().unwrap());
        assert_eq!(slots.into_iter().collect::<Vec<_>>(), ["mon-07", "mon-08"]);
    }
}
