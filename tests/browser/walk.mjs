// From nothing to a phone number, in one way of using a browser; counts steps and seconds.
// Usage: node walk.mjs ENGINE BASE PROFILE MODE; a mode is keyboard, no-scripts, narrow, unstyled, no-images,
// forced-colors, large-text or landscape.

import { report, start } from "./browser.mjs";

const [engine, base, profile, mode] = process.argv.slice(2);
const SIZES = { narrow: [320, 480], landscape: [640, 320] };
const browser = await start(engine, profile);
const page = await browser.newPage();
const [width, height] = SIZES[mode] ?? [360, 640];
await page.setViewport({ width, height });
if (mode === "no-scripts") await page.setJavaScriptEnabled(false);
if (mode === "forced-colors") {
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
}
if (mode === "unstyled" || mode === "no-images") {
  const refused = mode === "unstyled" ? "stylesheet" : "image";
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.resourceType() === refused ? request.abort() : request.continue()));
}
if (mode === "large-text") {
  await page.evaluateOnNewDocument(() => addEventListener("DOMContentLoaded", () => { document.documentElement.style.fontSize = "200%"; }));
}

async function tabTo(selector) {
  for (let presses = 1; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return presses;
  }
  throw new Error(`${selector} cannot be reached with Tab.`);
}

const began = Date.now();
const steps = [];
await page.goto(base + "/");
steps.push("open the site");
let presses = 0;
if (mode === "keyboard") {
  presses += await tabTo("#near");
  await page.keyboard.type("Manchester");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  steps.push("type a town, Enter");
  presses += await tabTo('a[href^="tel:"]');
} else {
  await page.type("#near", "Manchester");
  await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
  steps.push("type a town, send");
  if (mode !== "no-scripts") await page.$eval('a[href^="tel:"]', (link) => link.scrollIntoView({ block: "center" }));
}
steps.push("touch the number");
const number = await page.$('a[href^="tel:"]');
const box = await number.boundingBox();
const found = {
  mode, steps, presses,
  seconds: (Date.now() - began) / 1000,
  number: await (await number.getProperty("textContent")).jsonValue(),
  box,
  viewport: [width, height],
  sideways: mode === "no-scripts" ? false : await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
};
await browser.close();
report(found);
