// Searches, reads and goes on, with words that nobody else uses, and leaves copies of the browser's folder: while it
// is open, and its folder itself when it has been closed or killed.
// Usage: node traces.mjs ENGINE BASE PROFILE SCRIPTS(on|off) END(close|kill) OTHER-SITE WORDS(JSON)

import { cpSync, lstatSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { report, visitor } from "./browser.mjs";

const [engine, base, profile, scripts, end, other, words] = process.argv.slice(2);
const { elsewhere, unsent, unknown, town, listing, late } = JSON.parse(words);
const FLUSHED = 12000; // milliseconds after which both browsers have written down their open tabs
// What drives Firefox switches these off; people have them on.
const AS_USUAL = { "browser.sessionstore.resume_from_crash": true, "browser.sessionstore.interval": 4000, "browser.pagethumbnails.capturing_disabled": false, "remote.prefs.recommended": false };

const person = await visitor(engine, profile, scripts, { prefs: AS_USUAL });
await person.goto(`${other}/start?to=${base}/`);
await person.type("[name=q]", elsewhere); // to see that a word is found where nobody takes care
await person.follow("button");
await person.goto(`${base}/`);
await person.type("#near", unsent);
await person.follow(".foot a[href$='/find/']");
await person.type("#near", unknown);
await person.follow(".ask button");
const notFound = (await person.texts("h1, .problem")).join();
await person.type("#near", town);
await person.follow(".ask button");
const found = (await person.texts("h1")).join();
await person.click(".narrow > summary");
await person.type("#q", listing);
await person.follow(".narrow .go");
const narrowed = (await person.texts(".chosen")).join();
let ended = "";
if (scripts === "on") {
  // As after twenty minutes: the search that is narrowed has ended.
  await person.page.evaluate(() => { document.querySelector("input[name=from]").value = "ended"; });
  await person.click(".narrow > summary");
  await person.type("#q", late);
  await person.follow(".narrow .go");
  ended = (await person.texts("h1")).join();
}
await person.goto(`${base}/find/`);
await person.type("#near", unsent);
await pause(FLUSHED);
cpSync(profile, `${profile}.open`, { recursive: true, filter: (path) => lstatSync(path).isFile() || lstatSync(path).isDirectory() });
await person[end]();
report({ profile, notFound, found, narrowed, ended });
