// Measures pages as they are painted at 360x640. Usage: node looks.mjs ENGINE BASE PROFILE TOWNS(JSON)

import { report, start } from "./browser.mjs";

const [engine, base, profile, towns] = process.argv.slice(2);
const browser = await start(engine, profile);
const page = await browser.newPage();
await page.setViewport({ width: 360, height: 640 });

// The edges of elements, in CSS pixels from the top of the page; their words; and whether it scrolls sideways.
const measure = () => page.evaluate(() => {
  const edges = (element) => {
    const box = element.getBoundingClientRect();
    return { top: Math.round(box.top), bottom: Math.round(box.bottom), width: Math.round(box.width), height: Math.round(box.height), words: element.textContent.trim().replace(/\s+/g, " ") };
  };
  const withinSentence = (link) => getComputedStyle(link).display === "inline" && link.parentElement.textContent.trim() !== link.textContent.trim();
  const row = document.querySelector(".row:has(.answers)");
  const parts = row ? Object.fromEntries(["h3", ".kind", ".place", ".answers", ".touch"].map((part) => [part, edges(row.querySelector(part))])) : {};
  return {
    parts,
    answers: row ? row.querySelectorAll(".answers li").length : 0,
    exit: edges(document.querySelector("a.exit")),
    small: [...document.querySelectorAll("a:not(.skip), button, input, select, summary")].filter((element) => element.checkVisibility() && !withinSentence(element)).map(edges).filter((box) => box.height > 0 && box.height < 24),
    sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  };
});

const found = {};
for (const town of JSON.parse(towns)) {
  await page.goto(base + "/find/");
  await page.type("#near", town);
  await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
  found[town] = await measure();
}
for (const path of ["/", "/find/", "/first-contact/", "/safety/", "/about/", "/nowhere/", "/now/", "/now/gb/"]) {
  await page.goto(base + path);
  found[path] = await measure();
}
await browser.close();
report(found);
