import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rules } from "../../../core/check";

const folder = fileURLToPath(new URL("../../../docs/rules/", import.meta.url));
/** What comparing two versions reports has pages beside those of the rules. */
const ofComparison = /^stream-/;
const pages = readdirSync(folder).filter(
  (name) => name.endsWith(".md") && name !== "README.md" && !ofComparison.test(name),
);

describe("the pages of the rules", () => {
  it("are there for every rule, and for nothing else", () => {
    expect(pages.map((name) => name.slice(0, -3)).sort()).toEqual(rules.map((rule) => rule.code).sort());
  });
  it("name their rule and a severity", () => {
    for (const { code } of rules) {
      const text = readFileSync(`${folder}${code}.md`, "utf8");
      expect(text, code).toMatch(new RegExp(`^# .+\\n\\n\`${code}\` · \\*?(?:error|warning|information|hint)`));
      expect(text, code).toContain("**Fix:**");
    }
  });
  it("are listed with what the rule finds", () => {
    const index = readFileSync(`${folder}README.md`, "utf8");
    for (const { code, summary } of rules) expect(index).toContain(`| [${code}](${code}.md) | ${summary} |`);
  });
});
