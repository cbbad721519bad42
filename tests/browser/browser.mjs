// A person at one of the installed browsers, in a profile of their own: goto, type, follow, goBack, texts …

import puppeteer from "puppeteer-core";
import { startWithoutScripts } from "./marionette.mjs";

export const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability",
];

// engine: "chromium" or "firefox"; profile: an empty folder; scripts: "on" or "off"; more: as in `start`.
export async function visitor(engine, profile, scripts, more = {}) {
  if (engine === "firefox" && scripts === "off") return startWithoutScripts(profile, more.prefs);
  const browser = await start(engine, profile, more);
  const page = await browser.newPage();
  if (scripts === "off") await page.setJavaScriptEnabled(false);
  return new Visitor(browser, page);
}

// more: flags for Chromium, preferences for Firefox.
export async function start(engine, profile, { args = [], prefs = {} } = {}) {
  if (engine === "chromium") {
    return puppeteer.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...args], userDataDir: profile });
  }
  return puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    userDataDir: profile,
    extraPrefsFirefox: { "browser.formfill.enable": true, "network.captive-portal-service.enabled": false, ...prefs },
  });
}

class Visitor {
  constructor(browser, page) {
    Object.assign(this, { browser, page, requests: [], problems: [] });
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("console", (message) => this.problems.push(message.text()));
    page.on("pageerror", (error) => this.problems.push(String(error)));
  }

  goto(url) { return this.page.goto(url); }
  goBack() { return this.page.goBack(); }
  goForward() { return this.page.goForward(); }
  reload() { return this.page.reload(); }
  async url() { return this.page.url(); }
  title() { return this.page.title(); }
  async cookies() { return (await this.browser.cookies()).map((cookie) => cookie.name); }
  type(selector, text) { return this.page.type(selector, text); }
  follow(selector) { return Promise.all([this.page.waitForNavigation(), this.page.click(selector)]); }
  async press(selector) { await this.page.focus(selector); return Promise.all([this.page.waitForNavigation(), this.page.keyboard.press("Enter")]); }
  async texts(selector) { return (await this.properties(selector, "textContent")).map((text) => text.trim().replace(/\s+/g, " ")); }
  values(selector) { return this.properties(selector, "value"); }

  async properties(selector, name) {
    const found = [];
    for (const element of await this.page.$$(selector)) found.push(await (await element.getProperty(name)).jsonValue());
    return found;
  }

  // What the site left in the browser, beside cookies.
  stored() {
    return this.page.evaluate(async () => ({
      cookie: document.cookie,
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      databases: (await indexedDB.databases()).length,
      caches: (await globalThis.caches?.keys())?.length ?? 0,
      workers: ((await navigator.serviceWorker?.getRegistrations()) ?? []).length,
    }));
  }

  click(selector) { return this.page.click(selector); }
  close() { return this.browser.close(); }

  // As when the phone is switched off: nothing more is written.
  async kill() {
    this.browser.process().kill("SIGKILL");
    await new Promise((done) => this.browser.process().once("exit", done));
  }
}

export function report(result) {
  process.stdout.write(JSON.stringify(result) + "\n");
}
