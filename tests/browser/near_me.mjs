// Asks where the phone is, at made-up places, and prints what was asked of the browser before and what was sent.
// Usage: node near_me.mjs ENGINE BASE PROFILE OTHER-SITE PLACES(JSON, [latitude, longitude])

import { report, start } from "./browser.mjs";
import { settled } from "./probe.mjs";

const [engine, base, profile, other, places] = process.argv.slice(2);
// Firefox asks this address where it is, and somebody has said yes before.
const prefs = { "geo.provider.network.url": `${other}/position`, "permissions.default.geo": 1 };
const browser = await start(engine, profile, { prefs });
const page = await browser.newPage();
const posts = [];
page.on("request", (request) => {
  if (request.method() !== "POST") return;
  posts.push({ path: new URL(request.url()).pathname, body: engine === "chromium" ? request.postData() : null });
});

// What is asked of the browser, and what a form holds at the moment it is sent: Firefox does not tell afterwards.
await page.evaluateOnNewDocument(() => {
  globalThis.asked = [];
  for (const name of ["getCurrentPosition", "watchPosition"]) {
    const real = navigator.geolocation[name];
    navigator.geolocation[name] = function (...words) { globalThis.asked.push(name); return real.apply(this, words); };
  }
  const send = HTMLFormElement.prototype.submit;
  HTMLFormElement.prototype.submit = function () {
    console.debug(`sent ${new URLSearchParams(new FormData(this))}`); // beside what Chromium's log of requests says
    return send.call(this);
  };
});
const sent = [];
page.on("console", (message) => { if (message.text().startsWith("sent ")) sent.push(message.text().slice(5)); });

const state = () => page.evaluate(async () => ({
  asked: globalThis.asked,
  allowed: document.featurePolicy?.allowsFeature("geolocation") ?? null,
  permission: (await navigator.permissions.query({ name: "geolocation" })).state,
  button: document.querySelector("#here")?.checkVisibility() ?? null,
  failed: document.querySelector("#here-failed")?.checkVisibility() ?? null,
}));

async function press() {
  posts.length = sent.length = 0;
  await page.click("#here button");
  await page.waitForFunction(() => !document.querySelector("#here") || document.querySelector("#here-failed").checkVisibility(), { timeout: 10000 });
  await settled(page);
  const heading = await page.$eval("h1", (words) => words.textContent);
  return { posts: [...posts], sent: [...sent], url: page.url(), heading };
}

const result = { pages: {}, pressed: [] };
for (const path of ["/", "/find/", "/in/manchester-gb/", "/in/manchester-gb/map/", "/safety/", "/about/", "/first-contact/", "/nowhere/", "/f/nonsense/", "/find/?near=x"]) {
  await page.goto(base + path);
  result.pages[path] = await state();
}
await page.goto(`${base}/find/here/`);
result.before = await state();
const context = browser.defaultBrowserContext();
if (engine === "chromium") {
  await context.overridePermissions(base, []); // "no" to everything
  await page.reload();
  result.refused = { ...await press(), ...await state() };
  await context.overridePermissions(base, ["geolocation"]);
}
for (const [latitude, longitude] of JSON.parse(places)) {
  await page.goto(`${base}/find/here/`);
  if (engine === "chromium") await page.setGeolocation({ latitude, longitude });
  result.pressed.push(await press());
}
await page.goto(`${base}/about/`);
result.elsewhere = await page.evaluate(() => new Promise((done) => {
  navigator.geolocation.getCurrentPosition(() => done("told"), (refusal) => done(`refused ${refusal.code}`), { timeout: 3000 });
}));
await browser.close();
report(result);
