// Writes what follows from the rules' files and declarations: core/check/rules/list.ts, docs/rules/README.md, heads and ends of the
// pages, the names that the setting vmstate.rules takes.
//   node scripts/rules.mjs
// Makes a rule with its test and its page, then writes the same:
//   node scripts/rules.mjs new CODE [GROUP]
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function load(entry) {
  const options = { bundle: true, write: false, format: "esm", platform: "node", logLevel: "error" };
  const { outputFiles } = await build({ ...options, absWorkingDir: root, entryPoints: [entry] });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const read = (path) => readFileSync(join(root, path), "utf8");
const write = (path, text) => {
  if (existsSync(join(root, path)) && read(path) === text) return;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
};

const { ruleList, ruleFiles } = await load("scripts/rules/scaffold.ts");
const [command, code, group] = process.argv.slice(2);
if (command === "new") {
  const made = ruleFiles(code ?? "", group ?? "tables", (path) => existsSync(join(root, path)));
  if (typeof made === "string") {
    console.error(`new-rule: ${made}`);
    process.exit(2);
  }
  for (const [path, text] of made) write(path, text);
} else if (command !== undefined) {
  console.error("usage: npm run rules, or npm run new-rule CODE [GROUP]");
  process.exit(2);
}

const folder = join(root, "core/check/rules");
const paths = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`));
write("core/check/rules/list.ts", ruleList(paths));
const declared = await load("scripts/rules/declared.ts");
const { rules, ruleTable, settingNames, withHead, withRecord, comparisonCodes } = declared;
const fixes = [...declared.orderFixes, ...declared.loadFixes, ...declared.tableFixes];
const judged = declared.judgedByRule(
  ["docs/verdicts.md", "docs/quality-recall.md"].map(read),
  new Set(rules.map((rule) => rule.code)),
);
write("docs/rules/README.md", ruleTable(read("docs/rules/README.md"), rules));
for (const rule of rules) {
  const page = `docs/rules/${rule.code}.md`;
  write(page, withRecord(withHead(read(page), rule), rule, judged.get(rule.code), fixes));
}
write("package.json", settingNames(read("package.json"), [...rules.map((rule) => rule.code), ...comparisonCodes]));
