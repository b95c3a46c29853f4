// What surrounds a round: a second program that excludes the first, rounds that open by themselves, the words that call
// people, and the poster whose code a phone can read.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { closeBrowser, fine } from "../support/browser.mjs";
import { addressOf } from "../support/halden.mjs";
import { withHouse } from "../support/house.mjs";
import { databases } from "../support/server.mjs";
import { importPeople, letStartPrograms, setUp, signInByLetter } from "../support/acts/organizing.mjs";
import { startProgram } from "../support/acts/enrolling.mjs";

after(closeBrowser);

/** What a phone's camera reads from an element. */
async function scanned(locator) {
  const { data, width, height } = PNG.sync.read(await locator.screenshot());
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

for (const database of databases) {
  describe(`programs on ${database.name}`, () => {
    test("exclusions, evergreen, duplicate, poster", () =>
      withHouse(database, async ({ mail, comes }) => {
        const piet = await comes({});
        await setUp(piet, "Piet Visser");
        await importPeople(piet);
        await letStartPrograms(piet, "Inés Duarte");
        const ines = await comes({});
        await signInByLetter(ines, mail, "Inés Duarte");
        const round = await startProgram(ines, /Digital fluency/, "Digital fluency");
        const { page } = ines;

        await page.goto(`${round}/enroll`);
        await page.getByRole("link", { name: "Post, letter and poster" }).click();
        await page.getByRole("heading", { name: "Tell people about it" }).waitFor();
        assert.match(await page.getByLabel("Text of the post").inputValue(), /6 meetings of 45 minutes/);
        await fine(ines, "promotion");
        await page.getByRole("link", { name: "Open the poster" }).click();
        await page.getByRole("img", { name: /QR code/ }).waitFor();
        await fine(ines, "poster");
        assert.equal(await scanned(page.getByRole("img", { name: /QR code/ })), `mailto:${addressOf("Inés Duarte")}?subject=Digital%20fluency`);
        await page.emulateMedia({ colorScheme: "dark" });
        assert.ok(await scanned(page.getByRole("img", { name: /QR code/ })), "the code is read in the dark, too");
        await page.emulateMedia({ colorScheme: "light" });

        await page.goto(round);
        await page.goto("/programs");
        await page.getByRole("link", { name: "Digital fluency", exact: true }).first().click();
        await page.getByText("Let rounds open by themselves").click();
        await page.getByLabel("Rounds open by themselves", { exact: true }).check();
        await page.getByLabel(/Weeks before its meetings/).fill("40");
        await page.locator("#evergreen").getByRole("button", { name: "Save" }).click();
        await page.getByText("It has to be between 1 and 25.").first().waitFor();
        await fine(ines, "evergreen-problem");
        await page.getByLabel(/Weeks before its meetings/).fill("8");
        await page.locator("#evergreen").getByRole("button", { name: "Save" }).click();
        await page.getByText("Evergreen: the next round opens by itself").waitFor();
        await fine(ines, "program-evergreen");
        await page.getByRole("link", { name: "Duplicate the program" }).click();
        await fine(ines, "program-duplicate");
        await page.getByLabel("Name of the program").fill("Shadow board");
        await page.getByRole("button", { name: "Duplicate it" }).click();
        await page.getByText("The program is there").waitFor();

        // The copy turns round, and speaks its own words.
        await page.goto("/programs");
        await page.getByRole("link", { name: "Shadow board", exact: true }).first().click();
        await page.getByRole("link", { name: "Who mentors whom, and how you call them" }).click();
        await page.getByText("Your leader is asked first, in private.").waitFor();
        await fine(ines, "direction");
        await page.getByLabel("Traditional").check();
        await page.locator("#meeting").fill("coffee");
        await page.locator("#meetings").fill("");
        await page.getByRole("button", { name: "Use these words" }).click();
        await page.getByText("Please fill this in.").first().waitFor();
        await fine(ines, "direction-problem");
        await page.locator("#meetings").fill("coffees");
        await page.getByRole("button", { name: "Use these words" }).click();
        await page.getByText("Mentees propose times for each coffee; mentors choose one.").waitFor();
        await page.goto("/programs");
        await page.getByRole("link", { name: "Shadow board", exact: true }).first().click();
        await page.getByText("Mentoring: the senior mentors the junior.").waitFor();

        await page.goto("/programs");
        await page.getByRole("link", { name: "Digital fluency", exact: true }).first().click();
        await page.getByRole("link", { name: "Exclusions" }).click();
        await fine(ines, "exclusions-empty");
        await page.getByLabel("A program that excludes this one").selectOption({ label: "Shadow board" });
        await page.getByRole("button", { name: "Exclude each other" }).click();
        await page.getByText("Nobody takes part in both at the same time from now on.").waitFor();
        await page.getByLabel("Name", { exact: true }).fill("Talent pool");
        await page.getByLabel("E-mail addresses of its members").fill(`${addressOf("Ana Lim")}\nnobody@halden.example`);
        await page.getByRole("button", { name: "Leave them out" }).click();
        await page.getByText("Line 2: nobody in the directory has the address").first().waitFor();
        await fine(ines, "exclusions-problem");
        await page.getByLabel("E-mail addresses of its members").fill(addressOf("Ana Lim"));
        await page.getByRole("button", { name: "Leave them out" }).click();
        await page.getByText("1 person cannot be in").waitFor();
        await fine(ines, "exclusions");
      }));
  });
}
