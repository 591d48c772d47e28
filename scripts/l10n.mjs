// Writes l10n/bundle.l10n.json: what the extension says in English, for translators.
//   node scripts/l10n.mjs
// A translation is a file beside it, l10n/bundle.l10n.<language>.json; that of package.json is package.nls.<language>.json.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "l10n/bundle.l10n.json");

/** Every text that is given to vscode.l10n.t, and each call whose text is no literal: nobody could translate that. */
export function extract(folder = join(root, "client")) {
  const texts = new Set();
  const opaque = [];
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"));
  for (const name of files.sort()) {
    const path = join(folder, name);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
    const visit = (node) => {
      if (ts.isCallExpression(node) && node.expression.getText(source).endsWith("l10n.t")) {
        const [text] = node.arguments;
        if (text && ts.isStringLiteralLike(text)) texts.add(text.text);
        else opaque.push(`${name}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { texts: [...texts].sort(), opaque };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { texts } = extract();
  mkdirSync(dirname(bundle), { recursive: true });
  writeFileSync(bundle, `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`);
  console.log(`l10n/bundle.l10n.json: ${texts.length} texts`);
}
