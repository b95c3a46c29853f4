// An empty server leads its first visitor to an organization with an admin.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases, startServer } from "../support/server.mjs";
import { startMail, linkIn } from "../support/mail.mjs";
import { closeBrowser, fine, person } from "../support/browser.mjs";

after(closeBrowser);

for (const database of databases) {
  describe(`first visit on ${database.name}`, () => {
    test("set up, sign out, sign in by letter and by password", async () => {
      const mail = await startMail();
      const server = await startServer({ database: database.fresh, smtp: mail });
      try {
        const piet = await person(server.url);
        const { page } = piet;
        await page.goto("/");
        await fine(piet, "setup");
        await page.getByRole("button", { name: "Set up" }).click();
        await page.getByRole("alert").getByText("Please fill this in.").first().waitFor();
        await fine(piet, "setup-errors");
        await page.getByLabel("Name", { exact: true }).fill("Halden Group");
        await page.getByLabel("Your name").fill("Piet Visser");
        await page.getByLabel("Work e-mail").fill("piet.visser@halden.example");
        await page.getByLabel("Password", { exact: true }).fill("four plain words here");
        await page.getByLabel("Password again").fill("four plain words here");
        await page.getByRole("button", { name: "Set up" }).click();
        await page.getByRole("heading", { level: 1 }).waitFor();
        await fine(piet, "home-first");
        for (const path of ["/me", "/admin", "/admin/letters", "/admin/jobs", "/admin/roles"]) {
          await page.goto(path);
          await fine(piet, path.slice(1).replaceAll("/", "-"));
        }
        await page.getByRole("button", { name: "Piet Visser", exact: true }).click();
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        await fine(piet, "sign-in");
        await page.goBack();
        await page.reload();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();

        await page.getByLabel("Work e-mail").first().fill("piet.visser@halden.example");
        await page.getByRole("button", { name: "E-mail me a link" }).click();
        await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
        await fine(piet, "link-sent");
        const letter = await mail.letter("piet.visser@halden.example", /sign in/);
        await page.goto(linkIn(letter, "/sign-in/links/"));
        await fine(piet, "link");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("button", { name: "Piet Visser", exact: true }).waitFor();
        await page.goto("/no/such/page");
        await fine(piet, "not-found");
        await piet.close();

        const plain = await person(server.url, { javaScript: false });
        await plain.page.goto("/me");
        await plain.page.getByText("Use a password").click();
        await plain.page.getByLabel("Work e-mail").last().fill("piet.visser@halden.example");
        await plain.page.getByLabel("Password").fill("four plain words here");
        await plain.page.getByRole("button", { name: "Sign in", exact: true }).click();
        await plain.page.getByRole("heading", { name: "My settings" }).waitFor();
        assert.equal(new URL(plain.page.url()).pathname, "/me");
        await plain.close();
      } finally {
        await server.stop();
        await mail.stop();
      }
    });
  });
}
