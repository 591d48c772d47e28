#!/usr/bin/env bash
# Package:   vitest 4.1.12 (npm)
# Guess:     a project with extends: true and an include of its own runs what its include names: it overrides the
#            root's.
# Behaviour: the two lists are joined: the project runs the root's tests as well, and with several projects every one
#            does.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vitest@4.1.12

mkdir quick slow
echo 'import { test } from "vitest"; test("quick", () => {});' > quick/quick.test.mjs
echo 'import { test } from "vitest"; test("slow", () => {});' > slow/slow.test.mjs
cat > vitest.config.mjs <<'EOF'
import { defineConfig } from "vitest/config";
export default defineConfig({
  test: {
    include: ["quick/*.test.mjs"],
    projects: [{ extends: true, test: { name: "slow", include: ["slow/*.test.mjs"] } }],
  },
});
EOF
npx vitest list --project slow > list.log
sort list.log > seen
same seen <<'EOF'
[slow] quick/quick.test.mjs > quick
[slow] slow/slow.test.mjs > slow
EOF
