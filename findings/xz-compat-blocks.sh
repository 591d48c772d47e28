#!/usr/bin/env bash
# Packages:  xz-compat 1.2.10 (npm); xz-utils 5.4.1 (Debian 12) writes the files
# Guess:     decodeXZ and createXZDecoder, the two ways of the package, read a file of several blocks, as xz -T writes large
#            ones; where one of them cannot, the file's checksums tell.
# Behaviour: decodeXZ gives the first block only where the file is small, and as many bytes as there should be where it is
#            not, none of the blocks right: the checksums, one for each block, are not looked at, and there is no error.
#            The stream is right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
export LZMA_NATIVE_DISABLE=1
npm_packages xz-compat@1.2.10
debian_packages xz-utils=5.4.1-1+deb12u2

cat > probe.cjs <<'EOF'
const { execFileSync } = require("node:child_process");
const { decodeXZ, createXZDecoder } = require("xz-compat");
let seed = 1;
const byte = (_, index) => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return (seed >> 16) & (index % 7 === 0 ? 255 : 15);
};
const xz = (options, input) => execFileSync("xz", ["-c", "-q", ...options], { input });
const streamed = (file) =>
  new Promise((resolve, reject) => {
    const chunks = [];
    const decoder = createXZDecoder().on("data", (chunk) => chunks.push(chunk)).on("error", reject);
    decoder.on("end", () => resolve(Buffer.concat(chunks)));
    decoder.end(file);
  });
(async () => {
  for (const [length, block] of [[30_000, 30_000], [30_000, 10_000], [1_000_000, 1_000_000], [1_000_000, 250_000]]) {
    const data = Buffer.from(Array.from({ length }, byte));
    const file = xz([`--block-size=${block}`], data);
    for (const [how, decode] of [["decodeXZ", decodeXZ], ["stream", streamed]]) {
      const read = Buffer.from(await decode(file));
      let right = 0;
      for (let start = 0; start < length; start += block) {
        if (read.subarray(start, start + block).equals(data.subarray(start, start + block))) right++;
      }
      console.log(`${length} bytes in ${length / block} block(s), ${how}: ${read.length} bytes, ${right} right`);
    }
  }
})();
EOF
node probe.cjs > seen
same seen <<'EOF'
30000 bytes in 1 block(s), decodeXZ: 30000 bytes, 1 right
30000 bytes in 1 block(s), stream: 30000 bytes, 1 right
30000 bytes in 3 block(s), decodeXZ: 10000 bytes, 1 right
30000 bytes in 3 block(s), stream: 30000 bytes, 3 right
1000000 bytes in 1 block(s), decodeXZ: 1000000 bytes, 1 right
1000000 bytes in 1 block(s), stream: 1000000 bytes, 1 right
1000000 bytes in 4 block(s), decodeXZ: 1000000 bytes, 0 right
1000000 bytes in 4 block(s), stream: 1000000 bytes, 4 right
EOF
