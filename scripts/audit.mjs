// What the registry's advisories say of the packages that package-lock.json names: npm run audit. Each that is known and does not matter
// stands in scripts/audit.json with the reason. Ends with 1 where there is another, or where one that stands there is gone; with 2 where
// the registry gives no advisories.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Advisories of npm's report (`npm audit --json`), each once. */
export function advisoriesOf(report) {
  const found = new Map();
  for (const { via } of Object.values(report.vulnerabilities)) {
    for (const each of via) {
      // a word names another package of the report
      if (typeof each === "string") continue;
      found.set(each.url.split("/").at(-1), `${each.severity}: ${each.name} ${each.range}: ${each.title}`);
    }
  }
  return found;
}

/** A line for each advisory without a reason, and for each reason without its advisory. */
export function problemsOf(advisories, reasons) {
  const open = [...advisories].filter(([id]) => reasons[id] === undefined);
  const gone = Object.keys(reasons).filter((id) => !advisories.has(id));
  return [...open.map(([id, what]) => `${id} ${what}`), ...gone.map((id) => `${id} is told no more: take it out`)];
}

function main(root) {
  const { stdout, stderr } = spawnSync("npm", ["audit", "--json"], { cwd: root, encoding: "utf8" });
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    report = {};
  }
  if (report.vulnerabilities === undefined) {
    console.error(`audit: no advisories from the registry: ${report.message ?? stderr.trim().split("\n")[0]}`);
    return 2;
  }
  const reasons = JSON.parse(readFileSync(join(root, "scripts/audit.json"), "utf8"));
  const advisories = advisoriesOf(report);
  for (const [id, what] of advisories) if (reasons[id]) console.log(`known: ${id} ${what}\n  ${reasons[id]}`);
  const problems = problemsOf(advisories, reasons);
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exitCode = main(dirname(dirname(fileURLToPath(import.meta.url))));
