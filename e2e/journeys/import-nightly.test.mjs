// A people file comes every night: a source learns its columns, the watched folder imports what is clean and asks about
// the rest, each change can be seen, and the last import can be undone.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closeBrowser, fine } from "../support/browser.mjs";
import { addressOf, headcount, peopleFile } from "../support/halden.mjs";
import { withHouse } from "../support/house.mjs";
import { linkIn } from "../support/mail.mjs";
import { databases } from "../support/server.mjs";
import { setUp } from "../support/acts/organizing.mjs";

after(closeBrowser);

const people = () => peopleFile().buffer.toString("utf8");

/** Writes a file as a careful program does: under another name first. */
async function arrives(folder, name, text) {
  await writeFile(join(folder, `${name}.part`), text);
  await rename(join(folder, `${name}.part`), join(folder, name));
}

/** Has the folder looked into until a file is gone from it: it has to be the same at two looks, twenty seconds apart. */
async function lookUntilTaken(admin, folder, name) {
  const { page } = admin;
  for (let tries = 0; tries < 20; tries += 1) {
    await page.goto("/directory/sources");
    await page.getByRole("button", { name: "Look into it now" }).click();
    await page.getByText("The folder is being looked at").waitFor();
    await new Promise((later) => setTimeout(later, 3000));
    if (!(await readdir(folder)).includes(name)) return;
  }
  throw new Error(`${name} was not taken`);
}

async function addSource(admin) {
  const { page } = admin;
  await page.goto("/directory/sources");
  await page.getByText("No sources yet").waitFor();
  await fine(admin, "sources-empty");
  await page.getByLabel("Name").fill("Workday, nightly");
  await page.getByLabel("Files in the watched folder").fill("a/b.csv");
  await page.getByRole("button", { name: "Add the source" }).click();
  await page.getByText("Write a file name without folders").first().waitFor();
  await fine(admin, "sources-errors");
  await page.getByLabel("Files in the watched folder").fill("workday-*.csv");
  await page.getByLabel("Stop and ask if more leave").fill("20");
  await page.getByRole("button", { name: "Add the source" }).click();
  await page.getByRole("heading", { name: "Workday, nightly" }).waitFor();
  await fine(admin, "source");
}

async function firstFileByHand(admin) {
  const { page } = admin;
  await page.getByRole("link", { name: "Upload a file of it" }).click();
  await page.getByLabel("People file").setInputFiles(peopleFile());
  await fine(admin, "import-with-source");
  await page.getByRole("button", { name: "Upload and look at it" }).click();
  await page.getByLabel("Shoe Size").selectOption("Left out");
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("link", { name: "See each change, field by field" }).click();
  await page.getByRole("heading", { name: "What would change for whom" }).waitFor();
  await fine(admin, "changes-new");
  await page.getByRole("link", { name: "Back to the check" }).click();
  await page.getByRole("button", { name: `Import ${headcount} changes` }).click();
  await page.getByRole("heading", { name: "Undo this import" }).waitFor();
}

async function cleanNight(admin, { mail, nightly }) {
  await arrives(nightly, "workday-1.csv", people().replace("Data analyst", "Lead analyst"));
  await lookUntilTaken(admin, nightly, "workday-1.csv");
  const letter = await mail.letter(addressOf("Piet Visser"), /0 new, 1 changed, 0 left/);
  assert.ok(!letter.text.includes("Ana"), "numbers, no names");
  await admin.page.goto(linkIn(letter, "/directory/imports/"));
  await admin.page.getByRole("link", { name: "See what changed for whom" }).click();
  await admin.page.getByText("Lead analyst").waitFor();
  await fine(admin, "changes-done");
  assert.match((await readdir(join(nightly, "done"))).join(), /-workday-1\.csv/);
}

/** The next night many people are missing. */
async function strangeNight(admin, { mail, nightly }) {
  const { page } = admin;
  const rows = people().trim().split("\n");
  const cut = [...rows.slice(0, 6), ...rows.slice(6, 8)].join("\n");
  await arrives(nightly, "workday-2.csv", `${cut.replace("Chief executive", "Chief executive officer")}\n`);
  await lookUntilTaken(admin, nightly, "workday-2.csv");
  const letter = await mail.letter(addressOf("Piet Visser"), /a people file waits for your answer/);
  await page.goto(linkIn(letter, "/directory/imports/"));
  await page.getByText("missing from this file", { exact: false }).first().waitFor();
  await fine(admin, "import-half-missing");
  await page.getByRole("button", { name: /^Import / }).click();
  await page.getByRole("alert").getByText("say whether").waitFor();
  await page.getByLabel("This file is about a part of the organization").check();
  await page.getByRole("button", { name: /^Import / }).click();
  await page.getByRole("heading", { name: "What changed" }).waitFor();
  await fine(admin, "import-undoable");
}

async function swappedColumns(admin, { nightly }) {
  const { page } = admin;
  await page.goto("/directory/import");
  const swapped = people().replace("Department,Location", "Location,Department");
  await page.getByLabel("People file").setInputFiles({ name: "swapped.csv", mimeType: "text/csv", buffer: Buffer.from(swapped) });
  await page.getByLabel("Source").selectOption("Workday, nightly");
  await page.getByRole("button", { name: "Upload and look at it" }).click();
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByText("would change for most people").waitFor();
  await fine(admin, "import-swapped");
  await page.getByRole("link", { name: "look at some of them" }).click();
  await page.getByText("becomes").first().waitFor({ state: "attached" });
  await fine(admin, "changes-swapped");
  await page.getByRole("link", { name: "Back to the check" }).click();
  await page.getByLabel(/really changes for most people/).check();
  await page.getByRole("button", { name: /^Import / }).click();
  await page.getByRole("button", { name: "Undo this import" }).click();
  await page.getByText("This import is undone").waitFor();
  await fine(admin, "import-undone");
  await page.goto("/directory?q=ana+lim");
  await page.getByRole("cell", { name: "Technology" }).waitFor();
  assert.deepEqual((await readdir(nightly)).sort(), ["asks", "done"]);
}

for (const database of databases) {
  describe(`nightly import on ${database.name}`, () => {
    test("a source, clean and strange nights, and the way back", async () => {
      await withHouse(
        database,
        async (house) => {
          const admin = await house.comes();
          await setUp(admin, "Piet Visser");
          await addSource(admin);
          await firstFileByHand(admin);
          await cleanNight(admin, house);
          await strangeNight(admin, house);
          await swappedColumns(admin, house);
          const plain = await house.comes({ javaScript: false });
          await plain.context.addCookies(await admin.context.cookies());
          await plain.page.goto("/directory/sources");
          await plain.page.getByRole("button", { name: "Look into it now" }).click();
          await plain.page.getByText("The folder is being looked at").waitFor();
        },
        { watches: true },
      );
    });
  });
}
