#!/usr/bin/env bash
# Package:   junit-to-ctrf 0.0.14 (npm)
# Guess:     what did not run, or went wrong outside of a test, is not among the tests that passed: the totals of the CTRF
#            report are the JUnit report's.
# Behaviour: a test is passed unless it has a failure, an error or a skip of its own. So are the disabled tests of
#            GoogleTest, which says so by an attribute (status="notrun"), and a suite's errors that no test has are in no
#            total. A time of "1,234.5" seconds is one second. Flaky tests of Surefire are right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages junit-to-ctrf@0.0.14

cat > report.xml <<'XML'
<testsuites tests="6" failures="1" errors="1" disabled="1" skipped="1">
  <testsuite name="suite" tests="6" failures="1" errors="1" disabled="1" skipped="1">
    <testcase name="good" classname="demo" time="0.5"/>
    <testcase name="bad" classname="demo" time="0.5"><failure message="no"/></testcase>
    <testcase name="skipped" classname="demo" time="0"><skipped/></testcase>
    <testcase name="disabled" classname="demo" status="notrun" result="suppressed" time="0"/>
    <testcase name="flaky" classname="demo" time="0.5"><flakyFailure message="once"/></testcase>
    <testcase name="long" classname="demo" time="1,234.5"/>
    <system-err>the suite's tear-down died</system-err>
  </testsuite>
</testsuites>
XML
node node_modules/junit-to-ctrf/dist/cli.js report.xml -o report.json > log
node -e '
  const { summary, tests } = require("./report.json").results;
  console.log(`passed ${summary.passed}, failed ${summary.failed}, skipped ${summary.skipped}, other ${summary.other}`);
  for (const { name, status, duration, flaky } of tests)
    console.log(`${name}: ${status}${flaky ? ", flaky" : ""}, ${duration} ms`);
' > seen
same seen <<'EOF'
passed 4, failed 1, skipped 1, other 0
suite: good: passed, 500 ms
suite: bad: failed, 500 ms
suite: skipped: skipped, 0 ms
suite: disabled: passed, 0 ms
suite: flaky: passed, flaky, 500 ms
suite: long: passed, 1000 ms
EOF
