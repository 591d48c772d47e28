#!/usr/bin/env bash
# Package:   @vscode/l10n-dev 0.0.35 (npm)
# Guess:     `export` finds every text that l10n.t() is called with, or refuses the call as it refuses a template with
#            a value in it (exit 1).
# Behaviour: texts in parentheses, with `as`, put together by `+`, chosen by `?:`, and every call by another name for t
#            are left out: exit 0, not a word. `satisfies` and another name for l10n are followed.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/l10n-dev@0.0.35

cat > texts.ts <<'EOF'
import * as vscode from "vscode";
import { l10n as words } from "vscode";
import { t as say } from "@vscode/l10n";
vscode.l10n.t("plain");
words.t("another name for l10n");
vscode.l10n.t("satisfies" satisfies string);
vscode.l10n.t("as" as string);
vscode.l10n.t(("parentheses"));
vscode.l10n.t("put " + "together");
vscode.l10n.t(words ? "chosen" : "or not");
vscode["l10n"].t("by brackets");
const { t } = vscode.l10n;
t("taken out");
say("another name for t");
EOF
npx vscode-l10n-dev export --outDir . texts.ts > export.log 2>&1
echo "export: exit $?" > seen
node -e 'console.log(Object.keys(JSON.parse(require("node:fs").readFileSync("bundle.l10n.json", "utf8"))).sort().join("\n"))' >> seen
same seen <<'EOF'
export: exit 0
another name for l10n
plain
satisfies
EOF
