#!/usr/bin/env bash
# Package:   @microsoft/sarif-multitool 5.7.0 (npm)
# Guess:     sarif-multitool validate ends with another status than 0 where it found errors, and reports a value that the
#            schema does not have, such as the level "fatal", as it does a property that it does not have.
# Behaviour: errors are printed, at exit 0. Of a log with a level, a kind or a baselineState that does not exist nothing is
#            said, and of all its other errors nothing either: "Analysis completed successfully", 0.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @microsoft/sarif-multitool@5.7.0 @microsoft/sarif-multitool-linux@5.7.0
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_HOME="$here"
tool=$here/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$tool"

look() {
  cat > log.sarif <<SARIF
{
  "version": "2.1.0",
  "runs": [
    {
      "tool": { "driver": { "name": "Demo", "version": "1", "rules": [{ "id": "RULE" }] } },
      "results": [{ "ruleId": "RULE", "message": { "text": "text" }, $1 }]
    }
  ]
}
SARIF
  status=0
  "$tool" validate log.sarif > log 2>&1 || status=$?
  echo "$1"
  sed -n 's/.*: error \([A-Z0-9]*\): .*/  error \1/p; s/^Analysis/  Analysis/p' log
  echo "  ends with $status"
}
{
  look '"level": "error"'
  look '"levle": "error"'
  look '"level": 3'
  look '"level": "error", "ruleIndex": 4'
  look '"level": "fatal"'
  look '"level": "fatal", "ruleIndex": 4, "levle": 3'
  look '"kind": "good", "ruleIndex": 4'
  look '"baselineState": "old", "ruleIndex": 4'
} > seen
same seen <<'EOF'
"level": "error"
  Analysis completed successfully.
  ends with 0
"levle": "error"
  error JSON1005
  Analysis completed successfully.
  ends with 0
"level": 3
  Analysis completed successfully.
  ends with 0
"level": "error", "ruleIndex": 4
  error SARIF1009
  Analysis completed successfully.
  ends with 0
"level": "fatal"
  Analysis completed successfully.
  ends with 0
"level": "fatal", "ruleIndex": 4, "levle": 3
  Analysis completed successfully.
  ends with 0
"kind": "good", "ruleIndex": 4
  Analysis completed successfully.
  ends with 0
"baselineState": "old", "ruleIndex": 4
  Analysis completed successfully.
  ends with 0
EOF
