#!/usr/bin/env bash
# Packages:  vscode-textmate 9.3.2 with vscode-oniguruma 2.0.1 (npm), which VS Code colours with
# Guess:     an include of something that is not there is passed over, and the rule it stands in works without it.
# Behaviour: a rule with begin and end whose patterns are all such includes is dropped as a whole, without a word: a
#            string is no string because the language inside it is not installed. Without any patterns, or with one more
#            that is there, the same rule matches.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vscode-textmate@9.3.2 vscode-oniguruma@2.0.1

cat > probe.mjs <<'EOF'
import { readFileSync } from "node:fs";
import textmate from "vscode-textmate";
import oniguruma from "vscode-oniguruma";
await oniguruma.loadWASM(readFileSync("node_modules/vscode-oniguruma/release/onig.wasm").buffer);
const onigLib = Promise.resolve({
  createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
  createOnigString: (text) => new oniguruma.OnigString(text),
});
const patterns = {
  "no patterns at all": undefined,
  "an include that is there": [{ include: "#x" }],
  "one that is not": [{ include: "#gone" }],
  "a language that is not": [{ include: "source.gone" }],
  "one that is not, one that is": [{ include: "#gone" }, { include: "#x" }],
};
for (const [name, inner] of Object.entries(patterns)) {
  const rule = { begin: "<", end: ">", name: "quoted", ...(inner && { patterns: inner }) };
  const grammar = { scopeName: "source.demo", patterns: [rule], repository: { x: { match: "x", name: "x" } } };
  const registry = new textmate.Registry({ onigLib, loadGrammar: async (scope) => (scope === "source.demo" ? grammar : null) });
  const line = "a <x>";
  const { tokens } = (await registry.loadGrammar("source.demo")).tokenizeLine(line, textmate.INITIAL);
  console.log(`${name}:`, tokens.map((token) => `${line.slice(token.startIndex, token.endIndex)} ${token.scopes.slice(1).join("+") || "-"}`).join(", "));
}
EOF
node probe.mjs > seen
same seen <<'EOF'
no patterns at all: a  -, < quoted, x quoted, > quoted
an include that is there: a  -, < quoted, x quoted+x, > quoted
one that is not: a <x> -
a language that is not: a <x> -
one that is not, one that is: a  -, < quoted, x quoted+x, > quoted
EOF
