// Firefox with its scripts switched off, driven by its own Marionette protocol: puppeteer needs page scripts.
// Messages are "<length>:<JSON>"; a command is [0, id, name, parameters], its answer [1, id, error, result].

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf"; // W3C WebDriver's name for an element's reference

export async function startWithoutScripts(profile, more = {}) {
  const prefs = { "javascript.enabled": false, "marionette.port": 0, "browser.formfill.enable": true, "network.captive-portal-service.enabled": false, "datareporting.policy.dataSubmissionEnabled": false, "browser.shell.checkDefaultBrowser": false, ...more };
  writeFileSync(join(profile, "user.js"), Object.entries(prefs).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`).join(""));
  const program = spawn("/usr/bin/firefox-esr", ["--marionette", "--headless", "--no-remote", "--profile", profile], { stdio: "ignore" });
  const driver = new Driver(await opened(join(profile, "MarionetteActivePort")), program);
  await driver.send("WebDriver:NewSession", { capabilities: {} });
  return driver;
}

async function opened(portFile) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      const socket = connect(Number(readFileSync(portFile, "utf8")), "127.0.0.1");
      await new Promise((done, failed) => socket.once("connect", done).once("error", failed));
      return socket;
    } catch {
      await pause(100);
    }
  }
  throw new Error("Firefox did not open its Marionette port within 30 s.");
}

class Driver {
  constructor(socket, program) {
    Object.assign(this, { socket, program, waiting: new Map(), last: 0, unread: Buffer.alloc(0) });
    socket.on("data", (data) => this.read(data));
  }

  read(data) {
    this.unread = Buffer.concat([this.unread, data]);
    for (let colon; (colon = this.unread.indexOf(":")) > 0; ) {
      const end = colon + 1 + Number(this.unread.subarray(0, colon).toString());
      if (this.unread.length < end) return;
      const [, id, error, result] = [JSON.parse(this.unread.subarray(colon + 1, end).toString())].flat();
      this.unread = this.unread.subarray(end);
      const waiting = this.waiting.get(id);
      if (waiting) (error ? waiting.failed(new Error(error.message)) : waiting.done(result));
    }
  }

  send(name, parameters = {}) {
    const id = (this.last += 1);
    const message = JSON.stringify([0, id, name, parameters]);
    this.socket.write(`${Buffer.byteLength(message)}:${message}`);
    return new Promise((done, failed) => this.waiting.set(id, { done, failed }));
  }

  goto(url) { return this.send("WebDriver:Navigate", { url }); }
  goBack() { return this.send("WebDriver:Back"); }
  goForward() { return this.send("WebDriver:Forward"); }
  reload() { return this.send("WebDriver:Refresh"); }
  async url() { return (await this.send("WebDriver:GetCurrentURL")).value; }
  async title() { return (await this.send("WebDriver:GetTitle")).value; }
  async cookies() { return (await this.send("WebDriver:GetCookies")).map((cookie) => cookie.name); }
  elements(selector) { return this.send("WebDriver:FindElements", { using: "css selector", value: selector }); }

  async texts(selector) {
    const found = [];
    for (const element of await this.elements(selector)) {
      found.push((await this.send("WebDriver:GetElementText", { id: element[ELEMENT] })).value.trim().replace(/\s+/g, " "));
    }
    return found;
  }

  async values(selector) {
    const found = [];
    for (const element of await this.elements(selector)) {
      found.push((await this.send("WebDriver:GetElementProperty", { id: element[ELEMENT], name: "value" })).value);
    }
    return found;
  }

  async type(selector, text) {
    const [element] = await this.elements(selector);
    await this.send("WebDriver:ElementSendKeys", { id: element[ELEMENT], text });
  }

  async click(selector) { return this.send("WebDriver:ElementClick", { id: (await this.elements(selector))[0][ELEMENT] }); }
  follow(selector) { return this.leads(selector, "WebDriver:ElementClick"); }
  press(selector) { return this.leads(selector, "WebDriver:ElementSendKeys", { text: "\uE007" }); } // Enter

  async leads(selector, act, more = {}) {
    const [element] = await this.elements(selector);
    const before = await this.url();
    await this.send(act, { id: element[ELEMENT], ...more });
    for (let attempt = 0; attempt < 200 && ((await this.url()) === before || !(await this.title())); attempt += 1) await pause(50);
  }

  // As when the phone is switched off: nothing more is written.
  async kill() {
    this.socket.on("error", () => {});
    this.program.kill("SIGKILL");
    await new Promise((done) => this.program.once("exit", done));
  }

  async close() {
    await this.send("Marionette:Quit", { flags: ["eAttemptQuit"] }).catch(() => {});
    if (this.program.exitCode === null) await new Promise((done) => this.program.once("exit", done));
  }
}
