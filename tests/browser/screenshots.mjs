// Takes a picture of each page at each size. Usage: node screenshots.mjs BASE FOLDER STEPS (a JSON list) LANGUAGE…
// A step: {name, path} or {name, form: {field: value}}, then {follow: selector} and {then: selector}, {whole: true}
// for a page of any height and {scripts: true} if it needs them; sizes and colours are the same for all.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./browser.mjs";

const [base, folder, steps, ...languages] = process.argv.slice(2);
const SIZES = [[360, 640], [1280, 800]];
const browser = await start("chromium", mkdtempSync(join(tmpdir(), "shots-")));
const page = await browser.newPage();
const follow = (selector) => Promise.all([page.waitForNavigation(), page.$eval(selector, (link) => link.click())]);

async function taken(step, language) {
  const prefix = language === "en" ? "" : `/${language}`;
  await page.setJavaScriptEnabled(Boolean(step.scripts));
  await page.goto(base + prefix + (step.path ?? "/find/"));
  if (step.form) {
    for (const [name, value] of Object.entries(step.form)) {
      const field = await page.$(`.ask [name="${name}"]`);
      const kind = await (await field.getProperty("type")).jsonValue();
      if (kind === "checkbox") await field.click();
      else if (kind === "select-one") await field.select(value);
      else await field.type(value);
    }
    await follow(".ask button");
  }
  if (step.follow) await follow(step.follow);
  if (step.then) await follow(step.then);
  if (step.scripts) await page.waitForNetworkIdle();
}

for (const [width, height] of SIZES) {
  for (const scheme of ["light", "dark"]) {
    await page.setViewport({ width, height, deviceScaleFactor: 1.5 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const language of languages) {
      for (const step of JSON.parse(steps)) {
        await taken(step, language);
        await page.screenshot({ path: join(folder, `${step.name}-${width}-${scheme}-${language}.png`), fullPage: Boolean(step.whole) });
      }
    }
  }
}
await browser.close();
