// One person's way through the site: search, next page, Back, reload, a service, Back. Prints what was seen.
// Usage: node journey.mjs ENGINE BASE PROFILE SCRIPTS(on|off)

import { report, visitor } from "./browser.mjs";

const [engine, base, profile, scripts] = process.argv.slice(2);
const person = await visitor(engine, profile, scripts);
const steps = {};

async function note(name) {
  steps[name] = {
    url: await person.url(),
    title: await person.title(),
    heading: (await person.texts("h1")).join(),
    rows: await person.texts(".row h3"),
    exits: (await person.texts("a.exit")).length,
  };
}

await person.goto(base + "/");
await note("start");
await person.type("#near", "Manchester");
await person.follow(".ask button");
await note("results");
await person.follow('a[rel~="next"]');
await note("next page");
await person.goBack();
await note("back to the first page");
await person.reload();
await note("reloaded");
await person.follow(".row h3 a");
await note("service");
await person.goBack();
await note("back from the service");
const cookies = await person.cookies();
const stored = scripts === "on" ? await person.stored() : null;
await person.goBack();
steps["back at the start"] = { heading: (await person.texts("h1")).join(), typed: (await person.values("#near")).join() };
const { requests = [], problems = [] } = person;
await person.close();
report({ steps, cookies, stored, requests, problems });
