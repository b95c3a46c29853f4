// From a template to people who are in: the manager's side, and that of whoever is invited.
import { linkIn } from "../mail.mjs";
import { fine } from "../browser.mjs";
import { addressOf } from "../halden.mjs";

/** Starts a program from a template, looks at the design that it fills in, and answers the round's address. */
export async function startProgram(manager, template, name) {
  const { page } = manager;
  await page.getByRole("link", { name: "Start a program" }).click();
  await page.getByRole("heading", { name: "Start a program" }).waitFor();
  await fine(manager, "program-new");
  await page.getByRole("radio", { name: template }).check();
  await page.getByLabel("Name of the program").fill(name);
  await page.getByRole("button", { name: "Start the program" }).click();
  await page.getByText("Your program is started").waitFor();
  await fine(manager, "program-started");
  await page.goto("/programs");
  await page.getByRole("heading", { name: "Programs" }).waitFor();
  await fine(manager, "programs");
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("link", { name: "Open Round 1" }).waitFor();
  await fine(manager, "program");
  await page.getByRole("link", { name: "Open Round 1" }).click();
  await page.getByRole("heading", { name: "Round 1" }).waitFor();
  await fine(manager, "round-begun");
  const round = new URL(page.url()).pathname;
  await page.getByRole("link", { name: /^Design/ }).click();
  await page.getByRole("heading", { name: "Design", exact: true }).waitFor();
  await fine(manager, "design");
  return round;
}

/** Chooses everybody on a side whom the rules find, after `adjust` has changed the rules. */
export async function chooseByRules(manager, round, { side, expect, adjust }) {
  const { page } = manager;
  await page.goto(`${round}/enroll`);
  await page.getByRole("heading", { name: "Enroll", exact: true }).waitFor();
  await page.getByRole("region", { name: "Who can take part" }).getByRole("link", { name: `Choose ${side}` }).click();
  await page.getByRole("heading", { name: `Choose ${side}`, exact: true }).waitFor();
  if (adjust) await adjust(page);
  await fine(manager, `candidates-${side}`);
  await page.getByRole("button", { name: `Choose all ${expect}` }).click();
  await page.getByRole("heading", { name: "Enroll", exact: true }).waitFor();
  await fine(manager, `enroll-chosen-${side}`);
}

/** Adds the rule "department is none of". The count follows before the rule is saved. */
export async function exceptDepartment(page, department) {
  await page.getByLabel("Add a rule about").selectOption({ label: "Department" });
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByLabel("How Department is compared").selectOption({ label: "is none of" });
  await page.getByRole("group", { name: "Values of Department" }).getByLabel(department).check();
  await page.locator("#fit").getByText("Save the rules to choose from them.").waitFor();
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByRole("heading", { name: "Rules" }).waitFor();
}

/** From now on nobody is in before the manager has said so. */
export async function admitByHand(manager, round) {
  const { page } = manager;
  await page.goto(`${round}/enroll`);
  await page.getByLabel("Whom I admit").check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").waitFor();
}

/** Invites everybody who is chosen and was not written to. */
export async function inviteAll(manager, round) {
  const { page } = manager;
  await page.goto(`${round}/enroll`);
  for (const side of ["leader", "mentor"]) {
    await page.getByRole("button", { name: new RegExp(`^Invite \\d+ ${side}s?$`) }).click();
    await page.getByRole("button", { name: "Send the letters now" }).click();
    await page.getByText("The letters are on their way").waitFor();
  }
  await fine(manager, "enroll-invited");
}

/** The rows of the week in which hours are ticked. */
export const EARLY = [0, 1];
export const LATE = [2, 3];

/** Registers through the personal link out of the letter, in a browser of their own, and answers that browser. */
export async function register({ mail, comes }, { name, zone, topics, about, energy, hours, look, javaScript = true }) {
  const who = await comes({ zone, javaScript });
  const { page } = who;
  const letter = await mail.letter(addressOf(name), /would you like to take part/);
  await page.goto(linkIn(letter, "/invitations/"));
  if (look) await fine(who, `invitation-${look}`);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "your registration" }).waitFor();
  if (look) {
    await fine(who, `registration-${look}`);
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("alert").getByText("Some answers need another look").waitFor();
    await fine(who, `registration-${look}-errors`);
  }
  for (const [topic, step] of Object.entries(topics)) {
    await page.getByRole("group", { name: topic }).getByRole("radio", { name: step }).check();
  }
  await page.getByLabel(/What should your partner know|What would make this worth/).fill(about);
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
    for (const row of hours) await page.getByRole("checkbox", { name: new RegExp(`^${day}`) }).nth(row).check();
  }
  if (energy) await page.getByLabel(energy).check();
  await page.getByLabel("I agree").check();
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { name: /^Thank you/ }).waitFor();
  if (look) await fine(who, `registered-${look}`);
  return who;
}

/** Admits everybody who has registered, after a look at one of them. */
export async function admitAll(manager, round, someone) {
  const { page } = manager;
  await page.goto(`${round}/enroll`);
  await fine(manager, "enroll-registered");
  await page.getByRole("link", { name: someone }).click();
  await page.getByRole("heading", { name: someone }).waitFor();
  await fine(manager, "participant");
  await page.goto(`${round}/enroll`);
  for (const side of ["leader", "mentor"]) {
    await page.getByRole("button", { name: new RegExp(`^Admit \\d+ ${side}s?$`) }).click();
    await page.getByRole("status").waitFor();
  }
  await fine(manager, "enroll-admitted");
}
