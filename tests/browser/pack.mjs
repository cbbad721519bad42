// Saves the file of an area and opens it from the disk, as somebody does who has no connection.
// Usage: node pack.mjs ENGINE BASE PROFILE LANGUAGE…

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { report, visitor } from "./browser.mjs";
import { invalid } from "./checks.mjs";

const [engine, base, profile, ...languages] = process.argv.slice(2);
const found = {};
const saved = {};
for (const language of languages) {
  const answer = await fetch(`${base}${language === "en" ? "" : `/${language}`}/in/manchester-gb/notes.html`);
  saved[language] = { source: await answer.text(), name: answer.headers.get("content-disposition").match(/filename="(.*)"/)[1] };
}
const person = await visitor(engine, join(profile, "browser"), "on");
await person.page.setViewport({ width: 360, height: 640 });
for (const [language, { source, name }] of Object.entries(saved)) {
  const path = join(profile, `${language}-${name}`);
  writeFileSync(path, source);
  person.requests.length = 0;
  await person.goto(`file://${path}`);
  found[language] = {
    title: await person.title(),
    asked: person.requests.filter((url) => !/^(file|data):/.test(url)),
    problems: [...person.problems],
    invalid: await invalid(source),
    words: (await person.texts("main")).join(),
    calls: await person.page.$$eval('a[href^="tel:"]', (links) => links.length),
    sideways: await person.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
    paper: await person.page.evaluate(() => getComputedStyle(document.body).backgroundColor),
  };
}
await person.close();
report(found);
