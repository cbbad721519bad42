// A partner from the invitation mail through a second step, a first edit, a moderator's yes, to the visitor's page.
// Usage: node portal.mjs ENGINE SITE PROFILE MODE PARTNER_LINK MODERATOR_LINK; a mode is touch-code, keyboard-passkey.
// Counts the taps (or the keys that press something) of the first edit, from being signed in to having saved.

import { createHmac } from "crypto";
import { report, start } from "./browser.mjs";
import { invalid, violations } from "./checks.mjs";

const [engine, site, profile, mode, partnerLink, moderatorLink] = process.argv.slice(2);
const base = site.replace("127.0.0.1", "localhost"); // passkeys are bound to a name
const PASSWORD = "kettle-orbit-lantern-moss";
const browser = await start(engine, profile);

function code(secret) {
  const bits = [...secret.replace(/[\s=]/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

class Person {
  constructor(page, keyboard) { Object.assign(this, { page, keyboard, taps: 0, scripts: [] }); }

  async reach(selector) {
    for (let presses = 0; presses < 250; presses += 1) {
      if (await this.page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${selector} cannot be reached with Tab.`);
  }

  async press(selector, { leads = true } = {}) {
    await this.page.waitForSelector(selector);
    const act = async () => {
      this.taps += 1;
      if (!this.keyboard) return this.page.tap(selector);
      await this.reach(selector);
      return this.page.keyboard.press("Enter");
    };
    if (leads) await Promise.all([this.page.waitForNavigation(), act()]);
    else await act();
  }

  async write(selector, words) {
    this.taps += 1;
    if (this.keyboard) await this.reach(selector);
    else await this.page.tap(selector);
    await this.page.$eval(selector, (field) => { field.value = ""; });
    await this.page.keyboard.type(words);
  }

  words() { return this.page.$eval("main", (main) => main.innerText); }
}

async function comeIn(link, name, passkey) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 360, height: 640, hasTouch: true, isMobile: true });
  const person = new Person(page, mode.startsWith("keyboard"));
  if (passkey) {
    const session = await page.createCDPSession();
    await session.send("WebAuthn.enable");
    await session.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  }
  await page.goto(link);
  await person.write("#id_name", name);
  await person.write("#id_password", PASSWORD);
  await person.press("form.ask button.go");
  if (passkey) {
    await person.press('a[href$="/webauthn/add/"]');
    await person.press("#mfa_webauthn_add");
  } else {
    await person.press('a[href$="/totp/activate/"]');
    await person.write("#id_code", code(await page.$eval("#secret", (element) => element.textContent)));
    await person.press("form.ask button.go");
  }
  return person;
}

const partner = await comeIn(partnerLink, `Paula ${mode}`, mode.endsWith("passkey"));
await partner.page.goto(base + "/team/");
partner.taps = 0;
await partner.press(".row h3 a");
await partner.press('.steps a[href$="/edit/words/"]');
await partner.write("#id_wait_time", "About two days");
await partner.press('form.ask button.go:not([name="preview"])');
const taps = partner.taps;
const saved = await partner.words();

const moderator = await comeIn(moderatorLink, `Mo ${mode}`, false);
await moderator.page.goto(base + "/team/queue/");
await moderator.press(".row h3 a");
const decided = await moderator.words();
await moderator.press('button[value="approve"]');
const approved = await moderator.words();

await partner.page.goto(base + "/team/");
const [listed, another] = await partner.page.$$eval(".row h3 a", (found) => found.map((link) => link.getAttribute("href").split("/")[3]));
const visitor = await (await browser.createBrowserContext()).newPage();
await visitor.goto(`${base}/s/${listed}/`);
const cookies = (await visitor.browserContext().cookies()).length;
const shown = await visitor.$eval("main", (main) => main.innerText);
// Every page of the portal: in English by day, in Arabic by night.
const audited = [];

async function links(page, path) {
  await page.goto(base + path);
  return page.$$eval("main a[href]", (found) => found.map((link) => link.getAttribute("href")).filter((href) => href.startsWith("/team/")));
}

async function audit(person, starts) {
  const kinds = new Map(); // one page of each kind: addresses differ in their ids
  for (const path of starts) {
    for (const href of [path, ...(await links(person.page, path))]) {
      kinds.set(href.replace(/#.*/, "").replace(/[0-9a-f-]{36}|\/s\/\w+|\/service\/\w+|\/\d+(?=\/)/g, "*"), href.replace(/#.*/, ""));
    }
  }
  for (const href of kinds.values()) {
    for (const [language, scheme] of [["", "light"], ["/ar", "dark"]]) {
      await person.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const answer = await person.page.goto(base + language + href).catch(() => null); // a file is no page
      if (!answer || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
      const source = scheme === "light" ? await answer.text() : "";
      const where = `${language}${href} (${scheme})`;
      audited.push({ where, status: answer.status(), wrong: [...(await violations(person.page)), ...(source ? await invalid(source) : [])] });
    }
  }
}

if (mode === "touch-code") {
  const service = `/team/s/${listed}/`;
  const steps = ["words", "hours", "questions", "contact", "place", "languages", "translation"].map((step) => `${service}edit/${step}/`);
  await audit(partner, ["/team/", service, ...steps, `${service}history/`, `${service}right/`, "/team/vouch/", "/team/people/", "/team/you/", "/team/account/", "/team/account/password/"]);
  const overseen = `/team/queue/service/${listed}/`;
  await audit(moderator, ["/team/queue/", "/team/organizations/", "/team/left-out/", "/team/gaps/?country=GB&km=25", overseen, `${overseen}same/${another}/`]);
  const nobody = new Person(await (await browser.createBrowserContext()).newPage(), false);
  await audit(nobody, ["/team/account/login/", "/team/account/forgotten/", "/team/join/nothing/"]);
}
await browser.close();
report({ mode, audited, taps, saved, decided, approved, shown, cookies });
