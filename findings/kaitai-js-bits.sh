#!/usr/bin/env bash
# Packages:  kaitai-struct-compiler and kaitai-struct 0.11.0 with yaml 2.8.1 (npm); python3-kaitaistruct 0.10 (Debian 12)
#            runs the Python of the same compiler
# Guess:     one .ksy means the same in each of its languages: an expression on a u4 or a u8 has one value, or the
#            compiler refuses it for the language.
# Behaviour: & | ^ ~ and << are JavaScript's own, with 32 bits and a sign. A test of a u4's highest bit fails where it
#            compares (flags & 0x80000000 == 0x80000000), flags | 1 is negative, 1 << 40 is 256, and of a u8 the high half is
#            gone: a page's address is its low 32 bits, bit 40 is never set. Only >> of a u4 is right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages kaitai-struct-compiler@0.11.0 kaitai-struct@0.11.0 yaml@2.8.1
debian_packages python3-kaitaistruct=0.10-1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages:$here"

cat > entry.ksy <<'EOF'
meta: { id: entry, endian: le }
seq:
  - { id: flags, type: u4 }
  - { id: address, type: u8 }
instances:
  v0: { value: 'flags & 0x80000000 == 0x80000000' }
  v1: { value: 'flags | 1' }
  v2: { value: 'flags >> 28' }
  v3: { value: '1 << 40' }
  v4: { value: 'address' }
  v5: { value: 'address & 0xfffffffffffff000' }
  v6: { value: 'address >> 32' }
  v7: { value: 'address & 0x10000000000 != 0' }
EOF
cat > probe.cjs <<'EOF'
const { readFileSync, writeFileSync } = require("node:fs");
const { parse } = require("yaml");
const compiler = require("kaitai-struct-compiler");
const KaitaiStream = require("kaitai-struct/KaitaiStream");
(async () => {
  const format = parse(readFileSync("entry.ksy", "utf8"));
  for (const language of ["javascript", "python"]) {
    for (const [name, text] of Object.entries(await compiler.compile(language, format))) writeFileSync(name, text);
  }
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(0xf0000000, 0);
  bytes.writeBigUInt64LE(0x13345678abcdn, 4);
  writeFileSync("bytes", bytes);
  const { Entry } = require("./Entry.js");
  const entry = new Entry(new KaitaiStream(bytes));
  for (let index = 0; index < 8; index++) console.log(String(entry[`v${index}`]));
})();
EOF
cat > probe.py <<'EOF'
import kaitaistruct
kaitaistruct.API_VERSION = (0, 11)
from entry import Entry
entry = Entry.from_file("bytes")
for index in range(8):
    value = getattr(entry, f"v{index}")
    print(str(value).lower() if isinstance(value, bool) else value)
EOF
node probe.cjs > javascript
python3 probe.py > python
sed -n "s/.*value: '\(.*\)'.*/\1/p" entry.ksy | paste - javascript python | sed 's/\t/: /; s/\t/, Python /' > seen
same seen <<'EOF'
flags & 0x80000000 == 0x80000000: false, Python true
flags | 1: -268435455, Python 4026531841
flags >> 28: 15, Python 15
1 << 40: 256, Python 1099511627776
address: 21115509976013, Python 21115509976013
address & 0xfffffffffffff000: 1450745856, Python 21115509972992
address >> 32: 1450748877, Python 4916
address & 0x10000000000 != 0: false, Python true
EOF
