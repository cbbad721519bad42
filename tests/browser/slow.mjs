// Leaves while the other site is slow or does not answer, and looks whether anything of ours can still be seen (R4).
// Usage: node slow.mjs ENGINE BASE PROFILE OTHER-SITE

import { setTimeout as pause } from "node:timers/promises";
import { report, start } from "./browser.mjs";
import { WAYS, probe, settled, since } from "./probe.mjs";

const [engine, base, profile, other] = process.argv.slice(2);
const ours = new URL(base).host;
const browser = await start(engine, profile);
const steer = (how) => fetch(`${other}/steer?${how}`);

// So many milliseconds after the touch or the key: can anything be seen, and is the picture blank?
async function leave(way, how, moments, again) {
  const page = await browser.newPage();
  await page.setViewport({ width: 360, height: 640 });
  // While one page takes the place of another there is nothing to take a picture of, for a moment.
  const picture = async (again = 20) => {
    try {
      return (await page.screenshot()).length;
    } catch (between) {
      if (!again) throw between;
      await pause(50);
      return picture(again - 1);
    }
  };
  const blank = await picture();
  const said = await probe(page);
  await page.goto(`${base}/`);
  await settled(page);
  const whole = await picture();
  await steer(how);
  const start = Date.now();
  const leaving = WAYS[way](page).catch(() => {});
  const last = () => said.findLast((line) => line.pressed && line.time >= start);
  while (!last() || (way === "shift" && said.filter((line) => line.pressed).length < 3)) await pause(5);
  const seen = {};
  for (const after of moments) {
    await pause(Math.max(0, last().time + after - Date.now()));
    // Not by asking the page: while another site is on its way, Chromium keeps our questions back.
    seen[after] = { picture: await picture(), still_here: new URL(page.url()).host === ours, asked: Date.now() - last().time };
  }
  if (again) {
    again(page).catch(() => {}); // whoever finds the empty page, before the other site is there
    await pause(700); // no picture: Chromium waits for a frame with something in it; the probe looks on
  }
  const lines = since(said, last().time, ours);
  await steer("");
  await leaving;
  await settled(page, 100, ours);
  const arrived = await page.evaluate(() => location.href);
  await page.close();
  const hidden = since(said, start, ours).find((line) => line.shown === false)?.after;
  return { blank, whole, seen, hidden, shown: lines.filter((line) => line.shown).length, arrived };
}

const result = {};
result["click, refused"] = await leave("click", "refuse", [100, 2000]);
result["shift, slow, loaded again"] = await leave("shift", "stall=4", [100, 2000], (page) => page.reload());
result["click, slow"] = await leave("click", "stall=11", [100, 2000, 10000]);
await browser.close();
report(result);
