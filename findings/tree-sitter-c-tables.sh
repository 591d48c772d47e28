#!/usr/bin/env bash
# Packages:  tree-sitter-c 0.24.1 with web-tree-sitter 0.27.2 (npm)
# Guess:     C that a compiler takes without any macro at work parses without an ERROR, as do GNU's ranges, which the
#            grammar has for [0 ... 7].
# Behaviour: an #ifdef between the elements of an initializer is an error, and so are offsetof of a member's member or
#            element and the range of a case. The same range in a designator is not.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages tree-sitter-c@0.24.1 web-tree-sitter@0.27.2

cat > probe.mjs <<'EOF'
import { Language, Parser } from "web-tree-sitter";
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load("node_modules/tree-sitter-c/tree-sitter-c.wasm"));
const texts = {
  "table": "static const Field fields[] = {\n  { 1 },\n  { 2 },\n};\n",
  "table with #ifdef": "static const Field fields[] = {\n  { 1 },\n#ifdef CONFIG_X\n  { 2 },\n#endif\n};\n",
  "enum with #ifdef": "enum E {\n  A,\n#ifdef CONFIG_X\n  B,\n#endif\n};\n",
  "offsetof a member": "int at = offsetof(struct S, a.b);\n",
  "offsetof an element": "int at = offsetof(struct S, a.b[3]);\n",
  "range in a designator": "int a[8] = { [0 ... 7] = 1 };\n",
  "range in a case": "void f(int a) { switch (a) { case 0 ... 7: g(); } }\n",
};
for (const [name, text] of Object.entries(texts)) console.log(`${name}: ${parser.parse(text).rootNode.hasError ? "ERROR" : "parsed"}`);
EOF
node probe.mjs > seen
same seen <<'EOF'
table: parsed
table with #ifdef: ERROR
enum with #ifdef: parsed
offsetof a member: ERROR
offsetof an element: ERROR
range in a designator: parsed
range in a case: ERROR
EOF
