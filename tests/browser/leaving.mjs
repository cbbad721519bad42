// Comes from another site, looks at one, two or three pages, leaves, and goes back six times and forward six times.
// Prints what of ours was painted on the way (R6). Usage: node leaving.mjs ENGINE BASE PROFILE OTHER-SITE

import { report, start } from "./browser.mjs";
import { WAYS, film, probe, settled, since, step } from "./probe.mjs";

const [engine, base, profile, other] = process.argv.slice(2);
const ours = new URL(base).host;
const browser = await start(engine, profile);
const address = (page) => page.evaluate(() => location.href);

// Comes from another site, and goes on to so many of our pages.
async function arrive(page, length) {
  const go = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  await page.goto(`${other}/start?to=${base}/`);
  await go("#to");
  if (length > 1) {
    await page.type("#near", "Manchester");
    await go(".ask button");
  }
  if (length > 2) await go(".row h3 a");
  await settled(page, 100);
}

async function journey(way, length) {
  const page = await browser.newPage();
  await page.setViewport({ width: 360, height: 640 });
  const said = await probe(page);
  const frames = engine === "chromium" ? await film(page) : [];
  await arrive(page, length);
  const before = { shown: said.some((line) => line.host === ours && line.shown), largest: Math.max(0, ...frames) };
  await WAYS[way](page);
  await settled(page, 100, ours);
  const moment = Date.now();
  frames.length = 0;
  const addresses = [await address(page)];
  for (const by of [-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1]) {
    await step(page, by, ours);
    addresses.push(await address(page));
  }
  const lines = since(said, moment, ours);
  const after = {
    painted: lines.filter((line) => line.shown),
    kept: lines.filter((line) => line.persisted).length,
    largest: Math.max(0, ...frames),
    frames: frames.length,
  };
  const again = Date.now();
  await page.goto(`${base}/`, { timeout: 600 }).catch(() => {}); // puppeteer loses count of Firefox's kept pages
  await settled(page, 100, new URL(addresses.at(-1)).host);
  const back = {
    address: await address(page),
    shown: since(said, again, ours).some((line) => line.shown),
    stored: await page.evaluate(() => ({ ...sessionStorage })),
  };
  await page.close();
  return { before, addresses, after, back };
}

const journeys = {};
for (const way of Object.keys(WAYS)) {
  for (const length of [1, 2, 3]) journeys[`${way} ${length}`] = await journey(way, length);
}
await browser.close();
report(journeys);
