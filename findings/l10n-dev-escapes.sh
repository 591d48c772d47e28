#!/usr/bin/env bash
# Package:   @vscode/l10n-dev 0.0.35 (npm)
# Guess:     `export` writes each text of l10n.t() under the key that the extension asks for when it runs: the value of
#            the string literal, whatever escapes it is written with.
# Behaviour: \uXXXX loses its last digit, so é becomes U+000E and an arrow another letter; a line that is continued by
#            a backslash gets a newline; \0, \v, \f and \b lose their backslash. \xXX and \u{…} are right. The text is
#            then in no translation under the key that is asked for, and stays English without a word.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/l10n-dev@0.0.35

cat > texts.cjs <<'EOF'
const vscode = require("vscode");
vscode.l10n.t("caf\u00e9");
vscode.l10n.t("caf\xe9 in hex");
vscode.l10n.t("caf\u{e9} in braces");
vscode.l10n.t("this \u2192 that");
vscode.l10n.t("in two \
lines");
vscode.l10n.t("form\feed");
EOF
cat > compare.cjs <<'EOF'
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const asked = [];
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? { l10n: { t: (text) => asked.push(text) } } : load(name, ...rest));
require("./texts.cjs");
const exported = JSON.parse(readFileSync("bundle.l10n.json", "utf8"));
for (const text of asked) console.log(`${JSON.stringify(text)}: ${text in exported ? "exported" : "not exported"}`);
for (const key of Object.keys(exported)) if (!asked.includes(key)) console.log(`never asked for: ${JSON.stringify(key)}`);
EOF
cp texts.cjs texts.js
npx vscode-l10n-dev export --outDir . texts.js > export.log 2>&1
echo "export: exit $?" > seen
node compare.cjs >> seen
same seen <<'EOF'
export: exit 0
"café": not exported
"café in hex": exported
"café in braces": exported
"this → that": not exported
"in two lines": not exported
"form\feed": not exported
never asked for: "caf\u000e"
never asked for: "this ș that"
never asked for: "in two \nlines"
never asked for: "formfeed"
EOF
