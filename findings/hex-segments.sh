#!/usr/bin/env bash
# Packages:  binutils 2.40, srecord 1.64, python3-intelhex 2.3.0, qemu-system-x86 7.2 (Debian 12), intel-hex 0.2.0 (npm)
# Guess:     readers of Intel hex differ about damaged files alone. A copy that objcopy makes of a file has the same records.
# Behaviour: behind a segment's record (02) a line that reaches the segment's end goes on at its start, as the format's
#            paper says: srec_cat does that, four others, QEMU's loader among them, go on behind it. A segment's
#            record behind one of an upper half (04) replaces it, for objcopy it is added. objcopy writes what lies
#            below 1 MB with segments, and the entry point, a linear address (05), as CS:IP (03).
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages intel-hex@0.2.0
debian_packages binutils=2.40-2 libbinutils=2.40-2 binutils-x86-64-linux-gnu=2.40-2 srecord=1.64-3 libsrecord0=1.64-3 \
  python3-intelhex=2.3.0-2
qemu_packages qemu-system-x86
export PYTHONPATH="$PYTHONPATH:$here/root/usr/lib/python3/dist-packages"

cat > write.py <<'EOF'
def line(kind, address, *data):
    record = bytes([len(data), address >> 8, address & 255, kind, *data])
    return f":{record.hex()}{-sum(record) & 255:02x}\n".upper()
data, end = range(1, 9), line(1, 0)
open("segment.hex", "w").write(line(2, 0, 0x10, 0) + line(0, 0xFFFC, *data) + end)
open("upper-segment.hex", "w").write(line(4, 0, 0, 2) + line(2, 0, 0x10, 0) + line(0, 0, *data) + end)
open("entry.hex", "w").write(line(4, 0, 0, 1) + line(0, 0, *data) + line(5, 0, 0, 1, 0, 4) + end)
EOF
cat > read.py <<'EOF'
import subprocess
from intelhex import IntelHex
from qemu import Machine
def show(reader, bytes_at):
    starts = [a for a in sorted(bytes_at) if bytes_at.get(a - 1) != bytes_at[a] - 1]
    print(f"  {reader}:", ", ".join(f"byte {bytes_at[a]} at {a:#x}" for a in starts))
def records(text):
    found = {}
    for line in text.split():
        if line[:2] in ("S1", "S2", "S3"):
            width = int(line[1]) + 1
            at = int(line[4 : 4 + 2 * width], 16)
            found.update(enumerate(bytes.fromhex(line[4 + 2 * width : -2]), at))
    return found
def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
for name in ("segment.hex", "upper-segment.hex"):
    print(name)
    output("objcopy", "-I", "ihex", "-O", "srec", name, "objcopy.srec")
    show("objcopy", records(open("objcopy.srec").read()))
    show("srec_cat", records(output("srec_cat", name, "-intel", "-o", "-", "-motorola")))
    read = IntelHex(name)
    show("intelhex (Python)", {a: read[a] for a in read.addresses()})
    show("intel-hex (npm)", dict(map(int, pair.split(":")) for pair in output("node", "read.cjs", name).split()))
    machine = Machine("-M", "q35", "-m", "16", "-device", f"loader,file={name}")
    found = {}
    for place in (0x10000, 0x1FFFC, 0x20000, 0x30000):
        for i, byte in enumerate(machine.monitor(f"xp /8bx {place}").split(":")[1].split()):
            if int(byte, 16):
                found[place + i] = int(byte, 16)
    show("QEMU's loader", found)
    machine.quit()
EOF
cat > read.cjs <<'EOF'
const data = require("intel-hex").parse(require("node:fs").readFileSync(process.argv[2], "utf8")).data;
data.forEach((byte, at) => byte >= 1 && byte <= 8 && console.log(`${at}:${byte}`));
EOF
python3 write.py
{
  python3 read.py
  echo "entry.hex"
  sed 's/^/  /' entry.hex
  echo "  objcopy's copy of it"
  objcopy -I ihex -O ihex entry.hex copy.hex
  tr -d '\r' < copy.hex | sed 's/^/  /'
} > seen 2> log
same seen <<'EOF'
segment.hex
  objcopy: byte 1 at 0x1fffc
  srec_cat: byte 5 at 0x10000, byte 1 at 0x1fffc
  intelhex (Python): byte 1 at 0x1fffc
  intel-hex (npm): byte 1 at 0x1fffc
  QEMU's loader: byte 1 at 0x1fffc
upper-segment.hex
  objcopy: byte 1 at 0x30000
  srec_cat: byte 1 at 0x10000
  intelhex (Python): byte 1 at 0x10000
  intel-hex (npm): byte 1 at 0x10000
  QEMU's loader: byte 1 at 0x10000
entry.hex
  :020000040001F9
  :080000000102030405060708D4
  :0400000500010004F2
  :00000001FF
  objcopy's copy of it
  :020000021000EC
  :080000000102030405060708D4
  :0400000310000004E5
  :00000001FF
EOF
