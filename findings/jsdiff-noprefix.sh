#!/usr/bin/env bash
# Package:   diff 9.0.0 (npm)
# Guess:     a patch made with diff.noprefix or diff.mnemonicPrefix is read like any other.
# Behaviour: an entry without hunks (an empty file, a mode, a binary file) has no file name then: it is read from the
#            line "diff --git" only if that begins with a/ and b/. A rename gets the prefixes that the patch does not
#            have. Entries with hunks keep theirs, so that one patch has names of both kinds.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages diff@9.0.0

git init --quiet repo
cd repo
git config user.name A
git config user.email a@example.org
seq 9 > numbers
seq 20 29 > others
touch run
git add .
git commit --quiet --message one
sed -i 's/5/five/' numbers
git mv others moved
chmod +x run
touch empty
git add .
git commit --quiet --message two
git diff --src-prefix=a/ --dst-prefix=b/ HEAD^ HEAD > ../usual.patch
git -c diff.noprefix=true diff HEAD^ HEAD > ../noprefix.patch
git -c diff.mnemonicPrefix=true diff HEAD^ > ../mnemonic.patch
cd ..
cat > probe.mjs <<'EOF'
import { readFileSync } from "node:fs";
import { parsePatch } from "diff";
for (const name of ["usual", "noprefix", "mnemonic"])
  console.log(`${name}:`, parsePatch(readFileSync(`${name}.patch`, "utf8")).map((entry) => entry.newFileName ?? "(none)").join(", "));
EOF
node probe.mjs > seen
same seen <<'EOF'
usual: b/empty, b/moved, b/numbers, b/run
noprefix: (none), b/moved, numbers, (none)
mnemonic: (none), b/moved, w/numbers, (none)
EOF
