// How long pages take until they can be read. Usage: node slow_line.mjs BASE

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { QUIET, report } from "./browser.mjs";

const [base] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, "--ignore-certificate-errors"], userDataDir: mkdtempSync(join(tmpdir(), "slow-")), protocolTimeout: 240_000 });
const page = await browser.newPage();
page.setDefaultTimeout(120_000);

// From a touch until the first words are painted, by the clock outside the page.
async function readable(act) {
  const began = Date.now();
  await Promise.all([page.waitForNavigation({ waitUntil: "domcontentloaded" }), act()]);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  return (Date.now() - began) / 1000;
}

const found = {};
found.cold = await readable(() => page.goto(base + "/", { waitUntil: "domcontentloaded" }));
found.warm = await readable(() => page.reload({ waitUntil: "domcontentloaded" }));
await page.type("#near", "Manchester");
found["results, warm"] = await readable(() => page.click(".ask button"));
await browser.close();
report(found);
