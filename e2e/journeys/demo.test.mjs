// The demo: through each door, over every kind of page that links lead to.
import { after, describe, test } from "node:test";
import assert from "node:assert/strict";
import { startServer } from "../support/server.mjs";
import { closeBrowser, fine, person } from "../support/browser.mjs";

after(closeBrowser);

const doors = ["Inés Duarte", "Ana Lim", "Ruth Okafor", "Tunde Bello", "Karin Vogt", "Piet Visser"];

/** Pages of one kind differ in their ids only. */
const kind = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/[?#].*$/, "");

/** Where the links of a page lead on this server; files are no pages. */
async function linked(page) {
  const paths = await page.$$eval("a[href^='/']", (links) => links.map((link) => link.getAttribute("href")));
  return paths.map((path) => path.replace(/#.*$/, "")).filter((path) => !/\.(csv|ics|json|toml)$/.test(kind(path)));
}

describe("the demo", () => {
  test("every door opens, and every kind of page behind it is fine", async () => {
    const server = await startServer({ database: "", args: (listen, folder) => ["demo", "--listen", listen, "--data", folder] });
    const seen = new Set();
    try {
      for (const name of doors) {
        const visitor = await person(server.url);
        const { page } = visitor;
        await page.goto("/");
        if (seen.size === 0) await fine(visitor, "demo-doors");
        await page.getByRole("button", { name }).click();
        await page.getByRole("heading", { name: "Home" }).waitFor();
        const waiting = ["/home", ...(await linked(page))];
        const mine = new Set();
        while (waiting.length > 0) {
          const path = waiting.shift();
          if (mine.has(kind(path))) continue;
          mine.add(kind(path));
          const reply = await page.goto(path);
          assert.equal(reply.status(), 200, `${name} opens ${path}`);
          waiting.push(...(await linked(page)));
          // What another door showed already is only opened.
          if (path === "/home" || !seen.has(kind(path))) await fine(visitor, `demo-${name.split(" ")[0]}-${mine.size}`);
          seen.add(kind(path));
        }
        assert.ok(mine.size >= 4, `${name} finds only ${[...mine].join(", ")}`);
        await visitor.close();
      }
      assert.ok(seen.size >= 30, `only ${[...seen].join("\n")}`);
    } finally {
      await server.stop();
    }
  });
});
