// Starts one of the installed browsers in a profile of its own. Usage: see the scripts beside this one.

import puppeteer from "puppeteer-core";

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability",
];

// engine: "chromium" or "firefox"; profile: an empty folder.
export async function start(engine, profile, options = {}) {
  if (engine === "chromium") {
    return puppeteer.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...(options.args ?? [])], userDataDir: profile });
  }
  return puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    userDataDir: profile,
    extraPrefsFirefox: { "browser.formfill.enable": true, "network.captive-portal-service.enabled": false, ...(options.prefs ?? {}) },
  });
}

export function report(result) {
  process.stdout.write(JSON.stringify(result) + "\n");
}
