// How people come into a round by themselves or are named, and how two people choose among those who want to mentor.
//
// Carla names Hugo, who reports to her, and cannot name herself. Hugo says yes on his phone and applies. Inés and Ana, a
// mentor lead, score him, far apart, and Elif is asked as a third: not Karin, who stands above Hugo. Ruth joins by the
// open address; Nurul cannot.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases } from "../support/server.mjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { withHouse } from "../support/house.mjs";
import { addressOf } from "../support/halden.mjs";
import { linkIn } from "../support/mail.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { LATE, register, startProgram } from "../support/acts/enrolling.mjs";

after(closeBrowser);

describe("ways in", { concurrency: true }, () => {
  for (const database of databases) test(`on ${database.name}`, () => withHouse(database, waysIn));
});

async function waysIn(house) {
  const piet = await house.comes();
  await setUp(piet, "Piet Visser");
  await importPeople(piet);
  await letStartPrograms(piet, "Inés Duarte");
  const ines = await house.comes();
  await signInByLetter(ines, house.mail, "Inés Duarte");
  const round = await startProgram(ines, "Digital fluency for leaders", "Digital fluency");

  await nobodyFits(ines, round);
  const doors = await inesOpens(ines, round);
  await givesRole(ines, round, "Karin Vogt", "manager");
  await givesRole(ines, round, "Ana Lim", "mentor_lead");
  await givesRole(ines, round, "Elif Kaya", "mentor_lead");
  await inesScreens(ines, round);
  await ruthJoins(house, doors.join);
  const carla = await carlaNamesHugo(house, doors.nominate);
  await hugoApplies(house);
  await carla.page.reload();
  assert.doesNotMatch(await carla.page.getByRole("main").textContent(), /registered|said/i, "whoever names somebody is not told what they decide");
  await theyScore(house, ines, round);
}

/** A rule that nobody fulfills is named, and what leaving it out would give. */
async function nobodyFits(ines, round) {
  const { page } = ines;
  await page.goto(`${round}/candidates/mentor`);
  await page.getByLabel("Number for Level").fill("0");
  await page.locator("#fit").getByText("Together these rules leave nobody. One of them has to change:").waitFor();
  await page.locator("#fit").getByText("Level is at most 0 fits nobody, whatever the others say.").waitFor();
  await page.locator("#fit").getByText(/Without it, \d+ would fit/).waitFor();
  await fine(ines, "candidates-nobody");
}

async function inesOpens(ines, round) {
  const { page } = ines;
  await page.goto(`${round}/enroll`);
  await page.getByRole("link", { name: "Ways in" }).click();
  await page.getByRole("heading", { name: "Ways in" }).waitFor();
  await page.getByRole("radiogroup", { name: "Leaders" }).getByLabel(/^Open/).check();
  await page.getByRole("radiogroup", { name: "Mentors" }).getByLabel(/^By nomination/).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "The address to join" }).waitFor();
  await fine(ines, "ways");
  const address = async (heading) => page.getByRole("region", { name: heading }).getByRole("link", { name: /^http/ }).getAttribute("href");
  return { join: await address("The address to join"), nominate: await address("The address to name somebody") };
}

/** Gives somebody a role in the program: "manager" or "mentor_lead". */
async function givesRole(ines, round, name, role) {
  const { page } = ines;
  await page.goto(round);
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Digital fluency" }).click();
  await page.getByLabel("E-mail of a person in the directory").fill(addressOf(name));
  await page.getByLabel("Role", { exact: true }).selectOption(role);
  await page.getByRole("button", { name: "Give the role" }).click();
  await page.getByText("The role is given.").waitFor();
}

async function inesScreens(ines, round) {
  const { page } = ines;
  await page.goto(`${round}/screening`);
  await fine(ines, "screening-none");
  await page.getByRole("link", { name: "Look at the questions and scores" }).click();
  await fine(ines, "rubric");
  await page.getByLabel("Question 3").fill("Whom would you rather not mentor, and why?");
  await page.getByRole("button", { name: "Begin the screening" }).click();
  await page.getByText("Nobody has registered as a mentor yet").waitFor();
}

