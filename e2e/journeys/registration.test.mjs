// Registering: a leader on a phone with a thumb, a form that changes while people answer, a login that ends meanwhile.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases } from "../support/server.mjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { withHouse } from "../support/house.mjs";
import { linkIn } from "../support/mail.mjs";
import { addressOf } from "../support/halden.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { chooseByRules, inviteAll, startProgram } from "../support/acts/enrolling.mjs";
import { askMore, countTaps, fillWithAThumb } from "../support/acts/asking.mjs";

/** At most so many taps take a leader through the form as it comes, beside typing. */
const MOST_TAPS = 25;
/** What a thumb takes: seconds for a tap with the look before it, and for a letter. */
const PACE = { tap: 2.5, letter: 0.4 };

after(closeBrowser);

describe("registering", { concurrency: true }, () => {
  for (const database of databases) test(`on ${database.name}`, () => withHouse(database, (house) => registering(house, database.name)));
});

async function registering(house, name) {
  const { ines, round } = await invited(house);
  await ruthUsesHerThumb(house, name);
  const ana = await comesToTheForm(house, "Ana Lim");
  await inesAsksMore(ines, round);
  await anaSendsWhatSheSaw(ana);
  await hiroshiHasNoScript(house);
  await carlaIsSignedOut(house);
  await ines.page.goto(`${round}/form`);
  await ines.page.getByText("3 people have registered").waitFor();
  await fine(ines, "form-answered");
}

async function invited(house) {
  const piet = await house.comes({ looks: false });
  await setUp(piet, "Piet Visser");
  await importPeople(piet);
  await letStartPrograms(piet, "Inés Duarte");
  const ines = await house.comes({ zone: "Europe/Lisbon", looks: false });
  await signInByLetter(ines, house.mail, "Inés Duarte");
  const round = await startProgram(ines, "Digital fluency for leaders", "Digital fluency");
  await chooseByRules(ines, round, { side: "leaders", expect: 5 });
  await chooseByRules(ines, round, { side: "mentors", expect: 5 });
  await inviteAll(ines, round);
  return { ines: await again(house, "Inés Duarte"), round };
}

/** The manager from here on, looked at closely. */
async function again(house, name) {
  const who = await house.comes({ zone: "Europe/Lisbon" });
  await signInByLetter(who, house.mail, name);
  return who;
}

async function letterOf(house, name) {
  return linkIn(await house.mail.letter(addressOf(name), /would you like to take part/), "/invitations/");
}

async function comesToTheForm(house, name, options) {
  const who = await house.comes(options);
  await who.page.goto(await letterOf(house, name));
  await who.page.getByRole("button", { name: "Begin" }).click();
  await who.page.getByRole("heading", { name: "your registration" }).waitFor();
  return who;
}

async function ruthUsesHerThumb(house, name) {
  const ruth = await house.comes({ phone: true, zone: "Africa/Lagos" });
  await ruth.page.goto(await letterOf(house, "Ruth Okafor"));
  const taps = await countTaps(ruth);
  await fillWithAThumb(ruth, taps, {
    topics: { "AI at work": "Most of all", "Data and dashboards": "Important" },
    about: "Judge what an assistant can do before I approve it.",
    hours: 1,
    style: ["I need some quiet", "Trying it myself", "On a walk"],
    boundary: "Pay and promotion",
  });
  const seconds = taps.count * PACE.tap + taps.letters * PACE.letter;
  console.log(`registration with a thumb on ${name}: ${taps.count} taps and ${taps.letters} letters, about ${Math.round(seconds)} s`);
  assert.ok(taps.count > 10 && taps.count <= MOST_TAPS, `${taps.count} taps, and at most ${MOST_TAPS} are due`);
  assert.ok(seconds < 300, "five minutes");
  await ruth.page.getByText("keep your hands on the keyboard").waitFor();
}

async function inesAsksMore(ines, round) {
  await ines.page.goto(`${round}/enroll`);
  await ines.page.getByRole("link", { name: "Registration form" }).click();
  await ines.page.getByRole("heading", { name: "Registration form" }).waitFor();
  await fine(ines, "form-begun");
  await askMore(ines, round, [
    { text: "Do you work in shifts?", kind: "Yes or no", readers: "Managers and the partner", required: true },
    { text: "Which shifts?", kind: "Any of several", options: ["Early", "Late", "Night"], readers: "Only the partner", required: true, after: "Only after “Yes” to “Do you work in shifts?”" },
  ]);
  await fine(ines, "form");
  await ines.page.getByRole("link", { name: "Preview as a leader" }).click();
  await ines.page.getByText("This is a preview").waitFor();
  await fine(ines, "form-preview");
}

/** She had the form open before it changed: what she sends counts, and what is new waits for her. */
async function anaSendsWhatSheSaw(ana) {
  const { page } = ana;
  await page.getByRole("group", { name: "AI at work" }).getByRole("radio", { name: "I know it well" }).check();
  await page.getByLabel(/What should your partner know/).fill("I like to show what I know.");
  await page.getByRole("checkbox", { name: /^Monday/ }).first().check();
  await page.getByLabel("I agree").check();
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByText("2 questions are new").waitFor();
  await fine(ana, "registered-form-changed");
  await page.getByRole("link", { name: "Look at the form" }).click();
  await page.getByText("New since you answered").first().waitFor();
  assert.equal(await page.getByLabel("Night").isVisible(), false, "nobody is asked which shifts before they said yes");
  await page.getByRole("group", { name: "Do you work in shifts?" }).getByLabel("Yes").check();
  await page.getByLabel("Night").check();
  await fine(ana, "registration-new-questions");
  await page.getByRole("button", { name: "Send my changes" }).click();
  await page.getByText("Which shifts?").waitFor();
  await page.locator("dl.replies dd").filter({ hasText: "Night" }).waitFor();
}

/** Without a script the condition stands beside the question, and the server keeps to it. */
async function hiroshiHasNoScript(house) {
  const { page } = await comesToTheForm(house, "Hiroshi Tanaka", { javaScript: false });
  await page.getByText("Only if you answered “Yes” to “Do you work in shifts?”").waitFor();
  await page.getByRole("group", { name: "Automation" }).getByRole("radio", { name: "Most of all" }).check();
  await page.getByLabel(/What would make this worth/).fill("Something for the next day.");
  await page.getByRole("checkbox", { name: /^Friday/ }).first().check();
  await page.getByRole("group", { name: "Do you work in shifts?" }).getByLabel("No", { exact: true }).check();
  await page.getByLabel("I agree").check();
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { name: /^Thank you/ }).waitFor();
  assert.equal(await page.getByText("Which shifts?").count(), 0);
}

/** Her login ends while she types, and she closes the page: what she typed is there when she comes back. */
async function carlaIsSignedOut(house) {
  const carla = await comesToTheForm(house, "Carla Brandt", { phone: true });
  const { context, page } = carla;
  const words = "What customers say when nobody sells them anything.";
  await context.clearCookies();
  await page.getByLabel(/What would make this worth/).fill(words);
  await page.getByText("You were signed out").waitFor();
  await page.goto("about:blank");
  await page.goto(await letterOf(house, "Carla Brandt"));
  await page.getByRole("button", { name: "Begin" }).tap();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal(await page.getByLabel(/What would make this worth/).inputValue(), words);
  await page.reload();
  assert.equal(await page.getByLabel(/What would make this worth/).inputValue(), words, "the server has it now");
  await fine(carla, "registration-brought-back");
}
