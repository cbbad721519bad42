// Looks at every page that shows the hostile listings, and prints what became of their words.
// Usage: node hostile.mjs ENGINE BASE PROFILE CODES(JSON)

import { report, start } from "./browser.mjs";

const [engine, base, profile, codes] = process.argv.slice(2);
const browser = await start(engine, profile);
const page = await browser.newPage();
if (engine === "chromium") await page.setBypassCSP(true); // here nothing but the pages themselves keeps words words

const look = () => page.evaluate(async () => {
  const all = [...document.querySelectorAll("*")];
  for (const element of all) {
    element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    element.focus?.();
  }
  await new Promise((done) => setTimeout(done, 20));
  return {
    canary: window.canary ?? null,
    handlers: all.filter((element) => element.getAttributeNames().some((name) => name.startsWith("on"))).length,
    scripts: document.querySelectorAll("script:not([src])").length,
    addresses: all.filter((element) => /^\s*(javascript|data|vbscript):/i.test(element.getAttribute("href") ?? element.getAttribute("src") ?? "")).length,
    strange: document.querySelectorAll("iframe, base, math, xss, #stolen, meta[http-equiv], main ~ main, [style]:not(.map *):not(.map)").length,
    text: document.querySelector("main").textContent,
  };
});

const seen = {};
async function visit(path) {
  await page.goto(base + path);
  seen[path] = await look();
}

await page.goto(`${base}/find/`);
await page.type("#near", "Nairobi");
await Promise.all([page.waitForNavigation(), page.click(".ask button")]);
const results = new URL(page.url()).pathname;
for (const path of [results, `${results}map/`, "/in/nairobi-ke/", "/ar/in/nairobi-ke/"]) await visit(path);
for (const code of JSON.parse(codes)) {
  for (const path of ["", "map/", "wrong/"]) await visit(`/s/${code}/${path}`);
}
await visit(`/ar/s/${JSON.parse(codes)[0]}/`);
await browser.close();
report(seen);
