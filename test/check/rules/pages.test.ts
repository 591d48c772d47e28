import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { streamCodes } from "../../../core/compat";
import { rules } from "../../../core/check";
import { ruleTable, settingNames, withHead } from "../../../scripts/rules/generate";
import { ruleList } from "../../../scripts/rules/list";
import { marked } from "../marked";

const packageJson = readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8");
const pageFolder = fileURLToPath(new URL("../../../docs/rules/", import.meta.url));
const ruleFolder = fileURLToPath(new URL("../../../core/check/rules/", import.meta.url));
/** What comparing two versions reports has pages beside those of the rules. */
const ofComparison = /^stream-/;
const pages = readdirSync(pageFolder).filter(
  (name) => name.endsWith(".md") && name !== "README.md" && !ofComparison.test(name),
);
const pageOf = (code: string): string => readFileSync(`${pageFolder}${code}.md`, "utf8");
const files = readdirSync(ruleFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(`${ruleFolder}${name}`).map((file) => `${name}/${file}`));

describe("what npm run rules writes", () => {
  it("is the list of the rules' files, each with the rule that it is named after", () => {
    expect(readFileSync(`${ruleFolder}list.ts`, "utf8")).toBe(ruleList(files));
    expect(rules.map(({ group, code }) => `${group}/${code}.ts`).sort()).toEqual([...files].sort());
  });
  it("is the head of every rule's page, and there is no page of anything else", () => {
    expect(pages.map((name) => name.slice(0, -3)).sort()).toEqual(rules.map((rule) => rule.code).sort());
    for (const rule of rules) {
      expect(withHead(pageOf(rule.code), rule)).toBe(pageOf(rule.code));
      expect(pageOf(rule.code), rule.code).toContain("**Fix:**");
    }
  });
  it("is the table of the rules", () => {
    const readme = readFileSync(`${pageFolder}README.md`, "utf8");
    expect(ruleTable(readme, rules)).toBe(readme);
  });
  it("is the names that the setting takes", () => {
    expect(settingNames(packageJson, [...rules.map(({ code }) => code), ...streamCodes])).toBe(packageJson);
  });
});

describe("examples on the pages", () => {
  for (const code of rules.map((rule) => rule.code)) {
    const examples = [...pageOf(code).matchAll(/^```c\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
    const withMarks = examples.filter((text) => /^\s*\/\/\s*\^/m.test(text));
    if (withMarks.length === 0) continue;
    it(`of ${code} are found where they are marked`, () => {
      for (const text of withMarks) {
        const { expected, found } = marked(code, text);
        expect(expected).not.toEqual([]);
        expect(found).toEqual(expected);
      }
    });
  }
});
