// Lighthouse (mobile) on the start page, results and a service; prints three scores each.
// Usage: node lighthouse.mjs BASE

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse from "lighthouse";
import { report, start } from "./browser.mjs";

const [base] = process.argv.slice(2);
const browser = await start("chromium", mkdtempSync(join(tmpdir(), "lighthouse-")));
const page = await browser.newPage();
await page.goto(base + "/");
await page.type("#near", "Manchester");
await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
const results = page.url();
const service = await page.$eval(".row h3 a", (link) => link.href);
await page.close();

const found = {};
for (const [name, url] of Object.entries({ start: base + "/", results, service })) {
  const ask = () => lighthouse(url, { port: new URL(browser.wsEndpoint()).port, onlyCategories: ["performance", "accessibility", "best-practices"], logLevel: "error" });
  let { lhr } = await ask();
  if (lhr.runtimeError) ({ lhr } = await ask()); // it could not measure; that is no score
  if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([key, category]) => [key, Math.round(category.score * 100)]));
  const lost = Object.values(lhr.categories).flatMap((category) => category.auditRefs).filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1).map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim());
  found[name] = { ...scores, lost };
}
await browser.close();
report(found);
