import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { streamCodes } from "../../../core/compat";
import { rules } from "../../../core/check";
import { ruleTable, settingNames, withHead } from "../../../scripts/rules/generate";
import { judgedByRule, withRecord } from "../../../scripts/rules/record";
import { ruleList } from "../../../scripts/rules/list";
import { loadFixes, orderFixes, tableFixes } from "../../qemu/fixCases";
import { marked } from "../marked";

const packageJson = readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8");
const pageFolder = fileURLToPath(new URL("../../../docs/rules/", import.meta.url));
const ruleFolder = fileURLToPath(new URL("../../../core/check/rules/", import.meta.url));
/** What comparing two versions reports has pages beside those of the rules. */
const ofComparison = /^stream-/;
const pages = readdirSync(pageFolder).filter(
  (name) => name.endsWith(".md") && name !== "README.md" && !ofComparison.test(name),
);
const docOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}.md`, import.meta.url)), "utf8");
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
  it("is the end of every rule's page: what was judged, and QEMU's bugs that it reports", () => {
    const fixes = [...orderFixes, ...loadFixes, ...tableFixes];
    const codes = new Set(rules.map(({ code }) => code));
    expect(fixes.filter(({ code }) => !codes.has(code))).toEqual([]);
    const judged = judgedByRule(["verdicts", "quality-recall"].map(docOf), codes);
    expect(judged.get("state-not-saved")?.wrong).toBe(0);
    for (const rule of rules)
      expect(withRecord(pageOf(rule.code), rule, judged.get(rule.code), fixes)).toBe(pageOf(rule.code));
  });
  it("counts a row under the rule of its cell, else of the heading, and no row that is not judged", () => {
    const table = "| where | verdict |\n|---|---|\n| a.c | true: why |\n| b.c | not read |\n| c.c | wrong |\n";
    const named = "| where | rule | judged |\n|---|---|---|\n| d.c | b-rule | harmless |\n| e.c | nobody | true |\n";
    const judged = judgedByRule(
      [`# Page\n\n## \`a-rule\`: two\n\n${table}\n## Others\n\n${named}`],
      new Set(["a-rule", "b-rule"]),
    );
    expect([...judged]).toEqual([
      ["a-rule", { true: 1, harmless: 0, wrong: 1 }],
      ["b-rule", { true: 0, harmless: 1, wrong: 0 }],
    ]);
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
