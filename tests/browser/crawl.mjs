// Follows the links of the site to every kind of page in each language, and to every error; prints for each page
// what it is called, what it stored and what it asked the browser for, and every request that was made.
// Usage: node crawl.mjs ENGINE BASE PROFILE WITHOUT(languages, JSON) NETLOG, where the last
// is a file for Chromium's own log of the network.

import { report, start } from "./browser.mjs";

const [engine, base, profile, without, netlog] = process.argv.slice(2);
// Names are not looked up, but for our own: whatever needs another one fails, and is seen to.
const ALONE = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", `--log-net-log=${netlog}`];
const browser = await start(engine, profile, { args: ALONE });
const page = await browser.newPage();
const requests = [];
const failed = [];
page.on("request", (request) => requests.push(request.url()));
page.on("requestfailed", (request) => failed.push(`${request.url()} ${request.failure()?.errorText}`));

// What needs somebody's leave, or keeps something: asked for by nobody here.
await page.evaluateOnNewDocument(() => {
  const asked = (globalThis.asked = []);
  const watch = (where, name) => {
    const real = where?.[name];
    if (real) where[name] = function (...words) { asked.push(name); return real.apply(this, words); };
  };
  for (const name of ["getCurrentPosition", "watchPosition"]) watch(navigator.geolocation, name);
  for (const name of ["getUserMedia", "getDisplayMedia"]) watch(navigator.mediaDevices, name);
  for (const name of ["requestPermission"]) watch(globalThis.Notification, name);
  for (const name of ["persist", "persisted"]) watch(navigator.storage, name);
  for (const name of ["register"]) watch(navigator.serviceWorker, name);
  for (const name of ["sendBeacon", "share"]) watch(navigator, name);
});

const read = () => page.evaluate(async () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = all("link[href], script[src], img[src], use[href]").map((tag) => tag.getAttribute("href") ?? tag.src);
  return {
    url: location.href,
    title: document.title,
    preview: all('meta[property^="og:"], meta[name="description"], meta[name="keywords"], a[download]').map((tag) => tag.content ?? tag.download),
    elsewhere: named.map((address) => new URL(address, location.href)).filter(({ host }) => host !== location.host).map(String),
    links: all("a[href]").map((link) => link.href.split("#")[0]),
    stored: {
      cookie: document.cookie,
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).length,
      caches: (await globalThis.caches?.keys())?.length ?? 0,
      workers: ((await navigator.serviceWorker?.getRegistrations()) ?? []).length,
    },
    asked: globalThis.asked,
  };
});

const passed = new Set(JSON.parse(without));
const kind = (url) => new URL(url).pathname.replace(/\/(f|s|in|now)\/[^/]+/, "/$1/*").replace(/(\/now\/\*)\/[^/]+/, "$1/*");
const seen = new Map(); // kind of address -> how often
const pages = [];
const saved = [];
const queue = [`${base}/`, `${base}/nowhere/`, `${base}/find/?near=x`, `${base}/f/nonsense/`, `${base}/in/atlantis-gb/`, `${base}/in/manchester-gb/`, `${base}/ar/nowhere/`];

async function look(response) {
  const { links, ...seenHere } = await read();
  pages.push({ ...seenHere, status: response?.status(), cookie: response?.headers()["set-cookie"] ?? null });
  queue.push(...links.filter((link) => link.startsWith(`${base}/`) && !passed.has(link.split("/")[3])));
}

async function sent(path, fields, selector = ".ask button") {
  await page.goto(base + path);
  for (const [name, value] of Object.entries(fields)) await page.type(`[name="${name}"]`, value);
  await look((await Promise.all([page.waitForNavigation(), page.click(selector)]))[0]);
}

// What is for programs and calendars is saved, not shown: only its name could stay behind.
async function isAPage(url) {
  if (!url.startsWith(`${base}/api/`) && !/\.ics$|\/notes\.(html|txt)$/.test(url)) return true;
  const { headers } = await fetch(url, { method: "HEAD" });
  saved.push(`${url} ${headers.get("content-disposition") ?? ""}`);
  return headers.get("content-type").startsWith("text/html") && !headers.has("content-disposition");
}

await sent("/find/", { near: "Manchester" });
await sent("/ar/find/", { near: "Berlin" });
await sent("/find/", { near: "Zwiebelkanarien" });
while (queue.length) {
  const url = queue.shift();
  const often = seen.get(kind(url)) ?? 0;
  if (often >= (/^\/(f|s|in)\/\*\/$/.test(kind(url)) ? 4 : 1)) continue;
  seen.set(kind(url), often + 1);
  if (await isAPage(url)) await look(await page.goto(url));
}
const words = await page.goto(`${base}/in/manchester-gb/`).then(() => page.$$eval(".row h3", (rows) => rows.map((row) => row.textContent)));
await page.goto("about:blank");
await browser.close();
report({ profile, pages, requests, failed, saved, kinds: [...seen.keys()], words });
