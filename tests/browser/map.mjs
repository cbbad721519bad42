// Somebody opens the map of Manchester and uses it by keyboard, wheel and finger. Prints what was seen.
// Usage: node map.mjs ENGINE BASE PROFILE

import { report, start } from "./browser.mjs";

const [engine, base, profile] = process.argv.slice(2);
const browser = await start(engine, profile);
const requests = [];
const problems = [];

async function open(width, height, more = {}) {
  const page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.log(`CSP ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.setViewport({ width, height, ...more });
  return page;
}

const rest = () => new Promise((done) => setTimeout(done, 500));
const follow = (page, act) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), act()]);

async function toMap(page, prefix = "") {
  await page.goto(`${base}${prefix}/find/`);
  await page.type("#near", "Manchester");
  await follow(page, () => page.click(".ask button"));
  await follow(page, () => page.$eval("a.to-map", (link) => link.click()));
  return page.url();
}

const land = (page) => page.waitForFunction(() => document.querySelector(".map .land")?.getAttribute("d").length > 10, { timeout: 5000 }).then(() => true, () => false);

const drawn = (page) => page.evaluate(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const edges = (element) => element.getBoundingClientRect();
  const frame = edges(document.querySelector("#map"));
  const circle = (path) => {
    const box = edges(path);
    const whole = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    return { whole, width: Math.round(box.width), height: Math.round(box.height) };
  };
  const boxes = all(".map .pin").map(edges);
  const cover = (a, b) => Math.min(a.right - b.left, b.right - a.left) > 2 && Math.min(a.bottom - b.top, b.bottom - a.top) > 2;
  return {
    covered: boxes.filter((a, index) => boxes.slice(0, index).some((b) => cover(a, b))).length,
    entries: all("#places li").map((item) => ({ reach: item.dataset.reach ?? null, area: [item.dataset.latitude, item.dataset.longitude, item.dataset.reach].join() })),
    pins: all(".map .pin").map((pin) => pin.textContent),
    names: all(".map .pin").map((pin) => pin.getAttribute("aria-label")),
    links: all("#places a").map((link) => link.textContent),
    areas: all(".map .area").map(circle),
    towns: all(".map .town").filter((town) => !town.hidden).map((town) => town.textContent),
    zoom: all(".map .leaflet-bar a").map((button) => button.getAttribute("aria-label")),
    said: [document.querySelector("#map").dataset.in, document.querySelector("#map").dataset.out],
    links_out: all(".map a").map((link) => link.getAttribute("href")).filter((to) => to !== "#"),
    direction: [document.documentElement.dir, getComputedStyle(document.querySelector("#map")).direction],
    sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  };
});

// How often Tab has to be pressed, and what it comes by, from the link above the map to the last of the list.
async function walk(page) {
  await page.focus('main a[href$="/"]');
  const seen = [];
  for (let press = 0; press < 120; press += 1) {
    await page.keyboard.press("Tab");
    seen.push(await page.evaluate(() => {
      const at = document.activeElement;
      return at.id === "map" ? "map" : at.getAttribute("aria-label") ?? at.textContent.trim();
    }));
    if (await page.evaluate(() => document.activeElement === [...document.querySelectorAll("#places a")].at(-1))) break;
  }
  return seen;
}

async function pressed(page, selector, key) {
  const before = page.url();
  await page.$eval(selector, (element) => element.focus());
  await page.keyboard.press(key);
  await rest(); // for a link that is followed
  return page.evaluate((at) => {
    const box = document.activeElement.getBoundingClientRect();
    return { focused: document.activeElement.textContent, stayed: location.href === at, inView: box.top >= 0 && box.bottom <= innerHeight };
  }, before);
}

const scale = (page) => page.$eval(".leaflet-control-scale-line", (line) => line.textContent + line.style.width);
const place = (page) => page.evaluate(() => {
  const [map, pin] = [document.querySelector("#map"), document.querySelector(".pin")].map((element) => element.getBoundingClientRect());
  return [Math.round(pin.left - map.left), Math.round(pin.top - map.top)].join();
});

async function wheel(page) {
  const before = await scale(page);
  await page.evaluate(() => scrollTo(0, 0));
  const box = await (await page.$("#map")).boundingBox();
  await page.mouse.move(box.x + 20, box.y + 40);
  await page.mouse.wheel({ deltaY: 200 });
  await rest();
  return { zoomed: (await scale(page)) !== before, scrolled: (await page.evaluate(() => scrollY)) > 0 };
}

async function arrows(page, selector) {
  await page.$eval(selector, (element) => element.focus());
  await rest();
  const before = await place(page);
  await page.keyboard.press("ArrowRight");
  await rest();
  return (await place(page)) !== before;
}

async function lights(page) {
  await page.mouse.move(0, 0);
  await page.$eval("#places li:last-child a", (link) => link.focus());
  const lit = await page.$$eval(".map .on", (all) => all.map((element) => element.textContent));
  await page.evaluate(() => document.activeElement.blur());
  return { lit, left: (await page.$$(".map .on")).length };
}

// A finger drags upwards over the map: the page has to go along. Only Chromium lets us be a finger.
async function finger(address) {
  const page = await open(360, 640, { isMobile: true, hasTouch: true });
  await page.goto(address);
  const box = await (await page.$("#map")).boundingBox();
  const before = await place(page);
  const session = await page.createCDPSession();
  const touch = (type, ...at) => session.send("Input.dispatchTouchEvent", { type, touchPoints: at });
  const [x, y] = [box.x + 60, box.y + 200];
  await touch("touchStart", { x, y });
  for (let up = 10; up <= 150; up += 10) await touch("touchMove", { x, y: y - up });
  await touch("touchEnd");
  await rest();
  return { scrolled: (await page.evaluate(() => scrollY)) > 50, moved: (await place(page)) !== before };
}

async function withoutLand(address) {
  const page = await open(1280, 800);
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.url().includes("/outlines/") ? request.abort() : request.continue()));
  const quiet = problems.length;
  await page.goto(address);
  await rest();
  problems.splice(quiet); // that a request failed is what this is about
  return { pins: (await page.$$(".map .pin")).length, land: (await page.$$(".map .land")).length };
}

async function calm(address) {
  const page = await open(1280, 800);
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  await page.goto(address);
  const before = await place(page);
  await page.focus("#map");
  await page.keyboard.press("ArrowRight");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const soon = await place(page);
  await rest();
  return { moved: soon !== before, later: (await place(page)) !== soon };
}

const page = await open(1280, 800);
const address = await toMap(page);
const seen = { land: await land(page), wide: await drawn(page), walk: await walk(page) };
seen.enter = await pressed(page, ".map .pin", "Enter");
seen.space = await pressed(page, ".map .pin", " ");
seen.area = await pressed(page, ".map .area", "Enter");
seen.skip = await pressed(page, ".past-map", "Enter");
await page.keyboard.press("Tab");
seen.after_skip = await page.evaluate(() => document.activeElement.textContent);
await page.goto(address);
seen.lights = await lights(page);
seen.wheel = await wheel(page);
seen.arrows = { map: await arrows(page, "#map"), list: await arrows(page, "#places a") };
seen.stored = await page.evaluate(() => [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(Boolean));
const narrow = await open(320, 640);
await toMap(narrow);
seen.narrow = await drawn(narrow);
await toMap(narrow, "/ar");
seen.arabic = await drawn(narrow);
seen.without_land = await withoutLand(address);
if (engine === "chromium") Object.assign(seen, { finger: await finger(address), calm: await calm(address) });
const cookies = (await browser.cookies()).map((cookie) => cookie.name);
await browser.close();
report({ ...seen, requests, problems, cookies });
