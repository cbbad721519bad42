// What is asked of a page that a browser has open: accessibility (axe) and valid HTML.

import { readFileSync } from "node:fs";
import { HtmlValidate } from "html-validate";

const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
// Formatting rules say nothing about validity; "long-title" counts letters for search engines.
const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: { "long-title": "off", "no-trailing-whitespace": "off", "void-style": "off", "doctype-style": "off", "tel-non-breaking": "off", "require-sri": "off" },
});

// With everything that can be opened open.
export async function violations(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
  return found.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
}

export async function invalid(source) {
  const checked = await validator.validateString(source);
  return checked.results.flatMap((result) => result.messages.map((message) => `${message.ruleId} line ${message.line}: ${message.message}`));
}
