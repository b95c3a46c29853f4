// A whole round of Halden Group: from an empty server to the first check-ins, on both databases at once.
//
// Ruth and Ana become a pair, and so do Hiroshi and Elif, whose browsers run no script. Carla declines, and Talita must
// never learn of it. Olumide does not answer.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases } from "../support/server.mjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { lookAt, withHouse } from "../support/house.mjs";
import { addressOf } from "../support/halden.mjs";
import { eventIn } from "../support/calendar.mjs";
import { soon, until } from "../support/time.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { admitAll, admitByHand, chooseByRules, EARLY, exceptDepartment, inviteAll, LATE, register, startProgram } from "../support/acts/enrolling.mjs";
import { accept, declineInPrivate, draft, forbid, matchByCriteria, pin, runAgain, sendProposals, swap, undo } from "../support/acts/matching.mjs";
import { answerCheckin, cancel, chooseTime, moveTo, openPair, proposeSuggested, proposeTyped, recordHeld, sign } from "../support/acts/meeting.mjs";

after(closeBrowser);

describe("a whole round", { concurrency: true }, () => {
  for (const database of databases) test(`on ${database.name}`, () => withHouse(database, wholeRound));
});

async function wholeRound(house) {
  const piet = await house.comes();
  await setUp(piet, "Piet Visser");
  await importPeople(piet);
  await letStartPrograms(piet, "Inés Duarte");

  const ines = await house.comes({ zone: "Europe/Lisbon" });
  await signInByLetter(ines, house.mail, "Inés Duarte");
  await fine(ines, "home-starter");
  const round = await startProgram(ines, "Digital fluency for leaders", "Digital fluency");
  await chooseByRules(ines, round, { side: "leaders", expect: 4, adjust: (page) => exceptDepartment(page, "Board") });
  await chooseByRules(ines, round, { side: "mentors", expect: 5 });
  await admitByHand(ines, round);
  await inviteAll(ines, round);

  const people = await everybodyRegisters(house);
  await admitAll(ines, round, "Ruth Okafor");
  await inesDrafts(ines, round);
  await carlaDeclines(house, people, ines, round);
  const pairs = await pairsBegin(house, people);
  const meetings = await theyPlan(house, people, pairs);
  await lookAt(ines, { sponsor: `${round}/sponsor`, endorsement: `${round}/endorsement`, close: `${round}/close`, prove: `${round}/prove`, "home-manager": "/home" });
  await lookAt(piet, { admin: "/admin", "import-earlier": "/directory/import", letters: "/admin/letters" });
  assert.doesNotMatch(await piet.page.content(), /Talita Moreira/, "an admin does not read who was proposed to whom");
  await theyMeet(people, pairs, meetings);
  await theyAnswer(house);
  await inesWatches(ines, round);
}

const LEADERS = {
  ruth: { name: "Ruth Okafor", zone: "Africa/Lagos", topics: { "AI at work": "Most of all", "Data and dashboards": "Important" }, energy: "I need some quiet", look: "leader" },
  hiroshi: { name: "Hiroshi Tanaka", zone: "America/Sao_Paulo", topics: { Automation: "Most of all", "Data and dashboards": "Important" }, javaScript: false },
  carla: { name: "Carla Brandt", zone: "Europe/Berlin", topics: { "Social media": "Most of all" } },
  olumide: { name: "Olumide Adeyemi", zone: "Africa/Lagos", topics: { "Passkeys and phishing": "Most of all" } },
};
const MENTORS = {
  ana: { name: "Ana Lim", zone: "Asia/Singapore", topics: { "AI at work": "I could teach a class", "Data and dashboards": "I know it well" }, energy: "I am full of energy", look: "mentor" },
  elif: { name: "Elif Kaya", zone: "Europe/Berlin", topics: { Automation: "I could teach a class", "Data and dashboards": "I know it well" }, javaScript: false },
  talita: { name: "Talita Moreira", zone: "America/Sao_Paulo", topics: { "Social media": "I could teach a class" } },
  damilola: { name: "Damilola Balogun", zone: "Africa/Lagos", topics: { "Passkeys and phishing": "I could teach a class" } },
  hugo: { name: "Hugo Lavoie", zone: "America/Toronto", topics: { "Passkeys and phishing": "I can show it", "Data and dashboards": "I can show it" } },
};

