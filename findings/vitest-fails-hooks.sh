#!/usr/bin/env bash
# Package:   vitest 4.1.12 (npm)
# Guess:     test.fails is for a test whose assertion is known to fail; what goes wrong around it is an error as ever.
# Behaviour: whatever goes wrong makes it pass: a beforeEach or afterEach that throws (with a body that would pass), a
#            time-out, a name that is not there. So a broken set-up is reported as all known bugs in place.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vitest@4.1.12

cat > demo.test.mjs <<'EOF'
import { afterEach, beforeEach, describe, test } from "vitest";
describe("before", () => {
  beforeEach(() => {
    throw new Error("broken set-up");
  });
  test("a test", () => {});
  test.fails("a known bug", () => {});
});
describe("after", () => {
  afterEach(() => {
    throw new Error("broken clean-up");
  });
  test.fails("a known bug", () => {});
});
test.fails("a test that never ends", () => new Promise(() => {}), 50);
test.fails("a test with a slip", () => slip());
test.fails("a test that passes", () => {});
EOF
node node_modules/vitest/vitest.mjs run --reporter=json --outputFile=report.json > log 2>&1 || true
cat > read.cjs <<'EOF'
for (const { fullName, status } of require("./report.json").testResults[0].assertionResults) console.log(`${fullName}: ${status}`);
EOF
node read.cjs > seen
same seen <<'EOF'
before a test: failed
before a known bug: passed
after a known bug: passed
a test that never ends: passed
a test with a slip: passed
a test that passes: failed
EOF
