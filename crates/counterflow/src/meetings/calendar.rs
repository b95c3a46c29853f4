//! A meeting as calendars understand it: iCalendar (RFC 5545) with an iTIP method (RFC 5546), sent by e-mail as
//! RFC 6047 says. It carries who meets, when and where, and nothing of what they talk about.

use std::fmt::Write as _;

use icalendar::{Component, Event, EventStatus, Property};
use jiff::{
    SignedDuration, civil,
    tz::{Offset, TimeZone, TimeZoneTransition},
};

use crate::{kernel::clock::Timestamp, mail};

/// What the receiving calendar shall do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Put the meeting in, or change it.
    Request,
    /// Take it out.
    Cancel,
    /// A file that somebody puts into their calendar by hand: nobody is invited by it (RFC 5546, 3.2.1: no attendees).
    Publish,
}

impl Purpose {
    fn method(self) -> &'static str {
        match self {
            Self::Request => mail::Method::Request.name(),
            Self::Cancel => mail::Method::Cancel.name(),
            Self::Publish => "PUBLISH",
        }
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Full name.
    pub name: String,
    /// E-mail.
    pub address: String,
    /// Whether they agreed to this time.
    pub standing: Standing,
}

/// Whether somebody agreed to the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They proposed, chose or set it themselves.
    Accepted,
    /// Somebody else moved the meeting there.
    NeedsAction,
}

/// A meeting about to be written for calendars.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The same for the whole life of a meeting.
    pub uid: String,
    /// Rises with each change.
    pub sequence: i64,
    /// When this object was made.
    pub stamp: Timestamp,
    /// When the meeting begins.
    pub starts_at: Timestamp,
    /// How long it lasts.
    pub minutes: i64,
    /// The zone in which the times are written.
    pub zone: TimeZone,
    /// The title in the calendar.
    pub summary: String,
    /// A video link or a room.
    pub place: Option<String>,
    /// The meeting's page.
    pub link: String,
    /// The sender of the letters: name, if it has one, and address.
    pub organizer: (Option<String>, String),
    /// Both.
    pub attendees: Vec<Attendee>,
}

impl Invitation {
    /// The iCalendar object: CRLF line ends, lines of at most 75 octets.
    #[must_use]
    pub fn object(&self, purpose: Purpose) -> String {
        let ends_at = self.starts_at.plus(SignedDuration::from_mins(self.minutes));
        let zone = if writable(self.starts_at, &self.zone) && writable(ends_at, &self.zone) {
            &self.zone
        } else {
            &TimeZone::UTC
        };
        let mut text = String::from("BEGIN:VCALENDAR\r\n");
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//Counterflow//Counterflow//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", purpose.method()),
        ] {
            put(&mut text, Property::new(name, value));
        }
        put_zone(&mut text, zone, self.starts_at, ends_at);
        text += &Component::to_string(&self.event(purpose, zone, ends_at));
        text += "END:VCALENDAR\r\n";
        fold(&text)
    }

    fn event(&self, purpose: Purpose, zone: &TimeZone, ends_at: Timestamp) -> Event {
        let mut event = Event::new();
        event
            .add_property("UID", plain(&self.uid))
            .add_property("SEQUENCE", self.sequence.to_string())
            .add_property("DTSTAMP", utc(self.stamp))
            .add_property("SUMMARY", plain(&self.summary))
            .add_property("DESCRIPTION", plain(&self.link))
            .add_property("URL", plain(&self.link))
            .add_property("TRANSP", "OPAQUE")
            .append_property(moment("DTSTART", self.starts_at, zone))
            .append_property(moment("DTEND", ends_at, zone))
            .append_property(self.organizer());
        event.status(if purpose == Purpose::Cancel { EventStatus::Cancelled } else { EventStatus::Confirmed });
        if let Some(place) = &self.place {
            event.add_property("LOCATION", plain(place));
        }
        if purpose != Purpose::Publish {
            for attendee in &self.attendees {
                event.append_multi_property(attendee.property());
            }
        }
        event
    }

    fn organizer(&self) -> Property {
        let (name, address) = &self.organizer;
        let mut property = Property::new("ORGANIZER", format!("mailto:{}", plain(address)));
        if let Some(name) = name {
            property.add_parameter("CN", &parameter(name));
        }
        property.done()
    }
}

