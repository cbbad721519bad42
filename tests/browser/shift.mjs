// The keys that leave, and those that do not: the cases of GOV.UK's "Exit this page", and typing in capitals.
// Prints for each case where it ended and what was announced. Usage: node shift.mjs ENGINE BASE PROFILE

import { setTimeout as pause } from "node:timers/promises";
import { report, start } from "./browser.mjs";
import { settled } from "./probe.mjs";

const [engine, base, profile] = process.argv.slice(2);
const WAIT = 5000; // between two presses, as in page.js
const browser = await start(engine, profile);
let page;

async function shift(times) {
  for (let press = 0; press < times; press += 1) await page.keyboard.press("Shift");
}

// A word in capitals as hands type it: Shift is held for each letter.
async function capitals(word) {
  for (const letter of word) {
    await page.keyboard.down("Shift");
    await page.keyboard.press(`Key${letter}`);
    await page.keyboard.up("Shift");
  }
}

const CASES = {
  "three presses": () => shift(3),
  "one press": () => shift(1),
  "two presses": () => shift(2),
  "another key between": async () => { await shift(2); await page.keyboard.press("a"); await shift(1); },
  "capital letters": () => capitals("ABCD"),
  HELLO: async () => { await page.focus("#near"); await capitals("HELLO"); },
  "held down all along": async () => { await page.keyboard.down("Shift"); for (const letter of "HELLO") await page.keyboard.press(`Key${letter}`); await page.keyboard.up("Shift"); },
  "back by Shift and Tab": async () => { await page.focus("#near"); await page.keyboard.down("Shift"); for (let press = 0; press < 3; press += 1) await page.keyboard.press("Tab"); await page.keyboard.up("Shift"); },
  "three presses in the search box": async () => { await page.focus("#near"); await shift(3); },
  "a pause below the limit": async () => { await shift(2); await pause(WAIT - 500); await shift(1); },
  "a pause above it": async (note) => {
    await shift(2);
    await pause(WAIT + 500);
    await note("a pause above it, before the next press");
    await shift(1);
  },
  "the second link and Enter": async () => { await page.keyboard.press("Tab"); await page.keyboard.press("Tab"); await page.keyboard.press("Enter"); },
  "the exit and Enter": async () => { await page.focus("#exit"); await page.keyboard.press("Enter"); },
};

// A tab of its own for each: where one has been, nothing of the next can depend on.
const seen = {};
for (const [name, act] of Object.entries(CASES)) {
  page = await browser.newPage();
  await page.goto(`${base}/find/`);
  const words = await page.$eval("#said", (voice) => ({ ...voice.dataset }));
  const note = async (moment) => {
    await settled(page, 100);
    seen[moment] = { words, ...await page.evaluate(() => ({
      host: location.host,
      heard: document.querySelector("#said")?.textContent,
      typed: document.querySelector("#near")?.value,
    })) };
  };
  await act(note);
  await pause(100);
  await note(name);
  await page.close();
}
await browser.close();
report(seen);
