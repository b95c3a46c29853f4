// Real Chromium, and what is asked of every page: no accessibility violations in light and dark, no sideways scrolling.
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.COUNTERFLOW_SCREENSHOTS;
let browser;

/** The promise is kept, not the browser: stories that run at once share one. */
function launched() {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  return browser;
}

export async function closeBrowser() {
  await (await browser)?.close();
  browser = undefined;
}

/** A browser of one person's own: its cookies are nobody else's. Whoever does not look at pages closely only uses them.
 * A phone is held upright, and knows fingers only. */
export async function person(url, { width = 1280, javaScript = true, zone = "Europe/Berlin", looks = true, phone = false } = {}) {
  const context = await (await launched()).newContext({
    baseURL: url,
    ...(phone ? { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 } : { viewport: { width, height: 900 } }),
    javaScriptEnabled: javaScript,
    timezoneId: zone,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
  page.on("response", (reply) => {
    if (reply.status() >= 500 || (reply.status() >= 400 && reply.url().includes("/assets/"))) problems.push(`${reply.status()} ${reply.url()}`);
  });
  return { page, context, problems, looks: looks && javaScript, close: () => context.close() };
}

/** Fails on any axe violation in light or dark, on sideways scrolling at 360 px, and on errors in the console. */
export async function fine({ page, problems, looks }, name) {
  assert.deepEqual(problems, [], `errors on ${page.url()}`);
  if (!looks) return; // axe needs scripts
  const size = page.viewportSize();
  await page.evaluate(axeSource);
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await violations(page, theme), [], `axe on ${page.url()} in ${theme}`);
    if (shots && name) {
      await mkdir(shots, { recursive: true });
      await page.screenshot({ path: `${shots}/${name}-${theme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 360, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (shots && name) await page.screenshot({ path: `${shots}/${name}-phone.png`, fullPage: true });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok(wide <= 360, `${page.url()} scrolls sideways at 360 px: ${wide}`);
}

/** Every rule in light; in dark those about color, because a theme changes nothing else. */
async function violations(page, theme) {
  const rules = theme === "dark" ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
  const found = await page.evaluate(async (options) => {
    const { violations } = await globalThis.axe.run(document, { ...options, resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) }));
  }, rules);
  return found.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `    ${node.html}\n    ${node.failureSummary}`).join("\n")}`);
}