/** Each registers through their personal link, in a browser of their own. */
async function everybodyRegisters(house) {
  const people = {};
  for (const [key, leader] of Object.entries(LEADERS)) {
    people[key] = await register(house, { ...leader, hours: EARLY, about: `Something that I can use the next day: ${leader.name}.` });
  }
  for (const [key, mentor] of Object.entries(MENTORS)) {
    people[key] = await register(house, { ...mentor, hours: LATE, about: `I like to show what I know: ${mentor.name}.` });
  }
  return people;
}

async function inesDrafts(ines, round) {
  await matchByCriteria(ines, round);
  const pairs = { "Ruth Okafor": "Ana Lim", "Hiroshi Tanaka": "Elif Kaya", "Carla Brandt": "Talita Moreira" };
  assert.deepEqual(await draft(ines), { ...pairs, "Olumide Adeyemi": "Damilola Balogun" });
  await fine(ines, "board");
  for (const place of ["", "/draft.csv", "/certificate.json"]) {
    const reply = await ines.page.request.get(`${new URL(ines.page.url()).pathname}${place}`);
    assert.doesNotMatch(await reply.text(), /introvert|extrovert/, "what somebody said of their energy is nobody else's to read");
  }

  await pin(ines, "Ruth Okafor", "Ana Lim");
  await forbid(ines, "Olumide Adeyemi", "Damilola Balogun");
  await swap(ines, "Hiroshi Tanaka", "Hugo Lavoie");
  assert.equal((await draft(ines))["Hiroshi Tanaka"], "Hugo Lavoie");
  await undo(ines);
  assert.equal((await draft(ines))["Hiroshi Tanaka"], "Elif Kaya");
  await fine(ines, "board-changed");

  const board = await runAgain(ines);
  assert.deepEqual(await draft(ines), { ...pairs, "Olumide Adeyemi": "Hugo Lavoie" }, "pinned and forbidden count in the next run");
  await lookAt(ines, { "match-runs": `${round}/match`, certificate: `${board}/certificate`, "board-again": board });
  await sendProposals(ines, 4);
}

/** Carla's no is between her and the managers: Talita finds neither a page nor a letter. */
async function carlaDeclines({ mail }, { carla, talita }, ines, round) {
  const words = "We shared a flat once.";
  const proposal = await declineInPrivate(carla, mail, "Carla Brandt", words);
  await lookAt(ines, { "launch-declined": `${round}/launch`, "proposal-manager": proposal });
  await ines.page.getByText(words).waitFor();

  const { page } = talita;
  await page.goto("/home");
  await fine(talita, "home-waiting");
  assert.doesNotMatch(await page.content(), /Carla/);
  const reply = await page.goto(proposal);
  assert.equal(reply.status(), 404);
  await page.getByRole("heading", { name: "There is nothing here for you" }).waitFor();
  assert.doesNotMatch(await page.content(), /Carla/);
  assert.equal((await page.goto(`${new URL(page.url()).origin}/proposals/01a201e2-3a5a-77d6-a1ed-e82cff4b67d5`)).status(), 404, "the same as what does not exist");
  const letters = mail.letters.filter((letter) => letter.recipient === addressOf("Talita Moreira"));
  assert.deepEqual(letters.map((letter) => letter.subject), ["Digital fluency: would you like to take part?"]);
}

/** Two pairs say yes, the leader first, and sign. Answers the addresses of their pages. */
async function pairsBegin({ mail }, { ruth, ana, hiroshi, elif }) {
  await accept(ruth, mail, "Ruth Okafor", { look: "leader" });
  await accept(ana, mail, "Ana Lim", { look: "mentor" });
  await accept(hiroshi, mail, "Hiroshi Tanaka");
  await accept(elif, mail, "Elif Kaya");

  const one = await openPair(ruth, mail, "Ruth Okafor", "Ana Lim");
  assert.equal(await openPair(ana, mail, "Ana Lim", "Ruth Okafor"), one);
  await sign(ruth, one, "Ruth Okafor", "leader");
  await lookAt(ana, { "agreement-edit": `${one}/agreement/edit` });
  await sign(ana, one, "Ana Lim", "mentor");

  const other = await openPair(elif, mail, "Elif Kaya", "Hiroshi Tanaka");
  await sign(elif, other, "Elif Kaya");
  await sign(hiroshi, other, "Hiroshi Tanaka");
  return { one, other };
}

