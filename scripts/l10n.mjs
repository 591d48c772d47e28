// Writes l10n/bundle.l10n.json: what the extension says in English, for translators.
//   node scripts/l10n.mjs
// A translation is a file beside it, l10n/bundle.l10n.<language>.json; that of package.json is package.nls.<language>.json.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "l10n/bundle.l10n.json");

/** Attributes of the pages that a person reads or hears. */
const shown = new Set(["aria-label", "label", "placeholder", "run", "title"]);

/**
 * Every text that is given to l10n.t or vscode.l10n.t; each call whose text is no literal, which nobody could translate;
 * and what the pages say without asking for a translation.
 */
export function extract(folder = join(root, "client")) {
  const texts = new Set();
  const opaque = [];
  const untranslated = [];
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.tsx?$/.test(name));
  for (const name of files.sort()) {
    const path = join(folder, name);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    const visit = (node) => {
      if (ts.isCallExpression(node) && node.expression.getText(source).endsWith("l10n.t")) {
        const [text] = node.arguments;
        if (text && ts.isStringLiteralLike(text)) texts.add(text.text);
        else opaque.push(`${name}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
      }
      const literal = untranslatedIn(node);
      if (literal !== undefined) untranslated.push(`${name}: ${literal}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { texts: [...texts].sort(), opaque, untranslated };
}

function untranslatedIn(node) {
  if (ts.isJsxText(node)) return /\p{L}{2}/u.test(node.text) ? node.text.trim() : undefined;
  if (!ts.isJsxAttribute(node) || !shown.has(node.name.getText())) return undefined;
  const value = node.initializer;
  return value && ts.isStringLiteral(value) ? value.text : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { texts } = extract();
  mkdirSync(dirname(bundle), { recursive: true });
  writeFileSync(bundle, `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`);
  console.log(`l10n/bundle.l10n.json: ${texts.length} texts`);
}
