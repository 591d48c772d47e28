// Counts the regular expressions that core uses on C: fails on any. What a function does is asked of its tree
// (core/c/body), what a macro or a table says of core/c.
//   node scripts/check-patterns.mjs [folder]
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Literals and `new RegExp`. */
const limit = 0;

/** Files, and folders with all in them, that read other text than C. */
const others = new Map([
  ["check/silence.ts", "marks in comments"],
  ["order/declared.ts", "marks in comments"],
  ["order/levels.ts", "English in comments"],
  ["board/library/ram.ts", "digits of a number"],
  ["c/build/", "meson and Kconfig"],
  ["c/qapi.ts", "QAPI schemas"],
  ["c/paths.ts", "names of files"],
  ["rust/", "Rust"],
  ["wire/", "streams, their JSON and containers"],
  ["confirm/", "what a real QEMU printed"],
  ["emulator/commandLine.ts", "a command line"],
  ["emulator/infer.ts", "ids of sections"],
  ["emulator/place.ts", "a command line"],
  ["emulator/ramBlocks.ts", "names of RAM blocks"],
  ["explain/format.ts", "lines of a log"],
  ["printable.ts", "what is printed"],
  ["ide/hover/markdown.ts", "Markdown"],
  ["order/orderGraph.ts", "what is printed"],
  ["order/orderMarkdown.ts", "what is printed"],
]);

function isOther(path) {
  for (const each of others.keys()) if (each.endsWith("/") ? path.startsWith(each) : path === each) return true;
  return false;
}

/** Places of the regular expressions in a module, as line numbers. */
function patternsIn(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const lines = [];
  const visit = (node) => {
    const isMade = ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "RegExp";
    if (isMade || ts.isRegularExpressionLiteral(node)) {
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

/** @param {string} root */
export function patternsOf(root) {
  const modules = readdirSync(join(root, "core"), { recursive: true })
    .map((path) => String(path).split(sep).join(posix.sep))
    .filter((path) => path.endsWith(".ts"))
    .sort();
  const found = modules
    .filter((path) => !isOther(path))
    .flatMap((path) =>
      patternsIn(path, readFileSync(join(root, "core", path), "utf8")).map((line) => ({ file: `core/${path}`, line })),
    );
  return { modules: modules.length, found };
}

/** What is wrong with a tree of that many; undefined where nothing is. */
export function verdict({ modules, found }, most = limit) {
  if (modules === 0) return "no modules found";
  if (found.length <= most) return undefined;
  return `${found.length} regular expressions over C, ${most} are allowed: ask core/c/body, or say in scripts/check-patterns.mjs what other text the file reads`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const read = patternsOf(root);
  const problem = verdict(read);
  const lower = read.found.length < limit ? "; lower the limit to that" : "";
  console.log(`patterns: ${read.modules} modules, ${read.found.length} regular expressions over C${lower}`);
  if (problem !== undefined) console.error(problem);
  process.exit(problem !== undefined ? 1 : 0);
}