/** Ana and Ruth plan, move and cancel; Elif and Hiroshi plan. Answers the two meetings that begin `at` the next minute. */
async function theyPlan({ mail }, { ruth, ana, hiroshi, elif }, { one, other }) {
  await proposeSuggested(ana, one, 3);
  const first = await chooseTime(ruth, mail, "Ruth Okafor", { mentor: "Ana Lim", look: true });
  const planned = await bothHear(mail, /^Planned: mentoring with/);
  assert.deepEqual([planned.method, planned.status, planned.minutes], ["REQUEST", "CONFIRMED", 45]);
  assert.deepEqual(planned.attendees, [addressOf("Ana Lim"), addressOf("Ruth Okafor")]);

  const at = await moveTo(ruth, first, () => soon(30), LEADERS.ruth.zone);
  const moved = await bothHear(mail, /^Moved: mentoring with/);
  assert.deepEqual([moved.method, moved.uid, moved.starts], ["REQUEST", planned.uid, at]);
  assert.ok(moved.sequence > planned.sequence);

  await proposeTyped(elif, other, at, MENTORS.elif.zone);
  const theirs = await chooseTime(hiroshi, mail, "Hiroshi Tanaka", { mentor: "Elif Kaya" });

  await proposeSuggested(ana, one, 1);
  const second = await chooseTime(ruth, mail, "Ruth Okafor", { mentor: "Ana Lim", after: 1 });
  await lookAt(ana, { agenda: `${second}/agenda`, "pair-planned": one });
  await cancel(ana, second);
  const cancelled = await bothHear(mail, /^Cancelled: mentoring with/);
  assert.deepEqual([cancelled.method, cancelled.status], ["CANCEL", "CANCELLED"]);
  assert.notEqual(cancelled.uid, planned.uid);
  return { at, first, theirs };
}

async function theyMeet({ ruth, ana, hiroshi }, { one }, { at, first, theirs }) {
  await until(at);
  await recordHeld(ana, first, 40, { look: true });
  await recordHeld(hiroshi, theirs, 45);
  await lookAt(ruth, { "pair-held": one, "home-leader": "/home", delegates: "/me/delegates" });
}

/** Both Ana and Ruth have a letter, and their calendars read the same in it. */
async function bothHear(mail, subject) {
  const [anas, ruths] = await Promise.all(["Ana Lim", "Ruth Okafor"].map(async (name) => eventIn(await mail.letter(addressOf(name), subject))));
  assert.deepEqual(anas, ruths);
  return anas;
}

/** The link in the letter is enough to answer, in whatever browser. */
async function theyAnswer({ mail, comes }) {
  const scripted = await comes({ width: 800 });
  await answerCheckin(scripted, mail, "Ruth Okafor", { other: "Ana Lim", look: true });
  await answerCheckin(scripted, mail, "Ana Lim", { other: "Ruth Okafor" });
  const plain = await comes({ javaScript: false });
  await answerCheckin(plain, mail, "Hiroshi Tanaka", { other: "Elif Kaya" });
  await answerCheckin(plain, mail, "Elif Kaya", { other: "Hiroshi Tanaka" });
}

async function inesWatches(ines, round) {
  const { page } = ines;
  await lookAt(ines, { "round-running": round });
  await page.getByText("2 pairs, 2 of 12 meetings held").waitFor();
  await lookAt(ines, { run: `${round}/run?show=all` });
  await page.getByRole("row", { name: /Ruth Okafor.*Ana Lim/ }).waitFor();
  await page.getByRole("row", { name: /After a meeting Leaders 2 of 2/ }).waitFor();
}
