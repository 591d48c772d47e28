#!/usr/bin/env bash
# Package:   jsonc-parser 3.3.1 (npm), VS Code's own
# Guess:     where an object has a key twice, parse, findNodeAtLocation and modify mean the same of the two.
# Behaviour: parse takes the last one, as JSON.parse does, the tree and modify the first one: after
#            modify(text, ["a"], 9) parse still says 3, and after removing "a" it is still there.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages jsonc-parser@3.3.1

cat > probe.mjs <<'EOF'
import { applyEdits, findNodeAtLocation, modify, parse, parseTree } from "jsonc-parser";
const text = '{ "a": 1, "b": 2, "a": 3 }';
console.log("parse:", parse(text).a);
console.log("findNodeAtLocation:", findNodeAtLocation(parseTree(text), ["a"]).value);
const changed = applyEdits(text, modify(text, ["a"], 9, {}));
console.log("after modify:", changed, "parse:", parse(changed).a);
const removed = applyEdits(text, modify(text, ["a"], undefined, {}));
console.log("after removal:", removed, "parse:", parse(removed).a);
EOF
node probe.mjs > seen
same seen <<'EOF'
parse: 3
findNodeAtLocation: 1
after modify: { "a": 9, "b": 2, "a": 3 } parse: 3
after removal: {"b": 2, "a": 3 } parse: 3
EOF
