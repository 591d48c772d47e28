#!/usr/bin/env bash
# Package:   junit-report-merger 7.0.1 (npm)
# Guess:     the merged report has the suites of all files, and its totals count all their tests.
# Behaviour: suites of one name of two files become one suite, with test cases of one name twice, the attributes of the
#            first and the output of the second. Where a suite has no counts of its own, which the format does not want
#            from it, its failures are in no total: a report with two failures says one. A line break in an attribute
#            is written as it is, so that its next reader has a blank there.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages junit-report-merger@7.0.1

cat > first.xml <<'XML'
<testsuites tests="1" failures="1"><testsuite name="unit" hostname="one" tests="1" failures="1"><testcase name="a"><failure message="x&#10;y"/></testcase></testsuite></testsuites>
XML
cat > second.xml <<'XML'
<testsuites tests="1"><testsuite name="unit" hostname="two" tests="1"><testcase name="a"/><system-out>second</system-out></testsuite></testsuites>
XML
cat > third.xml <<'XML'
<testsuites><testsuite name="other"><testcase name="b"><failure/></testcase></testsuite></testsuites>
XML
npx --no jrm merged.xml first.xml second.xml third.xml > log
{
  cat merged.xml
  echo
} > seen
same seen <<'EOF'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="unit" hostname="one" tests="2" failures="1">
    <testcase name="a">
      <failure message="x
y"></failure>
    </testcase>
    <testcase name="a"></testcase>
    <system-out>second</system-out>
  </testsuite>
  <testsuite name="other">
    <testcase name="b">
      <failure></failure>
    </testcase>
  </testsuite>
</testsuites>
EOF
