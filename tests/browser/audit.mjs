// Looks at every kind of page in some languages and colours: accessibility (axe), valid HTML, nothing inline, no
// other host, no cookie, no storage. Usage: node audit.mjs ENGINE BASE PROFILE LANGUAGES SCHEMES (comma lists)

import { report, start } from "./browser.mjs";
import { invalid, violations } from "./checks.mjs";
import { visits } from "./visits.mjs";

const [engine, base, profile, languages, schemes] = process.argv.slice(2);
const browser = await start(engine, profile);
const found = [];

for (const language of languages.split(",")) {
  for (const scheme of schemes.split(",")) {
    const page = await browser.newPage();
    const hosts = new Set();
    let source = "";
    let status = 0;
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    page.on("response", async (response) => {
      if (response.request().resourceType() !== "document") return;
      status = response.status();
      source = await response.text().catch(() => source);
    });
    await page.setViewport({ width: 360, height: 640 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [name, go] of Object.entries(visits(page, base, language === "en" ? "" : `/${language}`))) {
      await go();
      found.push({
        name, language, scheme, status,
        violations: await violations(page),
        invalid: scheme === "light" ? await invalid(source) : [],
        inline: await page.evaluate(() => [...document.querySelectorAll("style, script:not([src])")].map((element) => element.outerHTML.slice(0, 80))),
        attributes: (source.match(/\s(style|on[a-z]+)="/g) ?? []),
        stored: await page.evaluate(() => [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(Boolean)),
        strangers: [...hosts].filter((host) => host !== base),
      });
    }
    await page.close();
  }
}
const cookies = await browser.cookies();
await browser.close();
report({ found, cookies: cookies.map((cookie) => cookie.name) });
