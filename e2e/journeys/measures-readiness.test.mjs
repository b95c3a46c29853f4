// What a round is to show and whether leaders are ready: Inés plans and asks, leaders answer on their phones, and the
// sponsor reads what came out, after it is over.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases } from "../support/server.mjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { withHouse } from "../support/house.mjs";
import { linkIn } from "../support/mail.mjs";
import { addressOf } from "../support/halden.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { startProgram } from "../support/acts/enrolling.mjs";

after(closeBrowser);

describe("measures and readiness", { concurrency: true }, () => {
  for (const database of databases) test(`on ${database.name}`, () => withHouse(database, measuresAndReadiness));
});

async function measuresAndReadiness(house) {
  const piet = await house.comes();
  await setUp(piet, "Piet Visser");
  await importPeople(piet);
  await letStartPrograms(piet, "Inés Duarte");
  const ines = await house.comes({ zone: "Europe/Lisbon" });
  await signInByLetter(ines, house.mail, "Inés Duarte");
  const round = await startProgram(ines, "Digital fluency for leaders", "Digital fluency");
  await planMeasures(ines, round);
  await planQuestions(ines, round);
  await askLeaders(house, ines, round);
}

/** With 40 pairs that all answer, half a level can be seen; what is typed shows at once, and stays after saving. */
async function planMeasures(who, round) {
  const { page } = who;
  await page.goto(`${round}/design`);
  await page.getByRole("link", { name: "Change the measures" }).click();
  await page.getByRole("heading", { name: "Measures", exact: true }).waitFor();
  await fine(who, "measures");
  await page.getByLabel("Pairs that you expect").fill("40");
  await page.getByLabel("Percent that answer both times").fill("100");
  await page.getByText("With 40 pairs you can see a change of 0.5 levels or more in 8 of 10 such rounds").first().waitFor();
  await page.getByRole("button", { name: "Save the measures" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByText("With 40 pairs you can see a change of 0.5 levels or more in 8 of 10 such rounds").first().waitFor();
  await page.getByLabel("Target", { exact: true }).first().fill("90");
  await page.getByRole("button", { name: "Save the measures" }).click();
  await page.getByText("“90” does not fit: it has to be between 1 and 5.").first().waitFor();
  await fine(who, "measures-wrong");
}

async function planQuestions(who, round) {
  const { page } = who;
  await page.goto(`${round}/questions`);
  await fine(who, "questions");
  const row = page.getByRole("group", { name: "One more" }).first();
  await row.getByLabel("Question", { exact: true }).fill("Do you feel heard here?");
  await row.getByLabel("1 means").fill("not at all");
  await row.getByLabel("5 means").fill("always");
  await row.getByLabel("At the beginning").check();
  await row.getByLabel("At the end").check();
  await page.getByRole("button", { name: "Save the questions" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("group", { name: "Do you feel heard here?" }).waitFor();
}

const LEADERS = ["Ruth Okafor", "Hiroshi Tanaka", "Carla Brandt", "Olumide Adeyemi", "Ana Lim"];

async function askLeaders(house, ines, round) {
  const { page } = ines;
  await page.goto(round);
  await page.getByRole("link", { name: "Digital fluency", exact: true }).click();
  await page.getByRole("link", { name: "Is the organization ready?" }).click();
  await fine(ines, "readiness-new");
  await page.getByLabel("These people").check();
  await page.getByRole("textbox", { name: /E-mail addresses/ }).fill(LEADERS.map(addressOf).join("\n"));
  await page.getByRole("button", { name: "Send the letters" }).click();
  await page.getByRole("heading", { name: "0 of 5 have answered" }).waitFor();
  for (const [nth, name] of LEADERS.entries()) await answerOnPhone(house, name, nth === 0);
  await page.reload();
  await page.getByRole("heading", { name: "5 of 5 have answered" }).waitFor();
  assert.doesNotMatch(await page.content(), /Needs care|Stands in the way/, "nobody sees results of an open survey");
  await fine(ines, "readiness-open");
  await page.getByRole("button", { name: "Close it now" }).click();
  await page.getByRole("heading", { name: "Go with care" }).waitFor();
  await page.getByText("Needs care").first().waitFor();
  await fine(ines, "readiness-results");
}

/** The first leader looks closely; the others run no script. */
async function answerOnPhone(house, name, looks) {
  const who = await house.comes({ width: 360, javaScript: looks });
  const { page } = who;
  const link = linkIn(await house.mail.letter(addressOf(name), /Two minutes before/), "/readiness/");
  await page.goto(link);
  await page.getByRole("heading", { name: "Is the time right?" }).waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Some answers are still missing").waitFor();
  if (looks) await fine(who, "readiness-answer");
  // Half of them have no time.
  const steps = [4, LEADERS.indexOf(name) % 2 === 0 ? 2 : 4, 5, 4, 4];
  for (const [nth, step] of steps.entries()) await page.locator("fieldset").nth(nth).getByRole("radio").nth(step - 1).check({ force: true });
  await page.getByLabel("Too much work").check();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  await page.goto(link);
  await page.getByRole("heading", { name: "This link has nothing to answer" }).waitFor();
}
