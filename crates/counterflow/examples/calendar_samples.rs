//! Writes about a thousand invitations into a folder, with the facts that other parsers must find in them:
//! `cargo run -p counterflow --example calendar_samples FOLDER`, then `e2e/calendar/check.py` and `check.mjs`.
//!
//! They cover many zones, both clock changes to the minute, moves, cancellations, files, and texts that need care.

use std::{fs, path::Path};

use counterflow::{
    kernel::clock::Timestamp,
    meetings::calendar::{Attendee, Invitation, Purpose, Standing},
};
use jiff::{SignedDuration, tz::TimeZone};
use serde_json::{Value, json};

const ZONES: [&str; 26] = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Istanbul",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Mexico_City",
    "Africa/Lagos",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Tehran",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
];

/// Minutes around a change of the clocks at which meetings begin.
const AROUND: [i64; 8] = [-120, -90, -45, -15, 0, 15, 30, 75];

const TITLES: [&str; 6] = [
    "Reverse mentoring: Ana Lim and Ruth Okafor",
    "Reverse mentoring: Đặng Thị Mỹ Linh and François Lefèvre-Núñez, with a title that is long enough to be folded twice",
    "Reverse mentoring: 王小明 and 老虎伍兹 and 佐藤さくら and 김민준, 王小明 and 老虎伍兹 and 佐藤さくら and 김민준",
    "Reverse mentoring: سارة العلي and יעל כהן",
    "Comma, semicolon; backslash \\ colon: \"quotes\" and a 🙂 face",
    "Two\nlines",
];

const NAMES: [&str; 5] =
    ["Ana Lim", "Okafor, Ruth", "Müller; \"Mo\" Anne-Sophie: the second", "王小明", "O’Brien Ñandú 🙂"];

fn main() {
    let folder = std::env::args().nth(1).expect("the folder to write into");
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("the folder can be made");
    let mut facts = Vec::new();
    for (number, (zone, starts_at)) in ZONES.iter().flat_map(|zone| moments(zone)).enumerate() {
        for (sequence, (invitation, purpose)) in life(number, &zone, starts_at).into_iter().enumerate() {
            let file = format!("{number:04}-{sequence}.ics");
            fs::write(folder.join(&file), invitation.object(purpose)).expect("the file can be written");
            facts.push(told(&file, &invitation, purpose));
        }
    }
    let text = serde_json::to_string_pretty(&facts).expect("facts are JSON");
    fs::write(folder.join("facts.json"), text).expect("the file can be written");
    eprintln!("{} calendar objects", facts.len());
}

/// Every change of the clocks in two years to the minute, and working hours all over the year.
fn moments(name: &str) -> Vec<(TimeZone, Timestamp)> {
    let zone = TimeZone::get(name).expect("a zone of the list");
    let from: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let until: jiff::Timestamp = "2028-01-01T00:00:00Z".parse().expect("a moment");
    let changes = zone.following(from).map(|change| change.timestamp()).take_while(|at| *at < until);
    let near = changes.flat_map(|at| AROUND.map(|minutes| at + SignedDuration::from_mins(minutes)));
    let spread = (0..12).map(|month| from + SignedDuration::from_hours(24 * 30 * month + 8 + month % 9));
    let all: Vec<_> = near.chain(spread).collect();
    all.into_iter().map(|at| (zone.clone(), Timestamp::from_jiff(at))).collect()
}

/// A meeting from its invitation on: some are moved, some of these are cancelled, some are also saved as a file.
fn life(number: usize, zone: &TimeZone, starts_at: Timestamp) -> Vec<(Invitation, Purpose)> {
    let first = invitation(number, zone, starts_at);
    let mut moved = first.clone();
    moved.sequence = 1;
    moved.starts_at = starts_at.plus(SignedDuration::from_hours(167));
    moved.attendees[1].standing = Standing::NeedsAction;
    let mut cancelled = moved.clone();
    cancelled.sequence = 2;
    let mut life = vec![(first.clone(), Purpose::Request)];
    if number.is_multiple_of(3) {
        life.push((moved, Purpose::Request));
    }
    if number.is_multiple_of(6) {
        life.push((cancelled, Purpose::Cancel));
    }
    if number % 10 == 1 {
        life.push((first, Purpose::Publish));
    }
    life
}

fn invitation(number: usize, zone: &TimeZone, starts_at: Timestamp) -> Invitation {
    let attendee =
        |name: &str, address: String| Attendee { name: name.to_owned(), address, standing: Standing::Accepted };
    Invitation {
        uid: format!("sample-{number}@counterflow.example"),
        sequence: 0,
        stamp: "2026-01-01T00:00:00Z".parse().expect("a moment"),
        starts_at,
        minutes: [30, 45, 60, 90][number % 4],
        zone: zone.clone(),
        summary: TITLES[number % TITLES.len()].to_owned(),
        place: [None, Some("https://video.example/room?a=1&b=2,3;4"), Some("Raum 4, «Übersee»")][number % 3]
            .map(str::to_owned),
        link: format!("https://counterflow.example/pairs/{number}/meetings/{number}"),
        organizer: (Some("Counterflow at Halden, Inc.".to_owned()), "mentoring@halden.example".to_owned()),
        attendees: vec![
            attendee(NAMES[number % NAMES.len()], format!("mentor{number}@halden.example")),
            attendee(NAMES[(number + 2) % NAMES.len()], format!("mentee{number}@halden.example")),
        ],
    }
}

/// What a parser must find.
fn told(file: &str, it: &Invitation, purpose: Purpose) -> Value {
    let (method, status) = match purpose {
        Purpose::Request => ("REQUEST", "CONFIRMED"),
        Purpose::Cancel => ("CANCEL", "CANCELLED"),
        Purpose::Publish => ("PUBLISH", "CONFIRMED"),
    };
    let second = |at: Timestamp| at.jiff().as_second();
    let attendees: Vec<Value> = it
        .attendees
        .iter()
        .filter(|_| purpose != Purpose::Publish)
        .map(|one| {
            let standing = if one.standing == Standing::Accepted { "ACCEPTED" } else { "NEEDS-ACTION" };
            // Double quotes cannot be written in a parameter.
            json!({ "name": one.name.replace('"', "'"), "address": one.address, "standing": standing })
        })
        .collect();
    json!({
        "file": file,
        "method": method,
        "status": status,
        "uid": it.uid,
        "sequence": it.sequence,
        "starts": second(it.starts_at),
        "ends": second(it.starts_at.plus(SignedDuration::from_mins(it.minutes))),
        "zone": it.zone.iana_name(),
        "summary": it.summary,
        "place": it.place,
        "link": it.link,
        "organizer": it.organizer.1,
        "attendees": attendees,
    })
}
