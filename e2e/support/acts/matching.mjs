// From admitted people to pairs: the manager's drafts, and the answers of those who are asked.
import { linkIn } from "../mail.mjs";
import { fine } from "../browser.mjs";
import { addressOf } from "../halden.mjs";

/** Looks at the criteria, changes a weight, matches, and answers the address of the review board. */
export async function matchByCriteria(manager, round) {
  const { page } = manager;
  await page.goto(`${round}/match`);
  await page.getByRole("heading", { name: "Match", exact: true }).waitFor();
  await fine(manager, "match");
  await page.getByRole("link", { name: "Change and count" }).click();
  await page.getByRole("heading", { name: "Criteria" }).waitFor();
  await fine(manager, "criteria");
  await page.getByLabel("Weight").last().selectOption("3");
  await page.getByText("nothing of this is saved yet").waitFor();
  await fine(manager, "criteria-changed");
  await page.getByRole("button", { name: "Save and match" }).click();
  return board(page);
}

/** Waits until the run under way has become a draft. */
async function board(page) {
  await page.getByRole("heading", { name: "Review board" }).waitFor({ timeout: 30_000 });
  return new URL(page.url()).pathname;
}

/** Matches again. */
export async function runAgain(manager) {
  const before = new URL(manager.page.url()).pathname;
  await manager.page.getByRole("button", { name: "Run again" }).click();
  await manager.page.waitForURL((url) => url.pathname !== before);
  return board(manager.page);
}

/** The pairs of the draft: leader to mentor. */
export async function draft(manager) {
  const rows = manager.page.getByRole("table").first().getByRole("row").filter({ has: manager.page.getByRole("rowheader") });
  const pairs = {};
  for (const row of await rows.all()) {
    const [mentee, mentor] = await row.locator(".person b").allTextContents();
    pairs[mentee] = mentor;
  }
  return pairs;
}

export async function pin(manager, mentee, mentor) {
  await manager.page.getByRole("button", { name: `Pin ${mentee} and ${mentor}` }).click();
  await manager.page.getByRole("button", { name: `Unpin ${mentee} and ${mentor}` }).waitFor();
}

export async function forbid(manager, mentee, mentor) {
  await manager.page.getByRole("button", { name: `Forbid ${mentee} and ${mentor}` }).click();
  await manager.page.getByRole("button", { name: `Allow ${mentee} and ${mentor}` }).waitFor();
}

/** Opens the other mentors of a leader and takes one. */
export async function swap(manager, mentee, mentor) {
  const { page } = manager;
  await page.getByRole("link", { name: `Swap the mentor of ${mentee}` }).click();
  await page.getByRole("heading", { name: `Another mentor for ${mentee}` }).waitFor();
  await fine(manager, "board-swap");
  await page.getByRole("button", { name: `Swap to ${mentor}` }).click();
  await page.getByText(`swapped ${mentee} to ${mentor}`).first().waitFor();
}

export async function undo(manager) {
  await manager.page.getByRole("button", { name: "Undo", exact: true }).click();
  await manager.page.getByText("taken back").first().waitFor();
}

/** Sends what the draft proposes. */
export async function sendProposals(manager, count) {
  const { page } = manager;
  await page.getByRole("link", { name: `Send ${count} proposals` }).click();
  await page.getByRole("heading", { name: `Send ${count} proposals?` }).waitFor();
  await fine(manager, "proposals-send");
  await page.getByRole("button", { name: `Send ${count} proposals` }).click();
  await page.getByRole("heading", { name: "Launch" }).waitFor();
  await fine(manager, "launch");
}

/** Opens the proposal out of the letter. */
async function openProposal(who, mail, name) {
  const letter = await mail.letter(addressOf(name), /a (mentor|leader) for you$/);
  await who.page.goto(linkIn(letter, "/proposals/"));
}

/** Says yes to whom the letter proposes. */
export async function accept(who, mail, name, { look } = {}) {
  await openProposal(who, mail, name);
  if (look) await fine(who, `proposal-${look}`);
  await who.page.getByRole("button", { name: /^Accept/ }).click();
  await who.page.getByText(/You said yes|both said yes/).first().waitFor();
  if (look) await fine(who, `proposal-${look}-accepted`);
}

/** Says no, with a reason that only the managers read, and answers the proposal's address. */
export async function declineInPrivate(who, mail, name, words) {
  const { page } = who;
  await openProposal(who, mail, name);
  await page.getByLabel("Something else").check();
  await page.getByLabel("In your words").fill(words);
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await page.getByText("You declined in private").first().waitFor();
  await fine(who, "proposal-declined");
  return new URL(page.url()).pathname;
}
