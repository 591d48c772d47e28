#!/usr/bin/env bash
# Package:   pako 3.0.3 (npm)
# Guess:     a gzip file of two members gives the same bytes however it is cut into chunks: ungzip() gives both
#            members.
# Behaviour: where a chunk ends with the first member, Inflate takes the file to have ended: the second member is left
#            out, without an error. Cut one byte earlier or later, it is there.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages pako@3.0.3

cat > probe.mjs <<'EOF'
import { gzipSync } from "node:zlib";
import * as pako from "pako";
const first = gzipSync(Buffer.alloc(300_000, "first "));
const file = Buffer.concat([first, gzipSync(Buffer.alloc(200_000, "second "))]);
console.log("at once:", pako.ungzip(file).length);
for (const shift of [-1, 0, 1]) {
  const inflate = new pako.Inflate();
  inflate.push(file.subarray(0, first.length + shift), false);
  inflate.push(file.subarray(first.length + shift), true);
  console.log(`cut at the member's end ${shift >= 0 ? "+" : ""}${shift}: ${inflate.result.length} bytes, error ${inflate.err}`);
}
EOF
node probe.mjs > seen
same seen <<'EOF'
at once: 500000
cut at the member's end -1: 500000 bytes, error 0
cut at the member's end +0: 300000 bytes, error 0
cut at the member's end +1: 500000 bytes, error 0
EOF
