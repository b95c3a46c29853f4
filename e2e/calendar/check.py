"""Reads our calendar objects with a parser that is not ours: icalendar from PyPI.

usage: check.py FOLDER      FOLDER holds *.ics and facts.json (cargo run -p counterflow --example calendar_samples FOLDER)

Every object must parse without an error and say what facts.json says. Times are computed twice: by the zone's name,
and by nothing but the VTIMEZONE in the object.
"""

import json
import pathlib
import sys

from icalendar import Calendar


def seconds(value):
    return int(value.timestamp())


def by_own_zone(calendar, property_):
    """The moment of a property by the object's own VTIMEZONE."""
    zone_id = property_.params.get("TZID")
    if zone_id is None:
        return seconds(property_.dt)
    [zone] = [zone for zone in calendar.walk("VTIMEZONE") if zone["TZID"] == zone_id]
    zone = zone.to_tz(lookup_tzid=False)
    return seconds(property_.dt.replace(tzinfo=zone))


def problems_of_bytes(raw):
    """What is wrong with the lines: RFC 5545, 3.1."""
    if b"\n" in raw.replace(b"\r\n", b""):
        yield "a bare LF"
    for line in raw.split(b"\r\n"):
        if len(line) > 75:
            yield f"a line of {len(line)} octets"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield "a line is folded within a character"


def problems_of(raw, fact):
    yield from problems_of_bytes(raw)
    calendar = Calendar.from_ical(raw)
    [event] = calendar.walk("VEVENT")
    found = {
        "method": str(calendar["METHOD"]),
        "status": str(event["STATUS"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "starts": seconds(event["DTSTART"].dt),
        "ends": seconds(event["DTEND"].dt),
        "summary": str(event["SUMMARY"]),
        "place": str(event["LOCATION"]) if "LOCATION" in event else None,
        "link": str(event["URL"]),
        "organizer": str(event["ORGANIZER"]).removeprefix("mailto:"),
        "attendees": [],
    }
    attendees = event.get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        found["attendees"].append({
            "name": attendee.params["CN"],
            "address": str(attendee).removeprefix("mailto:"),
            "standing": attendee.params["PARTSTAT"],
        })
    for key, value in found.items():
        if value != fact[key]:
            yield f"{key}: {value!r}, expected {fact[key]!r}"
    for name, key in (("DTSTART", "starts"), ("DTEND", "ends")):
        own = by_own_zone(calendar, event[name])
        if own != fact[key]:
            yield f"{name} by its VTIMEZONE is {own - fact[key]} seconds off"
    if str(event["DESCRIPTION"]) != fact["link"]:
        yield "the description says more than the link"
    if "DTSTAMP" not in event or calendar.errors or event.errors:
        yield f"errors: {calendar.errors} {event.errors}"


def main(folder):
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    passed, failed, latest = 0, 0, {}
    for fact in facts:
        try:
            problems = list(problems_of((folder / fact["file"]).read_bytes(), fact))
        except Exception as error:  # a parser's own error is what we are looking for
            problems = [f"{type(error).__name__}: {error}"]
        if fact["method"] != "PUBLISH":
            if fact["sequence"] <= latest.get(fact["uid"], -1):
                problems.append("the sequence does not rise")
            latest[fact["uid"]] = fact["sequence"]
        for problem in problems:
            print(f"{fact['file']} ({fact['zone']}): {problem}")
        passed, failed = (passed + 1, failed) if not problems else (passed, failed + 1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1])))
