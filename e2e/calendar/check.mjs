// Reads our calendar objects with a parser that is not ours: ical.js from npm.
//
// usage: node check.mjs FOLDER     FOLDER holds *.ics and facts.json (cargo run -p counterflow --example calendar_samples FOLDER)
//
// Every object must parse without an error and say what facts.json says. ical.js knows no zones by name: every time
// comes from the VTIMEZONE in the object.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ICAL from "ical.js";

const plain = (address) => address.replace(/^mailto:/, "");
const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

function* problems(text, fact) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent");
  if (events.length !== 1) yield `${events.length} events`;
  const event = new ICAL.Event(events[0]);
  const zoneName = events[0].getFirstProperty("dtstart").getParameter("tzid");
  if (zoneName && !ICAL.TimezoneService.has(zoneName)) yield `no VTIMEZONE for ${zoneName}`;
  const found = {
    method: calendar.getFirstPropertyValue("method"),
    status: events[0].getFirstPropertyValue("status"),
    uid: event.uid,
    sequence: event.sequence,
    starts: event.startDate.toUnixTime(),
    ends: event.endDate.toUnixTime(),
    summary: event.summary,
    place: event.location,
    link: events[0].getFirstPropertyValue("url"),
    organizer: plain(event.organizer),
    attendees: event.attendees.map((attendee) => ({
      name: attendee.getParameter("cn"),
      address: plain(attendee.getFirstValue()),
      standing: attendee.getParameter("partstat"),
    })),
  };
  const sorted = (list) => list.map((one) => [one.name, one.address, one.standing]);
  for (const [key, value] of Object.entries(found)) {
    const fits = key === "attendees" ? same(sorted(value), sorted(fact[key])) : same(value ?? null, fact[key]);
    if (!fits) yield `${key}: ${JSON.stringify(value)}, expected ${JSON.stringify(fact[key])}`;
  }
  if (event.description !== fact.link) yield "the description says more than the link";
}

function check(folder) {
  const facts = JSON.parse(readFileSync(join(folder, "facts.json"), "utf8"));
  let passed = 0;
  let failed = 0;
  for (const fact of facts) {
    let found;
    try {
      found = [...problems(readFileSync(join(folder, fact.file), "utf8"), fact)];
    } catch (error) {
      found = [`${error.name}: ${error.message}`];
    }
    for (const problem of found) console.log(`${fact.file} (${fact.zone}): ${problem}`);
    if (found.length === 0) passed += 1;
    else failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node check.mjs FOLDER");
  process.exit(2);
}
process.exit(check(folder));