/** Ruth scans the poster: she reads what it is about, signs in, and registers. Nurul reads why it is not open to him. */
async function ruthJoins({ mail, comes }, join) {
  const ruth = await comes({ zone: "Africa/Lagos", width: 360 });
  const { page } = ruth;
  await page.goto(join);
  await page.getByRole("heading", { name: "Digital fluency" }).waitFor();
  await fine(ruth, "join-stranger");
  await page.getByRole("link", { name: "Sign in to take part" }).click();
  await page.getByLabel("Work e-mail").first().fill(addressOf("Ruth Okafor"));
  await page.getByRole("button", { name: "E-mail me a link" }).click();
  await page.goto(linkIn(await mail.letter(addressOf("Ruth Okafor"), /sign in/), "/sign-in/links/"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Take part as a leader" }).waitFor();
  await fine(ruth, "join-fits");
  await page.getByRole("button", { name: "Take part as a leader" }).click();
  await page.getByRole("heading", { name: "your registration" }).waitFor();
  await page.goto(join);
  await page.getByText("You are on the list already").waitFor();

  const nurul = await comes({ javaScript: false });
  await signInByLetter(nurul, mail, "Nurul Hassan");
  await nurul.page.goto(join);
  await nurul.page.getByText("Not open to you as a leader this time").waitFor();
  await nurul.page.getByText("It asks about: Level.").waitFor();
  assert.equal(await nurul.page.getByRole("button", { name: /^Take part/ }).count(), 0);
}

async function carlaNamesHugo({ mail, comes }, nominate) {
  const carla = await comes();
  const { page } = carla;
  await signInByLetter(carla, mail, "Carla Brandt");
  await page.goto(nominate);
  await page.getByRole("heading", { name: "Whom in your team should we ask?" }).waitFor();
  await fine(carla, "nominate");
  assert.equal(await page.getByLabel(/^Carla Brandt/).count(), 0, "nobody names themselves");
  await page.getByRole("button", { name: "Name them" }).click();
  await page.getByRole("alert").getByText("Some answers need another look").waitFor();
  await page.getByLabel(/^Nurul Hassan/).check();
  await page.getByRole("button", { name: "Name them" }).click();
  await page.getByText(/The rules of this round leave this person out/).first().waitFor();
  await fine(carla, "nominate-refused");
  await page.getByLabel(/^Hugo Lavoie/).check();
  await page.getByLabel(/Why you thought of them/).fill("Nobody else here explains phones so kindly.");
  await page.getByRole("button", { name: "Name them" }).click();
  await page.getByText("Asked on").waitFor();
  await fine(carla, "nominated");
  const letter = await mail.letter(addressOf("Hugo Lavoie"), /would you like to take part/);
  assert.match(letter.text, /Carla Brandt thought of you/);
  assert.match(letter.text, /explains phones so kindly/);
  return carla;
}

async function hugoApplies(house) {
  const hugo = await register(house, { name: "Hugo Lavoie", zone: "America/Toronto", topics: { "Passkeys and phishing": "I could teach a class" }, about: "I like to show what I know.", hours: LATE });
  const { page } = hugo;
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("link", { name: "Answer the application" }).click();
  await page.getByRole("heading", { name: "Your application" }).waitFor();
  await fine(hugo, "application");
  const answers = page.getByRole("textbox");
  for (let n = 0; n < (await answers.count()); n += 1) await answers.nth(n).fill(`Because I enjoy it, reason ${n + 1}.`);
  await page.getByRole("button", { name: "Send my application" }).click();
  await page.getByText("Your application has arrived.").waitFor();
}

async function theyScore({ mail, comes }, ines, round) {
  await ines.page.goto(`${round}/screening`);
  await fine(ines, "screening-applied");
  await ines.page.getByRole("button", { name: "Give them out" }).click();
  await ines.page.getByRole("status").waitFor();
  await mail.letter(addressOf("Ana Lim"), /application to read/);
  await mail.letter(addressOf("Inés Duarte"), /application to read/);
  await scores(ines, "4");
  await ines.page.getByText("You were the first.").waitFor();
  await ines.page.goto(`${round}/screening`);
  assert.doesNotMatch(await ines.page.getByRole("main").textContent(), /4\.00/, "no score before two are in");

  const ana = await reader({ mail, comes }, "Ana Lim");
  await ana.page.getByText("An application waits to be read").waitFor();
  await fine(ana, "home-mentor-lead");
  await ana.page.goto("/reviews");
  await fine(ana, "reviews");
  await ana.page.getByRole("link", { name: "Read: Hugo Lavoie" }).click();
  await fine(ana, "review");
  assert.doesNotMatch(await ana.page.getByRole("main").textContent(), /Inés/, "blind until their own is in");
  await scores(ana, "2");
  await ana.page.getByText("a third is asked").waitFor();
  await fine(ana, "review-sent");

  await mail.letter(addressOf("Elif Kaya"), /application to read/);
  const elif = await reader({ mail, comes }, "Elif Kaya", { javaScript: false });
  await scores(elif, "4");
  assert.equal(mail.count(addressOf("Karin Vogt"), /application/), 0, "never somebody above the applicant");
  await ines.page.goto(`${round}/screening`);
  await ines.page.getByText("3.33").waitFor();
  await fine(ines, "screening-ready");
  await ines.page.getByRole("button", { name: "Admit: Hugo Lavoie" }).click();
  await ines.page.getByText("Admitted: they take part in the matching.").waitFor();
}

async function reader({ mail, comes }, name, options) {
  const who = await comes(options);
  await signInByLetter(who, mail, name);
  return who;
}

async function scores(who, score) {
  const { page } = who;
  await page.goto("/reviews");
  await page.getByRole("link", { name: "Read: Hugo Lavoie" }).click();
  for (const line of await page.getByRole("group").all()) {
    const choice = line.getByRole("radio").nth(Number(score) - 1);
    if (await choice.count()) await choice.check();
  }
  await page.getByRole("button", { name: "Send my scores" }).click();
  await page.getByText("Your scores are in.").waitFor();
}
