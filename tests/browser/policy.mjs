// Tries from inside a page what our policy forbids: scripts that were written into it, other sites, a frame round it.
// Then leaves, and follows a link out, for what those sites are told. The same is tried on a page without a policy,
// so that it is seen what would have happened. Usage: node policy.mjs ENGINE BASE PROFILE OTHER-SITE SERVICE

import { report, start } from "./browser.mjs";
import { settled } from "./probe.mjs";

const [engine, base, profile, other, service] = process.argv.slice(2);
const browser = await start(engine, profile);

// A tab of its own for each address, so that nothing that was tried in one holds up the next.
async function tab(address) {
  const page = await browser.newPage();
  await page.goto(address, { waitUntil: "domcontentloaded" });
  await settled(page);
  return page;
}

// Everything that would run, or would be asked of the other site under `mark`; what of it came to pass.
const trespass = async (address, mark) => (await tab(address)).evaluate(async (there, mark) => {
  const at = (name) => `${there}/${mark}/${name}`;
  const add = (tag, more) => document.body.appendChild(Object.assign(document.createElement(tag), more));
  const run = (name) => `window.ran = [...(window.ran || []), '${name}']`;
  const styled = document.createElement("p");
  const attempts = [
    () => add("script", { textContent: run("inline") }),
    () => add("div", { innerHTML: `<img src="data:," onerror="${run("handler")}">` }),
    () => add("a", { href: `javascript:void(${run("address")})` }).click(),
    () => { add("div", {}).append(styled); styled.innerHTML = "<b style='color: rgb(1, 2, 3)'>x</b>"; },
    () => add("style", { textContent: "body { outline: 1px solid rgb(1, 2, 3) }" }),
    () => add("script", { src: at("script") }),
    () => add("img", { src: at("image") }),
    () => add("link", { rel: "stylesheet", href: at("style") }),
    () => add("iframe", { src: at("frame") }),
    () => add("object", { data: at("object") }),
    () => add("video", { src: at("video"), preload: "auto" }).load(),
    () => add("iframe", { name: "nowhere" }),
    () => add("form", { action: at("form"), method: "post", target: "nowhere" }).submit(),
    () => fetch(at("fetch"), { mode: "no-cors" }),
    () => navigator.sendBeacon(at("beacon"), "x"),
    () => new EventSource(at("events")),
    () => new WebSocket(at("socket").replace("http", "ws")),
    () => document.head.append(Object.assign(document.createElement("base"), { href: at("") })),
  ];
  for (const attempt of attempts) {
    try { await attempt(); } catch { /* refused */ }
  }
  await new Promise((done) => setTimeout(done, 700));
  return {
    ran: [...(window.ran || [])].sort(),
    styled: [getComputedStyle(styled.firstChild).color, getComputedStyle(document.body).outlineColor].filter((color) => color === "rgb(1, 2, 3)").length,
    based: document.baseURI === at(""),
  };
}, other, mark);

async function framed(address) {
  const page = await tab(`${other}/frame?to=${encodeURIComponent(address)}`);
  const [, frame] = page.frames();
  return frame.evaluate(() => document.querySelectorAll("main, a#to").length).catch(() => 0);
}

async function followed(address, selector) {
  const page = await tab(address);
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

const result = { framed: {} };
result.ours = await trespass(`${base}/about/`, "ours");
result.theirs = await trespass(`${other}/start?to=${base}/`, "theirs");
for (const [name, address] of Object.entries({ start: `${base}/`, missing: `${base}/nowhere/`, service: base + service, theirs: `${other}/start` })) {
  result.framed[name] = await framed(address);
}
await followed(base + service, "main a[href$='/outgoing']");
await followed(`${base}/`, "#exit");
await browser.close();
result.log = await fetch(`${other}/log`).then((answer) => answer.json());
report(result);
