// What a stranger does first, timed from the clone on: npm run stranger
//   a rule:    clone, npm ci, npm run new-rule, its test passes
//   a finding: clone, npm ci, npm run build, check of the example tree, its fix put in, check again
// Fails where a step does, or where one of the two takes longer than 15 minutes.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const limit = 15 * 60;
const folder = mkdtempSync(join(tmpdir(), "vmstate-stranger-"));
const clone = join(folder, "vmstate");

/** Runs to the end; answers what it printed. `status`: exit codes that are well. */
function run(cwd, status, program, ...args) {
  const done = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28, shell: program === "npm" });
  if (done.error !== undefined || !status.includes(done.status))
    throw new Error(`${[program, ...args].join(" ")}: ${done.error ?? (done.stderr.trim() || done.stdout)}`);
  return done.stdout;
}

/** Does the steps one by one; answers the seconds that they took. */
function timed(title, steps) {
  let total = 0;
  for (const [name, step] of steps) {
    const begun = performance.now();
    step();
    const seconds = (performance.now() - begun) / 1000;
    total += seconds;
    console.log(`${title}: ${name}: ${seconds.toFixed(1)} s`);
  }
  console.log(`${title}: ${total.toFixed(1)} s of ${limit}`);
  return total;
}

const setUp = [
  [
    "git clone",
    () => {
      rmSync(clone, { recursive: true, force: true });
      run(folder, [0], "git", "clone", "--quiet", "--no-local", root, clone);
    },
  ],
  ["npm ci", () => run(clone, [0], "npm", "ci")],
];

const name = "strangers-rule";
const rule = [
  ...setUp,
  ["npm run new-rule", () => run(clone, [0], "npm", "run", "new-rule", name, "tables")],
  ["npm run rules", () => run(clone, [0], "npm", "run", "rules")],
  [
    "its test passes",
    () => {
      const test = `test/check/rules/tables/${name}.test.ts`;
      const out = run(clone, [0], "npx", "vitest", "run", "--project", "unit", test);
      if (!/Tests .*[1-9]\d* passed/.test(out)) throw new Error(`no test passed:\n${out}`);
    },
  ],
];

const tree = join(folder, "tree");
function findings() {
  const out = run(clone, [0, 1], process.execPath, "dist/cli.js", "check", "--tree", tree, "--format", "sarif");
  return JSON.parse(out).runs[0].results;
}

/** Puts in what a finding's fix in SARIF replaces. */
function fix({ artifactChanges: [{ artifactLocation, replacements }] }) {
  const file = join(tree, decodeURIComponent(artifactLocation.uri));
  let text = readFileSync(file, "utf8");
  const offset = (line, column) => {
    const lines = text.split("\n").slice(0, line - 1);
    return lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  };
  for (const { deletedRegion: at, insertedContent } of [...replacements].reverse()) {
    const [start, end] = [offset(at.startLine, at.startColumn), offset(at.endLine, at.endColumn)];
    text = text.slice(0, start) + insertedContent.text + text.slice(end);
  }
  writeFileSync(file, text);
}

let before;
const finding = [
  ...setUp,
  ["npm run build", () => run(clone, [0], "npm", "run", "build")],
  [
    "a finding",
    () => {
      cpSync(join(clone, "examples/mini-qemu"), tree, { recursive: true });
      before = findings();
    },
  ],
  [
    "fixed",
    () => {
      const fixable = before.find(({ fixes }) => fixes.length > 0);
      fix(fixable.fixes[0]);
      const after = findings();
      if (after.length !== before.length - 1) throw new Error(`${fixable.ruleId} is still there`);
    },
  ],
];

try {
  const totals = [timed("a new rule", rule), timed("a fixed finding", finding)];
  if (totals.some((seconds) => seconds > limit)) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
