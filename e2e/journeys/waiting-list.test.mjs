// The waiting list and the table of who stands where, on both databases at once.
//
// Ana registers before any leader does and waits, without a script. Ruth registers, and Ana is in. Hugo is one mentor too
// many: he reads his place, and moves up when Elif takes her registration back. Inés acts on several people and takes it back.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases } from "../support/server.mjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { withHouse } from "../support/house.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { chooseByRules, EARLY, exceptDepartment, inviteAll, register, startProgram } from "../support/acts/enrolling.mjs";

after(closeBrowser);

describe("the waiting list", { concurrency: true }, () => {
  for (const database of databases) test(`on ${database.name}`, () => withHouse(database, story));
});

async function story(house) {
  const piet = await house.comes();
  await setUp(piet, "Piet Visser");
  await importPeople(piet);
  await letStartPrograms(piet, "Inés Duarte");
  const ines = await house.comes({ zone: "Europe/Lisbon" });
  await signInByLetter(ines, house.mail, "Inés Duarte");
  const round = await startProgram(ines, "Digital fluency for leaders", "Digital fluency");
  await chooseByRules(ines, round, { side: "leaders", expect: 4, adjust: (page) => exceptDepartment(page, "Board") });
  await chooseByRules(ines, round, { side: "mentors", expect: 5 });
  await takeBackAnInvitation(ines, round);
  await inviteAll(ines, round);

  const ana = await mentor(house, "Ana Lim", { javaScript: false });
  await ana.page.getByRole("heading", { name: "Your place in line" }).waitFor();
  await ana.page.getByText("number 1 of 1").waitFor();
  await register(house, { name: "Ruth Okafor", zone: "Africa/Lagos", topics: { "AI at work": "Most of all" }, hours: EARLY, about: "Something that I can use." });
  await ana.page.reload();
  await ana.page.getByText("You take part in").waitFor();

  const elif = await mentor(house, "Elif Kaya", {});
  await elif.page.getByText("You take part in").waitFor();
  const hugo = await mentor(house, "Hugo Lavoie", {});
  await hugo.page.getByText("number 1 of 1").waitFor();
  await fine(hugo, "registered-waiting");
  await hugo.page.goto("/home");
  await hugo.page.getByText("You are number 1 of 1 on the waiting list").waitFor();
  await fine(hugo, "home-in-line");

  const { page } = ines;
  await page.goto(`${round}/waiting`);
  await page.getByRole("row", { name: /1 Hugo Lavoie/ }).waitFor();
  await fine(ines, "waiting-list");
  await elif.page.getByRole("button", { name: "I cannot take part after all" }).click();
  await elif.page.getByText("Thank you for telling us").waitFor();
  await page.reload();
  await page.getByText("Nobody waits for a place").waitFor();
  await sortsAndReminds(ines, round);
}

function mentor(house, name, options) {
  return register(house, { name, zone: "Europe/Berlin", topics: { "AI at work": "I could teach a class" }, hours: EARLY, about: "I like to show what I know.", ...options });
}

/** Two are ticked and invited, and it is undone: nobody has heard of it. */
async function takeBackAnInvitation(ines, round) {
  const { page } = ines;
  await page.goto(`${round}/enroll?side=mentor`);
  for (const name of ["Ana Lim", "Hugo Lavoie"]) await page.getByLabel(`Tick ${name}`).check();
  await page.getByRole("form", { name: "Act on several people" }).getByRole("button", { name: "Invite" }).click();
  await page.getByRole("heading", { name: "Invite 2 people?" }).waitFor();
  await fine(ines, "several-confirm");
  await page.getByRole("button", { name: "Invite 2" }).click();
  await page.getByRole("heading", { name: "2 people invited" }).waitFor();
  await fine(ines, "several-done");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Taken back: 2 people as before").waitFor();
  await fine(ines, "several-undone");
}

/** The table goes by name and back by invitation; what was asked stays in the address. */
async function sortsAndReminds(ines, round) {
  const { page } = ines;
  await page.goto(`${round}/enroll?state=invited`);
  const people = page.getByRole("table").filter({ has: page.getByRole("columnheader", { name: "Waits since" }) });
  const names = () => people.getByRole("rowheader").locator("b").allInnerTexts();
  const forward = await names();
  await people.getByRole("link", { name: /^Person/ }).click();
  await page.waitForURL(/sort=-name/);
  assert.deepEqual(await names(), forward.toReversed());
  assert.match(page.url(), /state=invited/);
  await fine(ines, "table-sorted");
  await page.getByLabel(/^All \d+ found$/).check();
  await page.getByRole("form", { name: "Act on several people" }).getByRole("button", { name: "Remind" }).click();
  await page.getByRole("button", { name: /^Remind \d+$/ }).click();
  await page.getByText("people reminded").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/Taken back: \d+ people as before/).waitFor();
}
