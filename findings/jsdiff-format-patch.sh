#!/usr/bin/env bash
# Package:   diff 9.0.0 (npm)
# Guess:     parsePatch reads what git format-patch writes, as it reads git's extended headers.
# Behaviour: it throws. The mail's signature, "-- " and a version, stands right behind the last hunk and is taken for
#            a removed line too many. The same patch without its signature, or as git show prints it, is read.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages diff@9.0.0

git init --quiet repo
cd repo
git config user.name A
git config user.email a@example.org
seq 9 > numbers
git add numbers
git commit --quiet --message one
sed -i 's/5/five/' numbers
git commit --quiet --all --message two
git format-patch --quiet -1 --stdout --signature=2.39.5 > ../signed.patch
git format-patch --quiet -1 --stdout --no-signature > ../unsigned.patch
git show > ../shown.patch
cd ..
cat > probe.mjs <<'EOF'
import { readFileSync } from "node:fs";
import { parsePatch } from "diff";
for (const name of ["unsigned", "shown", "signed"]) {
  try {
    console.log(`${name}: ${parsePatch(readFileSync(`${name}.patch`, "utf8"))[0].newFileName}`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}
EOF
node probe.mjs > seen
same seen <<'EOF'
unsigned: b/numbers
shown: b/numbers
signed: Hunk at line 14 has more lines than expected (expected 7 old lines and 7 new lines)
EOF
