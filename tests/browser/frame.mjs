// Somebody reads a partner's own page with our list in a frame, and follows a link in it. Prints what was seen.
// With a folder for PICTURES it keeps some. Usage: node frame.mjs ENGINE BASE PROFILE OTHER-SITE [PICTURES]

import { report, start } from "./browser.mjs";

const [engine, base, profile, other, pictures] = process.argv.slice(2);
const browser = await start(engine, profile);
const requests = [];
const problems = [];
const { results } = await (await fetch(`${base}/api/v1/organizations/`)).json();
const most = results.reduce((one, two) => (one.services.length >= two.services.length ? one : two));
const framed = (prefix, query) => `${other}/frame?to=${encodeURIComponent(`${base}${prefix}/embed/${most.id}/${query}`)}`;

const page = await browser.newPage();
page.on("request", (request) => requests.push(request.url()));
page.on("console", (message) => problems.push(message.text()));
page.on("pageerror", (error) => problems.push(String(error)));

async function look(prefix, query) {
  await page.goto(framed(prefix, query), { waitUntil: "networkidle0" });
  const [, frame] = page.frames();
  return frame.evaluate(() => ({
    rows: document.querySelectorAll("li.row").length,
    paper: getComputedStyle(document.body).backgroundColor,
    direction: getComputedStyle(document.body).direction,
    wide: document.documentElement.scrollWidth > innerWidth,
    cookies: document.cookie,
    stored: localStorage.length + sessionStorage.length,
    small: [...document.querySelectorAll("a.call, a.exit")].filter((link) => link.getBoundingClientRect().height < 44).length,
  }));
}

const seen = { services: most.services.length, looks: {} };
for (const [name, prefix, query] of [["light", "", "?theme=light"], ["dark", "", "?theme=dark"], ["arabic", "/ar", "?theme=light"]]) {
  seen.looks[name] = await look(prefix, query);
}
if (pictures) {
  for (const [width, height] of [[360, 640], [1280, 800]]) {
    await page.setViewport({ width, height });
    for (const [prefix, theme] of [["", "light"], ["", "dark"], ["/ar", "light"], ["/ar", "dark"]]) {
      await page.goto(`${base}${prefix}/embed/${most.id}/?theme=${theme}`, { waitUntil: "networkidle0" });
      await page.screenshot({ path: `${pictures}/embed${prefix.replace("/", "-")}-${theme}-${width}.png` });
    }
  }
}
await page.goto(framed("", ""), { waitUntil: "networkidle0" });
const [, frame] = page.frames();
seen.before = requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).origin);
const link = await frame.$("li.row h3 a");
await Promise.all([page.waitForNavigation(), link.click()]); // as a finger does: a frame alone may not lead away
seen.followed = { address: new URL(page.url()).pathname, tabs: (await browser.pages()).length };
seen.referrer = await page.evaluate(() => document.referrer);
seen.cookies = (await browser.cookies()).length;
await browser.close();
report({ ...seen, problems });
