#!/usr/bin/env bash
# Packages:  sarif-junit 1.1.4 and @security-alert/sarif-to-markdown 1.11.1 (npm)
# Guess:     a result without a level has the one of its rule, and "warning" where the rule has none, as the specification
#            says (3.27.10); a suppressed one is no failure.
# Behaviour: in the JUnit report a result without a level is a test that passes, be its rule an error or not; one that is
#            suppressed is a failure. In the Markdown report the level is the rule's, never the result's, and results of
#            a rule without one are left out: "Nothing here", suppressed or not.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages sarif-junit@1.1.4 @security-alert/sarif-to-markdown@1.11.1

cat > probe.cjs <<'EOF'
const { execFileSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { sarifToMarkdown } = require("@security-alert/sarif-to-markdown");
const rules = [{ id: "E", defaultConfiguration: { level: "error" } }, { id: "N", defaultConfiguration: { level: "note" } }, { id: "P" }];
const locations = [{ physicalLocation: { artifactLocation: { uri: "uart.c" }, region: { startLine: 7 } } }];
for (const [what, result] of [
  ["error by its rule", { ruleId: "E" }],
  ["warning by default", { ruleId: "P" }],
  ["error of its own, note by its rule", { ruleId: "N", level: "error" }],
  ["error of its own, rule without a level", { ruleId: "P", level: "error" }],
  ["error, suppressed", { ruleId: "E", level: "error", suppressions: [{ kind: "inSource" }] }],
]) {
  const results = [{ ...result, message: { text: "text" }, locations }];
  const log = { version: "2.1.0", runs: [{ tool: { driver: { name: "demo", rules } }, results }] };
  writeFileSync("log.sarif", JSON.stringify(log));
  execFileSync("node_modules/.bin/sarif-junit", ["-i", "log.sarif", "-o", "log.xml"]);
  const junit = readFileSync("log.xml", "utf8").includes("<failure") ? "a failure" : "a test that passes";
  const [{ body }] = sarifToMarkdown({ title: "", owner: "o", repo: "r", branch: "b", sourceRoot: "" })(log);
  const level = /\*\*\[(\w+)\]\*\* \*\*\[/.exec(body.split("## Rules information")[0]);
  console.log(`${what}: JUnit ${junit}, Markdown ${level === null ? "nothing" : level[1]}`);
}
EOF
node probe.cjs > seen 2> log
same seen <<'EOF'
error by its rule: JUnit a test that passes, Markdown ERROR
warning by default: JUnit a test that passes, Markdown nothing
error of its own, note by its rule: JUnit a failure, Markdown NOTE
error of its own, rule without a level: JUnit a failure, Markdown nothing
error, suppressed: JUnit a failure, Markdown ERROR
EOF
