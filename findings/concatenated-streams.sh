#!/usr/bin/env bash
# Packages:  fflate 0.8.3, lz4js 0.2.0, lz4-napi 2.10.0, bz2 1.0.1, zstd-codec 0.1.5, fzstd 0.1.1, xz-decompress
#            0.2.3, unbzip2-stream 1.4.3 (npm); lz4 1.9.4-1, zstd 1.5.4, xz-utils 5.4.1, bzip2 1.0.8 (Debian 12) write
#            the files
# Guess:     what gzip, zstd, lz4, xz and bzip2 read as one file when two compressed files are put one behind the
#            other (as pbzip2 and pzstd make them) is read as one by these packages as well.
# Behaviour: only some do. lz4js, lz4-napi and bz2 give the first part only and say nothing. fflate's gunzipSync gives
#            as many bytes of the first part as the *last* part has. zstd-codec's simple form gives null.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages fflate@0.8.3 lz4js@0.2.0 lz4-napi@2.10.0 bz2@1.0.1 zstd-codec@0.1.5 fzstd@0.1.1 xz-decompress@0.2.3 \
  unbzip2-stream@1.4.3
debian_packages lz4=1.9.4-1 zstd=1.5.4+dfsg2-5 xz-utils=5.4.1-1+deb12u2 bzip2=1.0.8-5+b1

cat > probe.cjs <<'EOF'
const { execFileSync } = require("node:child_process");
const { Readable } = require("node:stream");
const parts = [Buffer.alloc(300_000, "first "), Buffer.alloc(200_000, "second ")];
const file = (tool, ...options) =>
  Buffer.concat(parts.map((input) => execFileSync(tool, ["-c", "-q", ...options], { input })));
const whole = Buffer.concat(parts);
const say = (name, read) => {
  const bytes = read === null ? undefined : Buffer.from(read);
  const what = bytes === undefined ? "null" : bytes.equals(whole) ? "both parts" : bytes.equals(parts[0]) ? "the first part" :
    bytes.equals(whole.subarray(0, bytes.length)) ? `the first ${bytes.length} bytes` : "other bytes";
  console.log(`${name}: ${what}`);
};
const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};
(async () => {
  const gz = Buffer.concat(parts.map((part) => require("node:zlib").gzipSync(part)));
  say("gzip, fflate gunzipSync", require("fflate").gunzipSync(gz));
  const lz4 = file("lz4");
  say("lz4, lz4js", require("lz4js").decompress(lz4));
  say("lz4, lz4-napi", await require("lz4-napi").decompressFrame(lz4));
  const zst = file("zstd");
  say("zstd, fzstd", require("fzstd").decompress(zst));
  const codec = await new Promise((resolve) => require("zstd-codec").ZstdCodec.run(resolve));
  say("zstd, zstd-codec Simple", new codec.Simple().decompress(zst));
  say("zstd, zstd-codec Streaming", new codec.Streaming().decompress(zst));
  const { XzReadableStream } = require("xz-decompress");
  say("xz, xz-decompress", await collect(new XzReadableStream(new Blob([file("xz")]).stream())));
  const bz2 = file("bzip2");
  say("bzip2, bz2", require("bz2").decompress(bz2));
  const output = await new Promise((resolve) => {
    const chunks = [];
    Readable.from([bz2]).pipe(require("unbzip2-stream")()).on("data", (chunk) => chunks.push(Buffer.from(chunk))).on("end", () => resolve(Buffer.concat(chunks)));
  });
  say("bzip2, unbzip2-stream", output);
})();
EOF
node probe.cjs > seen
same seen <<'EOF'
gzip, fflate gunzipSync: the first 200000 bytes
lz4, lz4js: the first part
lz4, lz4-napi: the first part
zstd, fzstd: both parts
zstd, zstd-codec Simple: null
zstd, zstd-codec Streaming: both parts
xz, xz-decompress: both parts
bzip2, bz2: the first part
bzip2, unbzip2-stream: both parts
EOF
