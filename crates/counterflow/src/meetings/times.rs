//! Times as people type and read them, each in their own zone.

use jiff::{
    SignedDuration, civil,
    tz::{AmbiguousOffset, TimeZone},
};

use crate::kernel::{clock::Timestamp, form::Check, page::zone_name};

/// How far ahead a meeting can be planned.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Why a typed local time is no time for a meeting: the key in `[problem]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not a day and a time.
    NotAMoment,
    /// The clocks skip it when they go forward.
    Skipped,
    /// It is over.
    Past,
    /// More than 400 days ahead.
    TooFar,
}

impl Unfit {
    fn key(self) -> &'static str {
        match self {
            Self::NotAMoment => "not_a_moment",
            Self::Skipped => "time_skipped",
            Self::Past => "time_past",
            Self::TooFar => "time_too_far",
        }
    }
}

/// Reads a local time (`2026-05-14T16:00`) in a zone. A time that comes twice when the clocks go back is the first one.
///
/// ```
/// use counterflow::meetings::times::{Unfit, read};
/// let now = "2026-03-01T00:00:00Z".parse().unwrap();
/// let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
/// assert_eq!(read("2026-03-29T02:30", &berlin, now), Err(Unfit::Skipped));
/// assert_eq!(read("2026-03-29T03:30", &berlin, now).unwrap().to_string(), "2026-03-29T01:30:00.000Z");
/// ```
///
/// # Errors
/// Why it is no time for a meeting.
pub fn read(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, Unfit> {
    let local: civil::DateTime = text.trim().parse().map_err(|_| Unfit::NotAMoment)?;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Unfit::Skipped);
    }
    let at = Timestamp::from_jiff(ambiguous.compatible().map_err(|_| Unfit::NotAMoment)?);
    if at <= now {
        Err(Unfit::Past)
    } else if at.since(now) > FARTHEST {
        Err(Unfit::TooFar)
    } else {
        Ok(at)
    }
}

/// Reads a field with a local time; left out, it is `None`. Problems are noted.
pub fn typed(check: &mut Check<'_>, name: &str, text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    if text.trim().is_empty() {
        return None;
    }
    read(text, zone, now).map_err(|unfit| check.problem(name, unfit.key(), vec![("zone", zone_name(zone))])).ok()
}

/// The same moment on clocks elsewhere, where they differ from the reader's: `09:00 in Lagos`, with the weekday if it
/// is another day there. Each place once.
#[must_use]
pub fn elsewhere(at: Timestamp, own: &TimeZone, others: &[&TimeZone]) -> Vec<String> {
    let here = at.jiff().to_zoned(own.clone()).datetime();
    let mut seen = vec![here];
    let mut said = Vec::new();
    for zone in others {
        let there = at.jiff().to_zoned((*zone).clone()).datetime();
        if seen.contains(&there) {
            continue;
        }
        seen.push(there);
        let form = if there.date() == here.date() { "%H:%M" } else { "%A, %H:%M" };
        said.push(crate::kernel::words::say(
            "time",
            "elsewhere",
            &[("time", there.strftime(form).to_string()), ("place", zone_name(zone))],
        ));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn what_is_typed_is_checked() {
        let now = "2026-10-24T12:00:00Z".parse().unwrap();
        let berlin = zone("Europe/Berlin");
        let at = |text: &str| read(text, &berlin, now).map(|at| at.to_string());
        assert_eq!(at("next week"), Err(Unfit::NotAMoment));
        assert_eq!(at("2026-10-24T14:00"), Err(Unfit::Past));
        assert_eq!(at("2028-10-24T14:00"), Err(Unfit::TooFar));
        assert_eq!(at("2026-10-25T02:30").unwrap(), "2026-10-25T00:30:00.000Z", "the first of the two");
        assert_eq!(at("2026-10-25T03:30").unwrap(), "2026-10-25T02:30:00.000Z");
        assert_eq!(at("2027-03-28T02:00"), Err(Unfit::Skipped));
        assert_eq!(at("2027-03-28T03:00").unwrap(), "2027-03-28T01:00:00.000Z");
    }

    #[test]
    fn other_clocks_follow_their_own_daylight_saving() {
        let (berlin, york, lagos) = (zone("Europe/Berlin"), zone("America/New_York"), zone("Africa/Lagos"));
        let said = |at: &str| elsewhere(at.parse().unwrap(), &berlin, &[&york, &lagos]);
        // In winter Lagos reads the same as Berlin, so it is not said.
        assert_eq!(said("2026-03-06T15:00:00Z"), ["10:00 in New York"]);
        // New York goes forward on 8 March, Berlin on 29 March.
        assert_eq!(said("2026-03-10T15:00:00Z"), ["11:00 in New York"]);
        assert_eq!(said("2026-03-30T14:00:00Z"), ["10:00 in New York", "15:00 in Lagos"]);
        // Europe goes back on 25 October, New York on 1 November.
        assert_eq!(said("2026-10-26T15:00:00Z"), ["11:00 in New York"]);
    }

    #[test]
    fn another_day_elsewhere_is_named() {
        let at = "2026-05-14T22:30:00Z".parse().unwrap();
        assert_eq!(
            elsewhere(at, &zone("Europe/Berlin"), &[&zone("America/Los_Angeles"), &zone("Europe/Paris")]),
            ["Thursday, 15:30 in Los Angeles"]
        );
    }
}
