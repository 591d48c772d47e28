// Writes docs/quality.md from runs: npm run quality [-- NAME…]. What is not run now keeps its figures, which docs/quality.json holds.
// What the tests need: npm run doctor.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kept = join(root, "docs/quality.json");
const page = join(root, "docs/quality.md");

/** A case is one test of the file: a bug, a machine, or a target of a release. */
const suites = {
  "history-order": ["Bugs of load order in QEMU's history: reported before the fix, not after", "history"],
  "history-tables": ["Bugs of tables in QEMU's history: reported before the fix, not after", "history-tables"],
  "history-load": ["Bugs in what loading trusts in QEMU's history: reported before the fix, not after", "history-load"],
  "history-diff": ["Breaks between versions in QEMU's history: found by `diff`", "history-diff"],
  dumps: ["`-dump-vmstate` of real binaries: every type as read from source", "dump"],
  streams: ["Streams of real binaries: every section read to its end", "wire"],
  boards: ["Machines of real binaries: sections in the order that was read", "machineOrder"],
  confirm: ["`vmstate confirm` with real binaries", "confirm"],
};
const trees = ["QEMU_SOURCE_10_2", "QEMU_SOURCE_10_0", "QEMU_SOURCE_7_2", "QEMU_SOURCE_5_2"];
const fuzzing = ["fuzz", "--", "--runs", "2000"];

const run = (program, args) =>
  spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
const commit = run("git", ["rev-parse", "--short=10", "HEAD"]).stdout.trim();
const stamp = () => ({ date: new Date().toISOString().slice(0, 10), commit });

/** Undefined where nothing ran. */
function suite(file) {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-quality-"));
  try {
    const words = ["vitest", "run", "--project", "qemu", `test/qemu/${file}.test.ts`];
    const output = join(folder, "report.json");
    run("npx", [...words, "--reporter=json", `--outputFile=${output}`]);
    if (!existsSync(output)) return undefined;
    const {
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
    } = JSON.parse(readFileSync(output, "utf8"));
    if (passed + failed === 0) return undefined;
    return { passed, of: passed + failed, skipped, command: `npx ${words.join(" ")}`, ...stamp() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined without the tree. */
function findings(variable) {
  const tree = process.env[variable];
  if (tree === undefined || !existsSync(join(tree, "VERSION"))) return undefined;
  const words = ["check", "--all", "--review", "--format", "json"];
  const found = JSON.parse(run(process.execPath, ["dist/cli.js", ...words, "--tree", tree]).stdout);
  const rules = {};
  for (const { code } of found) rules[code] = (rules[code] ?? 0) + 1;
  const version = readFileSync(join(tree, "VERSION"), "utf8").trim();
  return { version, rules, command: `vmstate ${words.join(" ")} --tree $${variable}`, ...stamp() };
}

function fuzz() {
  const { stdout, status } = run("npm", ["run", "--silent", ...fuzzing]);
  const last = stdout.trim().split("\n").at(-1);
  return { said: last, ended: status, command: `npm run ${fuzzing.join(" ")}`, ...stamp() };
}

const measures = {
  ...Object.fromEntries(Object.entries(suites).map(([name, [, file]]) => [name, () => suite(file)])),
  ...Object.fromEntries(trees.map((variable) => [variable, () => findings(variable)])),
  fuzz,
};
const names = process.argv.slice(2);
const unknown = names.filter((name) => measures[name] === undefined);
if (unknown.length > 0) {
  console.error(`quality: no ${unknown.join(", ")}; there are ${Object.keys(measures).join(", ")}`);
  process.exit(2);
}
const results = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
for (const name of names.length > 0 ? names : Object.keys(measures)) {
  console.log(`quality: ${name}`);
  const result = measures[name]();
  if (result === undefined) console.error(`quality: ${name}: nothing to run it on; npm run doctor says what it needs`);
  else results[name] = result;
  // each as it comes: the next may take an hour
  writeFileSync(kept, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(page, pageOf());
}

function pageOf() {
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const table = (heads, rows) => [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");
  const by = ({ date, commit: at, command }) => [date, at, `\`${command}\``];
  const cases = Object.entries(suites).map(([name, [title]]) => {
    const result = results[name];
    if (result === undefined) return [title, "not run yet", "", "", `\`npm run quality -- ${name}\``];
    const { passed, of, skipped } = result;
    return [title, `${passed} of ${of}${skipped > 0 ? `, ${skipped} not run` : ""}`, ...by(result)];
  });
  const read = trees.filter((name) => results[name] !== undefined).map((name) => results[name]);
  const codes = [...new Set(read.flatMap(({ rules }) => Object.keys(rules)))].sort();
  const counts = codes.map((code) => [`[${code}](rules/${code}.md)`, ...read.map(({ rules }) => rules[code] ?? 0)]);
  const parts = [
    "# Quality in figures",
    "Written by `npm run quality` from runs, each with its date, its commit and the command that repeats it; no figure is put in by hand. What of the findings is right was\n" +
      "judged by reading them one by one: [verdicts.md](verdicts.md), [quality-recall.md](quality-recall.md).",
    "## Cases that hold",
    table(["what", "cases", "date", "commit", "command"], cases),
  ];
  if (read.length > 0) {
    parts.push("## Findings by rule", table(["rule", ...read.map(({ version }) => version)], counts));
    parts.push(
      table(
        ["tree", "date", "commit", "command"],
        read.map((each) => [each.version, ...by(each)]),
      ),
    );
  }
  if (results.fuzz !== undefined) {
    parts.push(
      "## Made-up input",
      table(["last line", "date", "commit", "command"], [[results.fuzz.said, ...by(results.fuzz)]]),
    );
  }
  return `${parts.join("\n\n")}\n`;
}
