// The registration form: the manager asks more, and somebody answers with a thumb.
import assert from "node:assert/strict";
import { fine } from "../browser.mjs";

/** Adds questions to the form of a round, one after the other, each saved before the next. */
export async function askMore(manager, round, questions) {
  const { page } = manager;
  await page.goto(`${round}/form`);
  for (const question of questions) {
    const row = page.getByRole("group", { name: "A new question" });
    await row.getByLabel("Question", { exact: true }).fill(question.text);
    await row.getByLabel("Answer", { exact: true }).selectOption({ label: question.kind });
    if (question.options) await row.getByLabel("Answers to choose from").fill(question.options.join("\n"));
    if (question.readers) await row.getByLabel("Who reads it").selectOption({ label: question.readers });
    if (question.required) await row.getByLabel("Has to be answered").check();
    if (question.after) {
      await row.getByText("Explanation, order, condition").click();
      await row.getByLabel("Asked", { exact: true }).selectOption({ label: question.after });
    }
    await page.getByRole("button", { name: "Save the form" }).click();
    await page.getByText("The form is saved").waitFor();
  }
}

/** Counts every touch of the screen from now on. */
export async function countTaps({ context, page }) {
  const taps = { count: 0, letters: 0 };
  await context.exposeBinding("tapped", () => (taps.count += 1));
  await context.addInitScript(() => addEventListener("pointerdown", () => globalThis.tapped(), true));
  await page.reload();
  return taps;
}

/** Types into a field with the keyboard of the phone: a tap into it first. */
async function type(page, field, text, taps) {
  await field.tap();
  await page.keyboard.type(text);
  taps.letters += text.length;
}

/** Fills the default form with taps alone, but for one field of text, and sends it. */
export async function fillWithAThumb(who, taps, { topics, about, hours, style, boundary }) {
  const { page } = who;
  await page.getByRole("button", { name: "Begin" }).tap();
  await page.getByRole("heading", { name: "your registration" }).waitFor();
  const ready = page.locator("[data-ready]");
  const before = Number(await ready.textContent());
  for (const [topic, step] of Object.entries(topics)) {
    await page.getByRole("group", { name: topic, exact: false }).locator("label").filter({ hasText: step }).first().tap();
  }
  await type(page, page.getByLabel(/What would make this worth/), about, taps);
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday"]) {
    await page.getByRole("checkbox", { name: new RegExp(`^${day}`) }).nth(hours).tap();
  }
  for (const answer of style) await page.locator(".style label").filter({ hasText: answer }).tap();
  await page.getByText(boundary).tap();
  await page.getByText("I agree").tap();
  assert.equal(Number(await ready.textContent()), before + 3, "topics, times and the promise were missing");
  await page.getByText("Saved", { exact: true }).waitFor();
  if (process.env.COUNTERFLOW_SCREENSHOTS) {
    await page.locator("#topics-h").scrollIntoViewIfNeeded();
    await page.evaluate(() => document.getElementById("topics-h").scrollIntoView());
    await page.screenshot({ path: `${process.env.COUNTERFLOW_SCREENSHOTS}/registration-on-a-phone.png` });
  }
  await page.getByRole("button", { name: "Register" }).tap();
  await page.getByRole("heading", { name: /^Thank you/ }).waitFor();
  await fine(who, "registered-thumb");
}
