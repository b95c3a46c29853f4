// The server is killed without warning, comes back, and ends when it is asked to.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { databases, startServer } from "../support/server.mjs";

for (const database of databases) {
  describe(`pulled plug on ${database.name}`, () => {
    test("a killed server starts again", async () => {
      const server = await startServer({ database: database.fresh });
      try {
        await server.kill();
        await assert.rejects(fetch(`${server.url}/readyz`));
        await server.restart();
        assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
        await server.kill();
      } finally {
        await server.stop();
      }
    });
  });
}
