#!/usr/bin/env bash
# Packages:  tree-sitter-c 0.24.1 with web-tree-sitter 0.27.2 (npm)
# Guess:     where a tree has no ERROR and nothing missing, declarations are what they look like; a macro between
#            struct and its name (struct QEMU_PACKED Header { … };) is an error or a struct.
# Behaviour: it is a function, without an error: a function_definition named Header that returns struct QEMU_PACKED,
#            and its members are declarations in a body. The macro behind the brace is parsed as a struct.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages tree-sitter-c@0.24.1 web-tree-sitter@0.27.2

cat > probe.mjs <<'EOF'
import { Language, Parser } from "web-tree-sitter";
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load("node_modules/tree-sitter-c/tree-sitter-c.wasm"));
for (const text of ["struct QEMU_PACKED Header { int length; };", "struct Header { int length; } QEMU_PACKED;"]) {
  const { rootNode } = parser.parse(text);
  console.log(text, rootNode.hasError ? "error" : "no error:", rootNode.namedChildren.map((node) => node.type).join(", "));
}
EOF
node probe.mjs > seen
same seen <<'EOF'
struct QEMU_PACKED Header { int length; }; no error: function_definition, expression_statement
struct Header { int length; } QEMU_PACKED; no error: declaration
EOF
