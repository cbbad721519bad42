// Takes a picture of each page at each size. Usage: node screenshots.mjs BASE FOLDER STEPS (a JSON list).
// A step: {name, path} or {name, form: {field: value}}, then {follow: selector} and {whole: true} for a page
// of any height; sizes and colours are the same for all.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./browser.mjs";

const [base, folder, steps] = process.argv.slice(2);
const SIZES = [[360, 640], [1280, 800]];
const browser = await start("chromium", mkdtempSync(join(tmpdir(), "shots-")));
const page = await browser.newPage();
await page.setJavaScriptEnabled(false);

for (const [width, height] of SIZES) {
  for (const scheme of ["light", "dark"]) {
    await page.setViewport({ width, height, deviceScaleFactor: 1.5 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const step of JSON.parse(steps)) {
      await page.goto(base + (step.path ?? "/find/"));
      if (step.form) {
        for (const [name, value] of Object.entries(step.form)) {
          const field = await page.$(`.ask [name="${name}"]`);
          const kind = await (await field.getProperty("type")).jsonValue();
          if (kind === "checkbox") await field.click();
          else if (kind === "select-one") await field.select(value);
          else await field.type(value);
        }
        await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
      }
      if (step.follow) await Promise.all([page.waitForNavigation(), page.click(step.follow)]);
      await page.screenshot({ path: join(folder, `${step.name}-${width}-${scheme}.png`), fullPage: Boolean(step.whole) });
    }
  }
}
await browser.close();
