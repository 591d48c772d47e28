#!/usr/bin/env bash
# Packages:  web-tree-sitter 0.27.2 with tree-sitter-c 0.24.1 (npm)
# Guess:     a query with a predicate that the library does not have (editors bring their own: Neovim's #lua-match? and
#            #contains?) is an error, or matches nothing.
# Behaviour: it is put aside, and the pattern matches everything: #lua-match? "^one$" finds one and two, as does a slip of the
#            pen (#macth?). Only Query.predicates says that there was something, and nobody has to look there.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages tree-sitter-c@0.24.1 web-tree-sitter@0.27.2

cat > probe.mjs <<'EOF'
import { Language, Parser, Query } from "web-tree-sitter";
await Parser.init();
const parser = new Parser();
const c = await Language.load("node_modules/tree-sitter-c/tree-sitter-c.wasm");
parser.setLanguage(c);
const { rootNode } = parser.parse("int one(void); int two(void);");
for (const predicate of ['#match? @name "^one$"', '#eq? @name "one"', '#lua-match? @name "^one$"', '#contains? @name "ne"', '#macth? @name "^one$"', '#match? @name', '#eq? @name']) {
  try {
    const query = new Query(c, `((function_declarator declarator: (identifier) @name) (${predicate}))`);
    const kept = query.predicates.flat().map(({ operator }) => operator);
    console.log(`${predicate}: ${query.captures(rootNode).map(({ node }) => node.text)}${kept.length > 0 ? `; predicates: ${kept}` : ""}`);
  } catch (error) {
    console.log(`${predicate}: ${error.message}`);
  }
}
EOF
node probe.mjs > seen
same seen <<'EOF'
#match? @name "^one$": one
#eq? @name "one": one
#lua-match? @name "^one$": one,two; predicates: lua-match?
#contains? @name "ne": one,two; predicates: contains?
#macth? @name "^one$": one,two; predicates: macth?
#match? @name: Wrong number of arguments to `#match?` predicate. Expected 2, got 1.
#eq? @name: Wrong number of arguments to `#eq?` predicate. Expected 2, got 1
EOF
