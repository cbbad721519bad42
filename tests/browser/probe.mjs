// Looks whether anything of ours can be seen, as soon as an attribute changes and in every frame that a page paints,
// and says so on the console. A frame is painted only after its requestAnimationFrame callbacks ran: what they never
// see was never painted, and from the moment that everything is hidden no frame can show it, however late it comes.

import { setTimeout as pause } from "node:timers/promises";

function watch() {
  let last;
  let pressed = 0;
  const shown = () => {
    const main = document.querySelector("main");
    return Boolean(main) && main.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const say = (what) => console.debug(`probe ${JSON.stringify({ time: Date.now(), host: location.host, after: Math.round(performance.now() - pressed), ...what })}`);
  const look = () => {
    const now = shown();
    if (now !== last) say({ shown: now });
    last = now;
  };
  const watchFrames = () => {
    look();
    requestAnimationFrame(watchFrames);
  };
  addEventListener("pageshow", (event) => {
    last = undefined;
    if (event.persisted) say({ persisted: true });
  });
  // `after` counts from the last touch, release or key, heard on its way down. Firefox may tell of the release
  // after the click that it makes: then it counts from the touch.
  for (const name of ["mousedown", "mouseup", "keyup"]) {
    addEventListener(name, () => {
      pressed = performance.now();
      say({ pressed: true });
    }, true);
  }
  new MutationObserver(look).observe(document, { attributes: true, subtree: true });
  requestAnimationFrame(watchFrames);
}

// Returns the list that everything the probe says is added to, in the order it was said.
export async function probe(page) {
  const said = [];
  page.on("console", (message) => {
    const text = message.text();
    if (text.startsWith("probe ")) said.push(JSON.parse(text.slice(6)));
  });
  await page.evaluateOnNewDocument(watch);
  return said;
}

// What was said of our pages since a moment: one that comes back says again what it said before it went.
export function since(said, moment, ours) {
  return said.filter((line) => line.time >= moment && line.host === ours);
}

// The two ways to leave with scripts.
export const WAYS = {
  click: (page) => page.click("#exit"),
  shift: async (page) => { for (let press = 0; press < 3; press += 1) await page.keyboard.press("Shift"); },
};

// Waits until the page has stood still for so many milliseconds: one address, loaded, and not of a host to leave.
export async function settled(page, still = 100, leaving = "", longest = 4000) {
  const end = Date.now() + longest;
  for (let since = Date.now(), before = ""; Date.now() < end; ) {
    const [host, now] = await page.evaluate(() => [location.host, `${location.href} ${document.readyState}`]).catch(() => ["", ""]);
    if (now !== before || !now.endsWith("complete") || host === leaving) [since, before] = [Date.now(), now];
    if (Date.now() - since >= still) return;
    await pause(20);
  }
}

// Goes back (-1) or forward (1) one step, as the button does; at the end of the history nothing happens.
export async function step(page, by, leaving = "") {
  await page.evaluate((delta) => { setTimeout(() => history.go(delta), 0); }, by).catch(() => {});
  await pause(40);
  await settled(page, 120, leaving);
}

// Returns the sizes of the pictures that Chromium takes of each frame it paints: a plain page is a small one.
export async function film(page) {
  const frames = [];
  const session = await page.createCDPSession();
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push(data.length);
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  return frames;
}
