#!/usr/bin/env bash
# Packages:  lz4js 0.2.0 (npm); lz4 1.9.4-1 (Debian 12) writes the files
# Guess:     a frame whose blocks carry checksums (lz4 -BX, a feature of the frame format from the start) is read or
#            refused.
# Behaviour: other bytes come out, without an error. Linked blocks and the size of the content are no problem.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages lz4js@0.2.0
debian_packages lz4=1.9.4-1

cat > probe.cjs <<'EOF'
const { execFileSync } = require("node:child_process");
const lz4 = require("lz4js");
const data = Buffer.alloc(500_000, "guest memory ");
for (const options of [[], ["-BD"], ["--content-size"], ["-BX"], ["-BX", "-B4"]]) {
  const frame = execFileSync("lz4", ["-q", "-c", ...options], { input: data });
  const read = Buffer.from(lz4.decompress(frame));
  console.log(["lz4", ...options].join(" ") + ":", read.equals(data) ? "right" : "wrong");
}
EOF
node probe.cjs > seen
same seen <<'EOF'
lz4: right
lz4 -BD: right
lz4 --content-size: right
lz4 -BX: wrong
lz4 -BX -B4: wrong
EOF
