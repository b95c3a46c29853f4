// Real Chromium, and what is asked of every page: no accessibility violations in light and dark, no sideways scrolling.
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.COUNTERFLOW_SCREENSHOTS;
let browser;

async function launched() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** A browser of one person's own: its cookies are nobody else's. */
export async function person(url, { width = 1280, javaScript = true, zone = "Europe/Berlin" } = {}) {
  const context = await (await launched()).newContext({
    baseURL: url,
    viewport: { width, height: 900 },
    javaScriptEnabled: javaScript,
    timezoneId: zone,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
  return { page, context, problems, close: () => context.close() };
}

/** Fails on any axe violation in light or dark, on sideways scrolling at 360 px, and on errors in the console. */
export async function fine({ page, problems }, name) {
  assert.deepEqual(problems, [], `errors on ${page.url()}`);
  const size = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const words = violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `    ${node.html}\n    ${node.failureSummary}`).join("\n")}`);
    assert.deepEqual(words, [], `axe on ${page.url()} in ${colorScheme}`);
    if (shots && name) {
      await mkdir(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 360, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (shots && name) await page.screenshot({ path: `${shots}/${name}-phone.png`, fullPage: true });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok(wide <= 360, `${page.url()} scrolls sideways at 360 px: ${wide}`);
}