impl Attendee {
    /// Answers are given on the meeting's page and not by a reply to the letter, so none is asked for (RSVP=FALSE).
    fn property(&self) -> Property {
        let standing = match self.standing {
            Standing::Accepted => "ACCEPTED",
            Standing::NeedsAction => "NEEDS-ACTION",
        };
        Property::new("ATTENDEE", format!("mailto:{}", plain(&self.address)))
            .add_parameter("CN", &parameter(&self.name))
            .add_parameter("CUTYPE", "INDIVIDUAL")
            .add_parameter("ROLE", "REQ-PARTICIPANT")
            .add_parameter("PARTSTAT", standing)
            .add_parameter("RSVP", "FALSE")
            .done()
    }
}

/// Text without the control characters that a content line cannot hold. Line breaks are escaped by the writer.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

/// A parameter's value: neither line breaks nor double quotes can be written in one (RFC 5545, 3.1). Quoted where it
/// has to be.
fn parameter(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    text.replace('"', "'")
}

fn utc(at: Timestamp) -> String {
    at.jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn local(at: civil::DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// Whether the moment can be written as a local time of the zone. The hour that comes twice when the clocks go back
/// cannot: RFC 5545 (3.3.5) means the first of the two, but calendars in use read the second.
fn writable(at: Timestamp, zone: &TimeZone) -> bool {
    let local = at.jiff().to_zoned(zone.clone()).datetime();
    zone.iana_name().is_some() && !zone.to_ambiguous_timestamp(local).is_ambiguous()
}

fn moment(name: &str, at: Timestamp, zone: &TimeZone) -> Property {
    match tzid(zone) {
        Some(id) => {
            let local = local(at.jiff().to_zoned(zone.clone()).datetime());
            Property::new(name, local).add_parameter("TZID", id).done()
        }
        None => Property::new(name, utc(at)),
    }
}

/// The zone's name; `None` for UTC, which needs none.
fn tzid(zone: &TimeZone) -> Option<&str> {
    zone.iana_name().filter(|name| !matches!(*name, "UTC" | "Etc/UTC"))
}

/// From when on which offset holds.
#[derive(Debug, PartialEq, Eq)]
struct Observance {
    /// The first moment, read on the clock as it was before.
    since: civil::DateTime,
    from: Offset,
    to: Offset,
    name: String,
}

impl Observance {
    fn beginning_with(change: &TimeZoneTransition<'_>, zone: &TimeZone) -> Self {
        let at = change.timestamp();
        let from = zone.to_offset(at - SignedDuration::from_nanos(1));
        Self { since: from.to_datetime(at), from, to: change.offset(), name: change.abbreviation().to_owned() }
    }

    /// An offset that has held for long.
    fn lasting(at: jiff::Timestamp, zone: &TimeZone) -> Self {
        let info = zone.to_offset_info(at);
        let since = civil::date(1970, 1, 1).at(0, 0, 0, 0);
        Self { since, from: info.offset(), to: info.offset(), name: info.abbreviation().to_owned() }
    }
}

/// The offsets that hold from `start` to `end`, and the next one after: what a calendar must know to place the meeting.
fn observances(zone: &TimeZone, start: Timestamp, end: Timestamp) -> Vec<Observance> {
    let (start, end) = (start.jiff(), end.jiff());
    let just_after = start.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(start);
    // Changes of before 1970 add nothing, and old calendars choke on them.
    let current = zone.preceding(just_after).next().filter(|change| change.timestamp() > jiff::Timestamp::UNIX_EPOCH);
    let mut list = vec![match current {
        Some(change) => Observance::beginning_with(&change, zone),
        None => Observance::lasting(start, zone),
    }];
    for change in zone.following(start) {
        list.push(Observance::beginning_with(&change, zone));
        if change.timestamp() > end {
            break;
        }
    }
    list
}

/// VTIMEZONE with every offset that matters. Where clocks go to and fro, forward is DAYLIGHT and back is STANDARD.
fn put_zone(text: &mut String, zone: &TimeZone, start: Timestamp, end: Timestamp) {
    let Some(id) = tzid(zone) else { return };
    let observances = observances(zone, start, end);
    *text += "BEGIN:VTIMEZONE\r\n";
    put(text, Property::new("TZID", id));
    for observance in &observances {
        let kind = if observances.len() > 1 && observance.to > observance.from { "DAYLIGHT" } else { "STANDARD" };
        let _ = write!(text, "BEGIN:{kind}\r\n");
        put(text, Property::new("DTSTART", local(observance.since)));
        put(text, Property::new("TZOFFSETFROM", offset(observance.from)));
        put(text, Property::new("TZOFFSETTO", offset(observance.to)));
        put(text, Property::new("TZNAME", observance.name.as_str()));
        let _ = write!(text, "END:{kind}\r\n");
    }
    *text += "END:VTIMEZONE\r\n";
}

/// `+0530`, `-0300`; with seconds where a zone has them.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, all) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    if rest == 0 { format!("{sign}{hours:02}{minutes:02}") } else { format!("{sign}{hours:02}{minutes:02}{rest:02}") }
}

fn put(text: &mut String, property: Property) {
    let line: Result<String, std::fmt::Error> = property.try_into();
    *text += &line.expect("writing to a string cannot fail");
}

/// Folds lines to at most 75 octets, between characters (RFC 5545, 3.1). The icalendar crate folds too, but to 76
/// octets now and then, so its folds are taken out first.
fn fold(text: &str) -> String {
    const LIMIT: usize = 75;
    let mut folded = String::with_capacity(text.len() + text.len() / 32);
    for line in text.replace("\r\n ", "").split_inclusive("\r\n") {
        let mut width = 0;
        for letter in line.chars() {
            let is_end = matches!(letter, '\r' | '\n');
            if !is_end && width + letter.len_utf8() > LIMIT {
                folded += "\r\n ";
                width = 1;
            }
            folded.push(letter);
            width += letter.len_utf8();
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(zone: &str, starts_at: &str) -> Invitation {
        Invitation {
            uid: "0199@counterflow.example".into(),
            sequence: 2,
            stamp: "2026-01-12T08:00:00Z".parse().unwrap(),
            starts_at: starts_at.parse().unwrap(),
            minutes: 45,
            zone: TimeZone::get(zone).unwrap(),
            summary: "Reverse mentoring: Ana Lim and Ruth Okafor".into(),
            place: Some("https://video.example/ana; room, 1".into()),
            link: "https://counterflow.example/pairs/1/meetings/2".into(),
            organizer: (Some("Counterflow".into()), "mentoring@halden.example".into()),
            attendees: vec![
                Attendee {
                    name: "Ana \"A\" Lim".into(),
                    address: "ana@halden.example".into(),
                    standing: Standing::Accepted,
                },
                Attendee {
                    name: "Okafor, Ruth".into(),
                    address: "ruth@halden.example".into(),
                    standing: Standing::NeedsAction,
                },
            ],
        }
    }

    fn unfolded(invitation: &Invitation, purpose: Purpose) -> Vec<String> {
        invitation.object(purpose).replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn says_when_in_the_zone_and_what_the_zone_is() {
        let lines = unfolded(&invitation("Europe/Berlin", "2026-03-26T15:00:00Z"), Purpose::Request);
        for line in [
            "METHOD:REQUEST",
            "DTSTART;TZID=Europe/Berlin:20260326T160000",
            "DTEND;TZID=Europe/Berlin:20260326T164500",
            "SEQUENCE:2",
            "STATUS:CONFIRMED",
            "ORGANIZER;CN=Counterflow:mailto:mentoring@halden.example",
            "ATTENDEE;CN=Ana 'A' Lim;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:ana@halden.example",
            "LOCATION:https://video.example/ana\\; room\\, 1",
        ] {
            assert!(lines.contains(&line.to_owned()), "{line} is missing in {lines:#?}");
        }
        assert!(
            lines.iter().any(|line| line.starts_with("ATTENDEE;CN=\"Okafor, Ruth\";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS"))
        );
        let zone = lines.iter().position(|line| line == "BEGIN:VTIMEZONE").unwrap();
        assert_eq!(
            lines[zone + 1..zone + 14],
            [
                "TZID:Europe/Berlin",
                "BEGIN:STANDARD",
                "DTSTART:20251026T030000",
                "TZOFFSETFROM:+0200",
                "TZOFFSETTO:+0100",
                "TZNAME:CET",
                "END:STANDARD",
                "BEGIN:DAYLIGHT",
                "DTSTART:20260329T020000",
                "TZOFFSETFROM:+0100",
                "TZOFFSETTO:+0200",
                "TZNAME:CEST",
                "END:DAYLIGHT",
            ]
        );
    }

    #[test]
    fn a_zone_that_never_changes_has_one_offset() {
        let object = invitation("Asia/Kolkata", "2026-03-26T15:00:00Z").object(Purpose::Request);
        assert!(
            object.contains("BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\n")
        );
        assert!(!object.contains("DAYLIGHT"));
        let utc = invitation("UTC", "2026-03-26T15:00:00Z").object(Purpose::Request);
        assert!(utc.contains("DTSTART:20260326T150000Z\r\n") && !utc.contains("VTIMEZONE"));
    }

    #[test]
    fn the_hour_that_comes_twice_is_not_confused() {
        // 02:05 comes twice that night: only UTC can say which one is meant.
        for (at, line) in [("00:05", "DTSTART:20261025T000500Z\r\n"), ("01:05", "DTSTART:20261025T010500Z\r\n")] {
            let object = invitation("Europe/Berlin", &format!("2026-10-25T{at}:00Z")).object(Purpose::Request);
            assert!(object.contains(line) && !object.contains("TZID"), "{object}");
        }
        // It begins before the change and ends after it.
        let across = invitation("Europe/Berlin", "2026-03-29T00:30:00Z").object(Purpose::Request);
        assert!(across.contains("DTSTART;TZID=Europe/Berlin:20260329T013000\r\n"));
        assert!(across.contains("DTEND;TZID=Europe/Berlin:20260329T031500\r\n"));
    }

    #[test]
    fn cancelling_and_publishing_say_so() {
        let lines = unfolded(&invitation("Europe/Berlin", "2026-03-26T15:00:00Z"), Purpose::Cancel);
        assert!(lines.contains(&"METHOD:CANCEL".into()) && lines.contains(&"STATUS:CANCELLED".into()));
        let file = invitation("Europe/Berlin", "2026-03-26T15:00:00Z").object(Purpose::Publish);
        assert!(file.contains("METHOD:PUBLISH\r\n") && !file.contains("ATTENDEE"));
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_nothing_is_lost() {
        for length in 0..200 {
            let mut it = invitation("America/New_York", "2026-03-26T15:00:00Z");
            it.summary = format!("{}老虎é", "x".repeat(length));
            let object = it.object(Purpose::Request);
            assert!(object.split("\r\n").all(|line| line.len() <= 75), "{object}");
            assert!(!object.replace("\r\n", "").contains(['\r', '\n']));
            assert!(object.replace("\r\n ", "").contains(&format!("SUMMARY:{}\r\n", it.summary)));
        }
    }
}
