// Where the exit is on every page, what lies over it, and what it lies over. Prints, for each page: the link as it
// is (R1), what is at its middle at ten places of the page in each size, direction and size of text (R2), and
// each step of the Tab key that it covers (R3). Usage: node exit.mjs ENGINE BASE PROFILE OTHER-SITE BROKEN-BASE
// where BROKEN-BASE is a site of ours that has no database.

import { report, start } from "./browser.mjs";
import { settled } from "./probe.mjs";

const [engine, base, profile, other, broken] = process.argv.slice(2);
const SIZES = [[320, 480], [360, 640], [1280, 800]];
const browser = await start(engine, profile);
const page = await browser.newPage();
const size = (width, height) => page.setViewport({ width, height });
const chrome = engine === "chromium" ? await page.createCDPSession() : null;

async function searched(language, words) {
  await page.goto(`${base}${language}/find/`);
  await page.type("#near", words);
  await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
}

// Sends a form as a page of ours would: by a method or with fields that no form of ours has.
async function sent(path, method, fields = {}) {
  await Promise.all([page.waitForNavigation(), page.evaluate((action, method, fields) => {
    const form = Object.assign(document.createElement("form"), { action, method });
    for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
  }, path, method, fields)]);
}

async function fromAnotherSite(language) {
  await page.goto(`${other}/form?to=${encodeURIComponent(`${base}${language}/find/`)}`);
  await Promise.all([page.waitForNavigation(), page.click("button")]);
}

await searched("", "Manchester");
const results = new URL(page.url()).pathname;
const service = await page.$eval(".row h3 a", (link) => new URL(link.href).pathname);

// Every page and every error that a browser can be brought to, in a language's addresses.
const ways = (language) => ({
  start: () => page.goto(`${base}${language}/`),
  find: () => page.goto(`${base}${language}/find/`),
  here: () => page.goto(`${base}${language}/find/here/`),
  results: () => page.goto(`${base}${language}${results}`),
  area: () => page.goto(`${base}${language}/in/manchester-gb/`),
  map: () => page.goto(`${base}${language}/in/manchester-gb/map/`),
  service: () => page.goto(`${base}${language}${service}`),
  wrong: () => page.goto(`${base}${language}${service}wrong/`),
  now: () => page.goto(`${base}${language}/now/gb/`),
  "first contact": () => page.goto(`${base}${language}/first-contact/`),
  safety: () => page.goto(`${base}${language}/safety/`),
  about: () => page.goto(`${base}${language}/about/`),
  400: () => page.goto(`${base}${language}/find/?near=x`),
  403: () => fromAnotherSite(language),
  404: () => page.goto(`${base}${language}/nowhere/`),
  405: async () => { await page.goto(`${base}${language}/about/`); await sent(`${language}/about/`, "post"); },
  410: () => page.goto(`${base}${language}/f/nonsense/`),
  413: async () => { await page.goto(`${base}${language}/find/`); await sent(`${language}/find/`, "post", { q: "x".repeat(9000) }); },
  422: () => searched(language, "Zwiebelkanarien"),
  503: () => page.goto(`${broken}${language}/`),
});

const link = () => page.evaluate(() => {
  const [exit, ...more] = document.querySelectorAll("a.exit");
  const { responseStatus: status } = performance.getEntriesByType("navigation")[0];
  return { href: exit.href, rel: exit.rel, more: more.length, status, direction: document.dir };
});

const atItsMiddle = () => page.evaluate(() => {
  const exit = document.querySelector("a.exit");
  const room = document.documentElement.scrollHeight - innerHeight;
  const found = [];
  for (let tenth = 0; tenth < 10; tenth += 1) {
    scrollTo(0, room * tenth / 9);
    const box = exit.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const inView = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
    found.push({ ours: exit.contains(top), inView, width: box.width, height: box.height });
  }
  scrollTo(0, 0);
  return found;
});

// Chromium's own setting for text, which media queries in em follow too; in Firefox the root's size alone.
async function textAt(percent) {
  const standard = 16 * percent / 100;
  if (chrome) await chrome.send("Page.setFontSizes", { fontSizes: { standard, fixed: standard } });
  else await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, percent === 100 ? "" : `${106.25 * percent / 100}%`);
}

// One press of Tab at a time, forwards to the last link, then backwards to the first: that is when something comes
// into view under the head. A link to skip with lies over all else while it has the focus, which is no cover.
async function covered() {
  const found = [];
  let steps = 0;
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  for (const back of [false, true]) {
    if (back) await page.keyboard.down("Shift");
    for (let end = false; !end && steps < 400; steps += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(async (back) => {
        await new Promise(requestAnimationFrame);
        const element = document.activeElement;
        const links = document.querySelectorAll("a[href]");
        const head = document.querySelector(".top");
        const box = element.getBoundingClientRect();
        const over = [head, head.querySelector(".exit")].filter((part) => {
          const it = part.getBoundingClientRect();
          return Math.min(box.right, it.right) > Math.max(box.left, it.left) && Math.min(box.bottom, it.bottom) > Math.max(box.top, it.top);
        });
        const onTop = element.matches(".skip") && element.contains(document.elementFromPoint(box.x + 9, box.y + box.height / 2));
        return {
          words: `${element.tagName} ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`,
          lost: !element.matches(":focus"),
          under: over.length > 0 && !head.contains(element) && !onTop,
          end: element === links[back ? 0 : links.length - 1],
        };
      }, back);
      if (at.lost || at.under) found.push(at.words);
      end = at.end;
    }
    if (back) await page.keyboard.up("Shift");
  }
  return { found, steps };
}

const pages = {};
for (const language of ["", "/ar"]) {
  for (const [name, go] of Object.entries(ways(language))) {
    await size(...SIZES[1]);
    await go();
    await settled(page, 20);
    const seen = { ...await link(), middles: {}, covered: {} };
    for (const [width, height] of SIZES) {
      await size(width, height);
      for (const percent of [200, 100]) {
        await textAt(percent);
        seen.middles[`${width}x${height} ${percent} %`] = await atItsMiddle();
      }
      if (width === SIZES[language ? 1 : 0][0] && !/[0-9]|area/.test(name)) seen.covered = await covered();
    }
    pages[`${language} ${name}`.trim()] = seen;
  }
}
await browser.close();
report(pages);
