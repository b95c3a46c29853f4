// What a calendar program reads in a letter: ical.js, a parser that is not ours.
import assert from "node:assert/strict";
import ICAL from "ical.js";
import { calendarIn } from "./mail.mjs";

/** The event that a letter puts into a calendar, takes out of it or changes. The letter's part and the object name the same method. */
export function eventIn(letter) {
  const calendar = new ICAL.Component(ICAL.parse(calendarIn(letter)));
  const method = calendar.getFirstPropertyValue("method");
  assert.match(letter.raw, new RegExp(`content-type: text/calendar;[^\\n]*(\\r?\\n\\s[^\\n]*)*method=${method}`, "i"));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent");
  assert.equal(events.length, 1);
  const event = new ICAL.Event(events[0]);
  return {
    method,
    uid: event.uid,
    sequence: event.sequence,
    status: events[0].getFirstPropertyValue("status"),
    starts: new Date(event.startDate.toUnixTime() * 1000),
    minutes: event.duration.toSeconds() / 60,
    attendees: event.attendees.map((attendee) => attendee.getFirstValue().replace(/^mailto:/, "")).sort(),
  };
}
