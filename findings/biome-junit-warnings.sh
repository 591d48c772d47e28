#!/usr/bin/env bash
# Package:   @biomejs/biome 2.6.8 (npm)
# Guess:     the JUnit report has a failure where biome lint fails, and its totals count each finding once.
# Behaviour: a warning is a failure like an error, though biome ends with 0: who judges by the report says that the job has
#            failed. An error is counted twice at the top, in failures and in errors (whose suites have none). Each finding
#            is a suite of its own; a file without findings is not there.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @biomejs/biome@2.6.8

echo "debugger;" > demo.js
echo "const clean = 1;" > clean.js
{
  for level in warn error; do
    echo "{ \"linter\": { \"rules\": { \"preset\": \"none\", \"suspicious\": { \"noDebugger\": \"$level\" } } } }" > biome.json
    status=0
    node node_modules/@biomejs/biome/bin/biome lint --reporter=junit demo.js clean.js > report.xml 2> log || status=$?
    echo "$level: exit $status"
    grep -o '<testsuite.*>\|<failure ' report.xml | sed 's/ time="[^"]*"//'
  done
} > seen
same seen <<'EOF'
warn: exit 0
<testsuites name="Biome" tests="1" failures="1" errors="0">
<testsuite name="demo.js" tests="1" disabled="0" errors="0" failures="1" package="org.biome">
<failure 
error: exit 1
<testsuites name="Biome" tests="1" failures="1" errors="1">
<testsuite name="demo.js" tests="1" disabled="0" errors="0" failures="1" package="org.biome">
<failure 
EOF
