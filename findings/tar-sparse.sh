#!/usr/bin/env bash
# Packages:  tar 7.5.23, tar-stream 3.2.2, modern-tar 0.8.6, nanotar 0.3.0 (npm); tar 1.34 (Debian 12) writes the archives
# Guess:     a disk image that was packed with tar --sparse, which --format=gnu and pax know since long, comes out as it was, or
#            the library says that it cannot read it.
# Behaviour: no library gives the image's bytes and none says so. Its data come out without the holes, each block where it
#            does not belong; with pax 1.0, tar's default for pax, with a list of numbers in front and under a name that has
#            GNUSparseFile and the number of a process in it. The file of the GNU format is left out by tar.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages tar@7.5.23 tar-stream@3.2.2 modern-tar@0.8.6 nanotar@0.3.0
debian_packages tar=1.34+dfsg-1.2+deb12u1

truncate -s 1M disk.raw
for block in 0 40 200; do printf 'block %s' $block | dd of=disk.raw bs=4096 seek=$block conv=notrunc status=none; done
echo note > note.txt
tar --format=gnu -cf plain.tar disk.raw note.txt
tar --sparse --hole-detection=raw --format=gnu -cf gnu.tar disk.raw note.txt
tar --sparse --hole-detection=raw --format=pax --sparse-version=0.0 -cf pax-0.0.tar disk.raw note.txt
tar --sparse --hole-detection=raw --format=pax -cf pax.tar disk.raw note.txt
cat > probe.mjs <<'EOF'
import { createReadStream, readFileSync } from "node:fs";
import { unpackTar } from "modern-tar";
import { parseTar } from "nanotar";
import * as tar from "tar";
import tarStream from "tar-stream";
const wanted = { "disk.raw": readFileSync("disk.raw"), "note.txt": readFileSync("note.txt") };
const collect = (stream, then) => {
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => then(Buffer.concat(chunks)));
};
const readers = {
  tar: async (file) => {
    const found = [];
    const onReadEntry = (entry) => collect(entry, (data) => found.push([entry.path, data]));
    await tar.t({ file, strict: true, onReadEntry });
    return found;
  },
  "tar-stream": (file) =>
    new Promise((resolve, reject) => {
      const found = [];
      const extract = tarStream.extract().on("error", reject).on("finish", () => resolve(found));
      extract.on("entry", (header, stream, next) => collect(stream, (data) => { found.push([header.name, data]); next(); }));
      createReadStream(file).pipe(extract);
    }),
  "modern-tar": async (file) => (await unpackTar(readFileSync(file))).map((entry) => [entry.header.name, entry.data]),
  nanotar: async (file) => parseTar(readFileSync(file)).map((entry) => [entry.name, entry.data]),
};
for (const file of ["plain.tar", "gnu.tar", "pax-0.0.tar", "pax.tar"]) {
  console.log(`# ${file}`);
  for (const [name, read] of Object.entries(readers)) {
    const found = await read(file).catch((error) => [[`error: ${error.message}`, ""]]);
    const said = found.map(([path, data]) => {
      const bytes = Buffer.from(data ?? "");
      return `${path.replace(/\d+\//, "ID/")} ${wanted[path.split("/").at(-1)]?.equals(bytes) ? "right" : `${bytes.length} other bytes`}`;
    });
    console.log(`${name}: ${said.join(", ")}`);
  }
}
EOF
node probe.mjs > seen 2> log
same seen <<'EOF'
# plain.tar
tar: disk.raw right, note.txt right
tar-stream: disk.raw right, note.txt right
modern-tar: disk.raw right, note.txt right
nanotar: disk.raw right, note.txt right
# gnu.tar
tar: note.txt right
tar-stream: disk.raw 1536 other bytes, note.txt right
modern-tar: disk.raw 1536 other bytes, note.txt right
nanotar: disk.raw 1536 other bytes, note.txt right
# pax-0.0.tar
tar: disk.raw 1536 other bytes, note.txt right
tar-stream: disk.raw 1536 other bytes, note.txt right
modern-tar: disk.raw 1536 other bytes, note.txt right
nanotar: disk.raw 1536 other bytes, note.txt right
# pax.tar
tar: ./GNUSparseFile.ID/disk.raw 2048 other bytes, note.txt right
tar-stream: ./GNUSparseFile.ID/disk.raw 2048 other bytes, note.txt right
modern-tar: ./GNUSparseFile.ID/disk.raw 2048 other bytes, note.txt right
nanotar: ./GNUSparseFile.ID/disk.raw 2048 other bytes, note.txt right
EOF
