// Leaves without scripts: by the link in the head, and by the second one that the keyboard meets first.
// Usage: node plain.mjs ENGINE BASE PROFILE

import { report, visitor } from "./browser.mjs";

const [engine, base, profile] = process.argv.slice(2);
const person = await visitor(engine, profile, "off");
const arrived = {};

await person.goto(`${base}/safety/`);
const said = (await person.texts("main")).join();
await person.follow("#exit");
arrived["a touch"] = await person.url();
await person.goto(`${base}/safety/`);
await person.press("a.leave");
arrived["Enter at the second link"] = await person.url();
await person.close();
report({ arrived, said });
