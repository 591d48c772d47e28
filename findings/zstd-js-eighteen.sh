#!/usr/bin/env bash
# Packages:  @oneidentity/zstd-js 1.0.3 (npm); zstd 1.5.4 (Debian 12)
# Guess:     a frame that zstd writes is read by ZstdSimple, and the other way round; it is zstd's own code.
# Behaviour: of any file of zstd's the last 18 bytes are missing, without an error. compress() puts 18 zeros behind
#            the data, which are then part of the frame: zstd, and ZstdStream of the same package, read 18 bytes too much. Within
#            ZstdSimple the two go together.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @oneidentity/zstd-js@1.0.3
debian_packages zstd=1.5.4+dfsg2-5

cat > probe.cjs <<'EOF'
const { execFileSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { ZstdInit } = require("@oneidentity/zstd-js");
(async () => {
  const { ZstdSimple, ZstdStream } = await ZstdInit();
  for (const length of [200, 5000, 1_000_000]) {
    const data = Buffer.from(Array.from({ length }, (_, index) => index % 251));
    const say = (what, bytes) => {
      const read = Buffer.from(bytes);
      const rest = read.subarray(length);
      const kind = read.equals(data) ? "right" : data.subarray(0, read.length).equals(read) ? `${length - read.length} bytes missing` :
        read.subarray(0, length).equals(data) && rest.every((byte) => byte === 0) ? `${rest.length} zeros too much` : "other bytes";
      console.log(`${length} bytes, ${what}: ${kind}`);
    };
    writeFileSync("data", data);
    execFileSync("zstd", ["-q", "-f", "data", "-o", "data.zst"]);
    const simple = ZstdSimple.compress(data);
    say("zstd to ZstdSimple", ZstdSimple.decompress(readFileSync("data.zst")));
    say("ZstdSimple to zstd", execFileSync("zstd", ["-q", "-d", "-c"], { input: simple, maxBuffer: 1 << 24 }));
    say("ZstdSimple to ZstdStream", ZstdStream.decompress(simple));
    say("ZstdSimple to ZstdSimple", ZstdSimple.decompress(simple));
  }
})();
EOF
node probe.cjs > seen
same seen <<'EOF'
200 bytes, zstd to ZstdSimple: 18 bytes missing
200 bytes, ZstdSimple to zstd: 18 zeros too much
200 bytes, ZstdSimple to ZstdStream: 18 zeros too much
200 bytes, ZstdSimple to ZstdSimple: right
5000 bytes, zstd to ZstdSimple: 18 bytes missing
5000 bytes, ZstdSimple to zstd: 18 zeros too much
5000 bytes, ZstdSimple to ZstdStream: 18 zeros too much
5000 bytes, ZstdSimple to ZstdSimple: right
1000000 bytes, zstd to ZstdSimple: 18 bytes missing
1000000 bytes, ZstdSimple to zstd: 18 zeros too much
1000000 bytes, ZstdSimple to ZstdStream: 18 zeros too much
1000000 bytes, ZstdSimple to ZstdSimple: right
EOF
