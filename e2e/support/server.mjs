// Starts the product as an operator would: the binary, a database, a mail server.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.COUNTERFLOW_BINARY;

async function freePort() {
  const probe = createServer();
  await new Promise((ready) => probe.listen(0, "127.0.0.1", ready));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** The databases on which every journey runs: a name, and how to get a fresh one. */
export const databases = [
  { name: "SQLite", fresh: async (folder) => `sqlite://${join(folder, "e2e.db")}` },
  ...(process.env.COUNTERFLOW_TEST_POSTGRES ? [{ name: "PostgreSQL", fresh: freshPostgres }] : []),
];

async function freshPostgres() {
  const base = process.env.COUNTERFLOW_TEST_POSTGRES;
  const name = `e2e_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const host = decodeURIComponent(new URL(base).searchParams.get("host") ?? "");
  const createdb = spawn("psql", ["-qX", "-h", host, "-U", "counterflow", "-c", `create database ${name}`, "counterflow_test"], { stdio: "inherit" });
  const code = await new Promise((done) => createdb.on("exit", done));
  if (code !== 0) throw new Error("psql could not make a database");
  return base.replace("/counterflow_test", `/${name}`);
}

/** A running server: `url`, `stop()`, `log()`, and `restart()` for pulling the plug in the middle. `args` is what it is
 * started with, told where it may listen and keep files. One that `watches` imports what lies in `nightly`. */
export async function startServer({ database, smtp, watches = false, args = () => ["serve"] }) {
  const folder = await mkdtemp(join(tmpdir(), "counterflow-e2e-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const databaseUrl = typeof database === "function" ? await database(folder) : database;
  const nightly = watches ? join(folder, "nightly") : undefined;
  if (nightly) await mkdir(nightly);
  let output = "";
  let process_;
  const launch = async () => {
    process_ = spawn(binary, args(`127.0.0.1:${port}`, folder), {
      cwd: folder,
      env: {
        ...process.env,
        COUNTERFLOW_DATABASE: databaseUrl,
        COUNTERFLOW_LISTEN: `127.0.0.1:${port}`,
        COUNTERFLOW_PUBLIC_URL: url,
        ...(nightly ? { COUNTERFLOW_IMPORT_FOLDER: nightly } : {}),
        ...(smtp ? { COUNTERFLOW_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, COUNTERFLOW_MAIL_FROM: "Counterflow <mentoring@halden.example>" } : {}),
      },
    });
    process_.stderr.on("data", (text) => (output += text));
    process_.stdout.on("data", (text) => (output += text));
    for (let tries = 0; tries < 1800; tries += 1) {
      if (process_.exitCode !== null || process_.signalCode !== null) throw new Error(`the server ended:\n${output}`);
      const ready = await fetch(`${url}/readyz`).catch(() => null);
      if (ready?.ok) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`the server did not get ready:\n${output}`);
  };
  const end = async (signal) => {
    // A process that a signal ended has no exit code.
    if (process_.exitCode !== null || process_.signalCode !== null) return;
    const ended = new Promise((done) => process_.on("exit", done));
    process_.kill(signal);
    await ended;
  };
  await launch();
  return {
    url,
    folder,
    nightly,
    database: databaseUrl,
    log: () => output,
    kill: () => end("SIGKILL"),
    restart: launch,
    stop: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
