#!/usr/bin/env bash
# Package:   picomatch 4.0.7 (npm)
# Guess:     v{8..12} matches v8 to v12, as in a shell and in minimatch.
# Behaviour: the range becomes a character class, [12-8]: v1 to v8 match, v9 to v12 do not. {1..3} is right by luck.
#            It takes the option expandRange, and a function of one's own, to get numbers.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages picomatch@4.0.7 minimatch@11.0.9

cat > probe.mjs <<'EOF'
import { minimatch } from "minimatch";
import picomatch from "picomatch";
const names = Array.from({ length: 14 }, (_, number) => `v${number}`);
for (const pattern of ["v{1..3}", "v{8..12}", "v{1..10}"]) {
  console.log(pattern, "picomatch:", names.filter((name) => picomatch.isMatch(name, pattern)).join(" "));
  console.log(pattern, "minimatch:", names.filter((name) => minimatch(name, pattern)).join(" "));
}
EOF
node probe.mjs > seen
same seen <<'EOF'
v{1..3} picomatch: v1 v2 v3
v{1..3} minimatch: v1 v2 v3
v{8..12} picomatch: v1 v2 v3 v4 v5 v6 v7 v8
v{8..12} minimatch: v8 v9 v10 v11 v12
v{1..10} picomatch: v0 v1
v{1..10} minimatch: v1 v2 v3 v4 v5 v6 v7 v8 v9 v10
EOF
