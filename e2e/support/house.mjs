// A house to walk through: a server with an empty database, a mail server, and whoever comes in.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fine, person } from "./browser.mjs";
import { startMail } from "./mail.mjs";
import { databases, startServer } from "./server.mjs";

/**
 * Opens a house on a database for one story, and closes it after it, whatever happens. Pages are the same on every
 * database, so they are looked at closely on the first only; errors in the console end the story on each.
 */
export async function withHouse(database, story, { watches = false } = {}) {
  const mail = await startMail();
  const people = [];
  let server;
  try {
    server = await startServer({ database: database.fresh, smtp: mail, watches });
    /** Lets somebody in, with a browser of their own. */
    const comes = async (options) => {
      const who = await person(server.url, { looks: database === databases[0], ...options });
      people.push(who);
      return who;
    };
    await story({ mail, comes, nightly: server.nightly });
    assert.deepEqual(people.flatMap((who) => who.problems), []);
  } catch (error) {
    await keepEvidence(people, database.name);
    if (server) error.message += `\n\nthe server said:\n${server.log().slice(-2000)}`;
    throw error;
  } finally {
    await Promise.all(people.map((who) => who.close()));
    await server?.stop();
    await mail.stop();
  }
}

/** What everybody saw when the story broke off. */
async function keepEvidence(people, name) {
  const folder = process.env.COUNTERFLOW_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  for (const [nth, who] of people.entries()) {
    await who.page.screenshot({ path: `${folder}/broken-${name}-${nth}.png`, fullPage: true }).catch(() => {});
  }
}

/** Goes to pages one after the other and looks at each: its name, and where it is. */
export async function lookAt(who, pages) {
  for (const [name, path] of Object.entries(pages)) {
    const reply = await who.page.goto(path);
    if (reply.status() >= 400) throw new Error(`${path} answers ${reply.status()}`);
    await fine(who, name);
  }
}
