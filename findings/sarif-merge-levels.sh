#!/usr/bin/env bash
# Package:   @microsoft/sarif-multitool 5.7.0 (npm)
# Guess:     sarif-multitool merge keeps what a result says: where two logs of one tool have different settings of a rule,
#            as of two folders with configurations of their own, each result keeps its level.
# Behaviour: runs of one tool and version become one, with one set of rules, of which each is the first log's: a result
#            without a level of its own, a note by its log's rule, is an error in the merged log, or the other way round,
#            by the order of the files. Runs of two versions of the tool stay apart, and right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @microsoft/sarif-multitool@5.7.0 @microsoft/sarif-multitool-linux@5.7.0
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_HOME="$here"
tool=$here/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$tool"

log() {
  cat > "$1.sarif" <<SARIF
{
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": { "name": "Demo", "version": "$2", "rules": [{ "id": "RULE", "defaultConfiguration": { "level": "$3" } }] }
      },
      "results": [{ "ruleId": "RULE", "ruleIndex": 0, "message": { "text": "a result of $1" } }]
    }
  ]
}
SARIF
}
cat > show.cjs <<'EOF'
for (const run of JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8").replace(/^\uFEFF/, "")).runs)
  for (const result of run.results) {
    const rule = run.tool.driver.rules[result.ruleIndex];
    console.log(`  ${result.message.text}: ${result.level ?? rule.defaultConfiguration.level}`);
  }
EOF
log strict 1 error
log lax 1 note
log lax-2 2 note
for files in "strict lax" "lax strict" "strict lax-2"; do
  echo "$files"
  read -r first second <<< "$files"
  # One thread: several take the files in any order.
  "$tool" merge "$first.sarif" "$second.sarif" --threads 1 --output-directory "$first-$second" > log
  node show.cjs "$first-$second/merged.sarif"
done > seen
same seen <<'EOF'
strict lax
  a result of strict: error
  a result of lax: error
lax strict
  a result of lax: note
  a result of strict: note
strict lax-2
  a result of strict: error
  a result of lax-2: note
EOF
