// What a pair does: it signs, finds a time, moves it, meets, and answers how it was.
import { linkIn } from "../mail.mjs";
import { fine } from "../browser.mjs";
import { addressOf } from "../halden.mjs";
import { localTime } from "../time.mjs";

/** Opens the page of the pair out of the letter that introduces the two, and answers its address. */
export async function openPair(who, mail, name, other) {
  const letter = await mail.letter(addressOf(name), new RegExp(`You and ${other}: your pair begins`));
  await who.page.goto(linkIn(letter, "/pairs/"));
  await who.page.getByRole("heading", { name: `You and ${other}` }).waitFor();
  return new URL(who.page.url()).pathname;
}

/** Reads and signs the agreement. */
export async function sign(who, pair, name, look) {
  const { page } = who;
  await page.goto(pair);
  if (look) await fine(who, `pair-${look}`);
  await page.getByRole("link", { name: "Read and sign", exact: true }).click();
  if (look) await fine(who, `agreement-${look}`);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Sign" }).click();
  await page.getByText(`Signed as “${name}”`).waitFor();
  if (look) await fine(who, `agreement-${look}-signed`);
}

/** Proposes the first times of those at which both can. */
export async function proposeSuggested(mentor, pair, count) {
  const { page } = mentor;
  await page.goto(`${pair}/meetings/new`);
  await page.getByRole("heading", { name: "Propose times" }).waitFor();
  const suggested = page.getByRole("group", { name: "When you both can" }).getByRole("checkbox");
  for (let nth = 0; nth < count; nth += 1) await suggested.nth(nth).check();
  await page.getByLabel("Where").fill("https://video.halden.example/ana-and-ruth");
  await fine(mentor, "times-propose");
  await page.getByRole("button", { name: "Propose these times" }).click();
  await page.getByRole("heading", { name: "What you proposed" }).waitFor();
  await fine(mentor, "times-proposed");
}

/** Proposes one time of one's own. */
export async function proposeTyped(mentor, pair, at, zone) {
  const { page } = mentor;
  await page.goto(`${pair}/meetings/new`);
  const field = page.getByLabel("Time 1");
  if (!(await field.isVisible())) await page.getByText("Write other times yourself").click();
  await field.fill(localTime(at, zone));
  await page.getByRole("button", { name: "Propose these times" }).click();
  await page.getByRole("heading", { name: "What you proposed" }).waitFor();
}

/** Chooses the first of the times that the letter names, and answers the meeting's address. */
export async function chooseTime(mentee, mail, name, { mentor, after = 0, look }) {
  const { page } = mentee;
  const letter = await mail.letter(addressOf(name), new RegExp(`^${mentor} proposes times`), { after });
  await page.goto(linkIn(letter, "/pairs/"));
  await page.getByRole("radio").first().check();
  if (look) await fine(mentee, "times-choose");
  await page.getByRole("button", { name: "Choose this time" }).click();
  await page.getByRole("link", { name: "Move" }).waitFor();
  if (look) await fine(mentee, "meeting-planned");
  return new URL(page.url()).pathname;
}

/** Moves a meeting to a moment that is asked for when the form is ready. */
export async function moveTo(who, meeting, moment, zone) {
  const { page } = who;
  await page.goto(meeting);
  await page.getByRole("link", { name: "Move" }).click();
  await page.getByRole("heading", { name: "Move the meeting" }).waitFor();
  await fine(who, "meeting-move");
  const at = moment();
  await page.getByLabel("Another time, written below").check();
  await page.getByLabel("Another time", { exact: false }).last().fill(localTime(at, zone));
  await page.getByRole("button", { name: "Move it" }).click();
  await page.getByText("Moved from").waitFor();
  return at;
}

/** Cancels a meeting. */
export async function cancel(who, meeting) {
  const { page } = who;
  await page.goto(meeting);
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.getByRole("dialog").waitFor();
  await fine(who, "meeting-cancel");
  await page.getByRole("button", { name: "Cancel the meeting" }).click();
  await page.getByText(/Cancelled by you/).first().waitFor();
  await fine(who, "meeting-cancelled");
}

/** Says that the meeting took place, and for how long. */
export async function recordHeld(who, meeting, minutes, { look = false } = {}) {
  const { page } = who;
  await page.goto(meeting);
  if (look) await fine(who, "meeting-over");
  await page.getByLabel("We met").check();
  await page.getByLabel(/for how many minutes/).fill(String(minutes));
  await page.getByRole("button", { name: "Write it down" }).click();
  await page.getByText(`Held, ${minutes} minutes`).first().waitFor();
  if (look) await fine(who, "meeting-held");
}

/** Answers the check-in from the letter, in whatever browser this is: the link is enough. */
export async function answerCheckin(visitor, mail, name, { other, look }) {
  const { page } = visitor;
  const letter = await mail.letter(addressOf(name), new RegExp(`How was your meeting with ${other}`));
  await page.goto(linkIn(letter, "/checkins/answer/"));
  await page.getByRole("heading", { name: `Your meeting with ${other}` }).waitFor();
  if (look) await fine(visitor, "checkin");
  for (const question of await page.getByRole("group").all()) {
    await question.getByRole("radio", { name: /^(4|Yes)/ }).check();
  }
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("this link is used up").waitFor();
  if (look) await fine(visitor, "checkin-answered");
}
