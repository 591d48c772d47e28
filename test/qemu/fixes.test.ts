/** Quick fixes as a compiler sees them: the example, broken in several ways, still compiles once a fix is applied. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Diagnostic, diagnoseProject } from "../../core/check";
import { createProject, type Project } from "../../core/project";
import { compareFile } from "../../core/compat";
import { holdFixes, withFix } from "../check/holdFixes";
import type { Files } from "../check/holdFixes";
import { edited, fixable, machines } from "./fixFixtures";

const example = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));

/** What people get wrong; each leaves valid C. */
const mistakes: readonly (readonly [string, (text: string) => string])[] = [
  ["nothing", (text) => text],
  ["the end of the list is missing", (text) => text.replace(/^\s*VMSTATE_END_OF_LIST\(\),?\n/m, "")],
  ["another size", (text) => text.replace("VMSTATE_UINT32(", "VMSTATE_UINT16(")],
  ["a signed type", (text) => text.replace("VMSTATE_UINT32(", "VMSTATE_INT32(")],
  ["a version twice", (text) => text.replace(/(\n\s*\.version_id = \d+,)/, "$1\n    .version_id = 3,")],
  ["a subsection's name", (text) => text.replace(/(\.name = "demo-\w+)\/(\w+")/, "$1-$2")],
];

let root = "";
const original = new Map<string, string>();
const added = "hw/demo/mended.c";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-fixes-"));
  cpSync(example, root, { recursive: true });
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (entry.isFile()) original.set(path, readFileSync(join(root, path), "utf8"));
  }
  original.set("hw/core/machine.c", machines);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

it("a fix removes its finding, brings no other, and compiles", () => {
  const fixed = new Set<string>();
  for (const path of [...original.keys()].filter((each) => each.endsWith(".c"))) {
    for (const [, break_] of mistakes) {
      const files = new Map(original).set(path, break_(original.get(path) ?? ""));
      if (compiles(files, path)) for (const code of hold(files)) fixed.add(code);
    }
  }
  expect([...fixed].sort()).toEqual(expect.arrayContaining(["dma-before-iommu", "missing-end-of-list"]));
  console.info(`fixes of ${[...fixed].sort().join(", ")} compile`);
});

it.each(fixable)("the fix of %s compiles", (code, text) => {
  const files = new Map(original).set(added, text);
  expect(compiles(files, added)).toBe(true);
  expect(hold(files)).toContain(code);
});

it.each(edited)("%s: the fixes compile and leave no guest behind", (_, before, after) => {
  const baseline = { project: projectOf(new Map(original).set(added, before)), label: "v10.1.0" };
  const files = new Map(original).set(added, after);
  expect(compiles(files, added)).toBe(true);
  const broken = (each: Files) =>
    compareFile(baseline, projectOf(each), added).filter(({ severity }) => severity === "error");
  const fixes = broken(files).flatMap((finding) => finding.fixes);
  expect(fixes).not.toEqual([]);
  for (const fix of fixes) {
    const mended = withFix(files, fix);
    for (const { range } of fix.edits) {
      expect(`${fix.title}: ${compiles(mended, range.file)}`).toBe(`${fix.title}: true`);
    }
    const left = broken(mended).map(({ message }) => message.replace(/:.*/s, ""));
    // A new version still loads what older QEMU sent, and is refused by it.
    const isVersion = fix.title.startsWith("Send from version");
    expect(left).toEqual(isVersion ? ["A guest can't migrate back to v10.1.0"] : []);
    const own = diagnose(mended).filter(({ range }) => range.file === added);
    expect(own.map(({ code }) => code)).toEqual(
      diagnose(files)
        .filter(({ range }) => range.file === added)
        .map(({ code }) => code),
    );
  }
});

/** Codes whose fixes hold: each removes its finding, brings no other, and compiles. */
function hold(files: Files): readonly string[] {
  const findings = diagnose(files);
  holdFixes(files, findings, diagnose);
  const held: string[] = [];
  for (const { range, fixes, code } of findings) {
    for (const fix of fixes) {
      expect(`${fix.title}: ${compiles(withFix(files, fix), range.file)}`).toBe(`${fix.title}: true`);
      held.push(code);
    }
  }
  return held;
}

function projectOf(files: Files): Project {
  const project = createProject({ paths: () => files.keys(), read: (path) => files.get(path) });
  for (const path of files.keys()) if (/\.[ch]$/.test(path)) project.load(path);
  return project;
}

function diagnose(files: Files): readonly Diagnostic[] {
  return diagnoseProject(projectOf(files));
}

function compiles(files: Files, path: string): boolean {
  for (const [each, text] of files) writeFileSync(join(root, each), text);
  const options = ["-fsyntax-only", "-Werror=implicit-function-declaration", "-I", "include", "-I", "."];
  return spawnSync("gcc", [...options, path], { cwd: root }).status === 0;
}
