#!/usr/bin/env bash
# Package:   picomatch 4.0.7 (npm)
# Guess:     [!d]*.c matches every file that does not begin with d, as in a shell, in git and in VS Code's own globs.
# Behaviour: the ! is a character of the class: files that begin with d match, others do not. Only [^d], or the option
#            posix, negates.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages picomatch@4.0.7 minimatch@11.0.9

cat > probe.mjs <<'EOF'
import { minimatch } from "minimatch";
import picomatch from "picomatch";
for (const pattern of ["[!d]*.c", "[^d]*.c"]) {
  for (const name of ["demo.c", "timer.c"]) {
    const plain = picomatch.isMatch(name, pattern);
    const posix = picomatch.isMatch(name, pattern, { posix: true });
    console.log(pattern, name, `picomatch ${plain}, with posix ${posix}, minimatch ${minimatch(name, pattern)}`);
  }
}
EOF
node probe.mjs > seen
same seen <<'EOF'
[!d]*.c demo.c picomatch true, with posix false, minimatch false
[!d]*.c timer.c picomatch false, with posix true, minimatch true
[^d]*.c demo.c picomatch false, with posix false, minimatch false
[^d]*.c timer.c picomatch true, with posix true, minimatch true
EOF
