#!/usr/bin/env bash
# Package:   xen-utils-4.17 4.17.7 (Debian 12)
# Guess:     verify-stream-v2, which is there to verify a saved domain, finds a record that must be there and is not, and
#            passes over a record that the format calls optional (bit 31 of its type), as the receiver does.
# Behaviour: it looks at each record alone. A domain of nothing but an end is a good one, as are one without
#            STATIC_DATA_END, which version 3 has before the first page (a restore says "No STATIC_DATA_END seen"), and one
#            that has a page or the devices' state twice. An optional record that it does not know is an error, with a
#            traceback.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages xen-utils-4.17=4.17.7+13-g2445b30a44-0+deb12u1
xen=$here/root/usr/lib/xen-4.17
export PYTHONPATH="$xen/lib/python"

cat > write.py <<'EOF'
import struct
def record(kind, body=b""):
    return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)
def stream(name, *records):
    image = struct.pack(">QIIHHI", 0xFFFFFFFFFFFFFFFF, 0x58454E46, 3, 0, 0, 0)
    domain = struct.pack("<IHHII", 2, 12, 0, 4, 17)
    with open(name, "wb") as file:
        file.write(image + domain + b"".join(records))
end, static_end, state = record(0), record(0x10), record(9, b"state of devices")
page = record(1, struct.pack("<IIQ", 1, 0, 5) + bytes(4096))
stream("as-it-should-be", static_end, page, state, end)
stream("no-end", static_end, page, state)
stream("optional-record", static_end, page, record(0x80000055, b"whatever"), state, end)
stream("no-static-end", page, state, end)
stream("static-end-at-the-end", page, state, static_end, end)
stream("state-twice", static_end, page, page, state, state, end)
stream("nothing", end)
EOF
python3 write.py
for name in as-it-should-be no-end optional-record no-static-end static-end-at-the-end state-twice nothing; do
  status=0
  python3 "$xen/bin/verify-stream-v2" --format libxc --in "$name" > log 2>&1 || status=$?
  echo "$name: $status $(sed -n 's/^[a-zA-Z.]*Error: //p' log)"
done | sed 's/ $//' > seen
same seen <<'EOF'
as-it-should-be: 0
no-end: 1 Stream truncated
optional-record: 1 Unrecognised record type 0x80000055
no-static-end: 0
static-end-at-the-end: 0
state-twice: 0
nothing: 0
EOF
