// Makes lists in the results and takes them along.
// Usage: node card.mjs ENGINE BASE PROFILE walk FOLDER | node card.mjs ENGINE BASE PROFILE open ADDRESS

import { report, start, visitor } from "./browser.mjs";

const [engine, base, profile, what, where] = process.argv.slice(2);
const browser = await start(engine, profile);
const page = await browser.newPage();
await page.setViewport({ width: 390, height: 800 });
await page.evaluateOnNewDocument(() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; });

const names = () => page.$$eval(".kept h2", (heads) => heads.map((head) => head.textContent.replace(/\s+/g, " ").trim()));
const shown = (selector) => page.$eval(selector, (element) => !element.hidden);
const here = () => page.evaluate(() => location.href);
const tap = (selector) => page.locator(selector).click();
const card = () => page.waitForSelector(".card");

async function search(language) {
  await page.goto(`${base}${language}/`);
  await page.type("#near", "Manchester");
  await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
}

// From the results to a card of five on paper, as quickly as it can be done.
async function walk() {
  await search("");
  const began = Date.now();
  let taps = 0;
  for (const selector of ["#pick button", ".acts [data-act=print]"]) { await tap(selector); taps += 1; }
  await card();
  const printed = await page.evaluate(() => globalThis.printed);
  const seconds = (Date.now() - began) / 1000;
  await page.pdf({ path: `${where}/walk.pdf`, preferCSSPageSize: true });
  return { taps, seconds, printed, names: await names() };
}

// Five of two pages of results in Romanian; loaded again, scanned, and taken out of the address.
async function build() {
  await search("/ro");
  const ticked = [];
  const tick = async (count, from = 0) => {
    for (const box of (await page.$$("input[form=pick]")).slice(from, from + count)) {
      await box.evaluate((input) => input.scrollIntoView({ block: "center" })); // not below what stays in view
      await box.click();
      ticked.push(await box.evaluate((input) => input.value));
    }
  };
  await tick(1);
  const inView = await page.evaluate(() => ["#where-kept", "#pick button"].map((selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
  }));
  await tick(2, 1);
  const note = await shown("#where-kept");
  const before = await here();
  await tap(".pages [rel~=next]");
  await page.waitForSelector(".pages [rel~=prev]"); // a changed address is a navigation too, so that is not waited for
  await tick(2);
  await tap("#pick button");
  await card();
  const address = await here();
  await page.reload();
  await page.waitForSelector(".fixed:not([hidden])");
  const loaded = await names();
  await (await page.$(".square")).screenshot({ path: `${where}/code.png` });
  await page.pdf({ path: `${where}/list.pdf`, preferCSSPageSize: true });
  await tap("[data-act=let-go]");
  const loose = { address: await here(), names: await names(), said: await shown(".hint.loose") };
  await page.select("#language", "en");
  await page.$eval("details.narrow", (details) => { details.open = true; });
  await tap(".on-list button");
  await page.waitForSelector(".card[lang=en]");
  return { ticked, inView, note, before, address, names: loaded, loose, after: { address: await here(), names: await names() } };
}

// On this page only: no id is ever in an address.
async function only_here() {
  await search("");
  await (await page.$("input[form=pick]")).click();
  await tap("#only-here");
  const results = await here();
  await tap("#pick button");
  await card();
  const found = { results, address: await here(), names: await names() };
  await page.goBack();
  return { ...found, back: await here() };
}

async function without_scripts() {
  await browser.close();
  const person = await visitor(engine, `${profile}-plain`, "off");
  await person.goto(`${base}/`);
  await person.type("#near", "Manchester");
  await person.follow(".ask button");
  const box = await person.page.$("input[form=pick]");
  await box.click();
  await person.follow("#pick button");
  const found = { address: await person.url(), names: (await person.texts(".kept h2")).length };
  await person.goto(`${base}/card/#abc`);
  found.told = (await person.texts("noscript, .note")).join(" ");
  await person.close();
  return found;
}

if (what === "open") {
  await page.goto(where);
  await card();
  const found = { names: await names(), notes: await page.$$eval(".around .note", (notes) => notes.map((note) => note.textContent)), lang: await page.$eval("html", (html) => html.lang) };
  await browser.close();
  report(found);
} else {
  const found = { walk: await walk(), build: await build(), only_here: await only_here() };
  found.without_scripts = await without_scripts();
  report(found);
}
