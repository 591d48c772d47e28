#!/usr/bin/env bash
# Package:   python3-construct 2.10.68 (Debian 12)
# Guess:     compile() makes a format faster and changes nothing else, as its docstring says ("has same parsing and building
#            semantics"): what build() refuses, the compiled one refuses.
# Behaviour: the compiled build() does not look. Bytes(4) writes as many bytes as it is given, Array(3) drops what is too
#            much, Const writes its own value whatever was said. Each is an error without compile(). In parse, Index is None.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-construct=2.10.68+dfsg1-2
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
from construct import Array, Byte, Bytes, Const, Index, Int16ub, Struct
def attempt(action):
    try:
        return action()
    except Exception as error:
        return type(error).__name__
frame = Struct("magic" / Const(b"QF"), "name" / Bytes(4), "ports" / Array(3, Byte), "end" / Int16ub)
good = {"name": b"uart", "ports": [1, 2, 3], "end": 0x4546}
for what, data in (
    ("good", good),
    ("a short name", {**good, "name": b"up"}),
    ("a long name", {**good, "name": b"serial"}),
    ("a port too many", {**good, "ports": [1, 2, 3, 4]}),
    ("another magic", {**good, "magic": b"QX"}),
):
    print(f"{what}: {attempt(lambda: frame.build(data))}, compiled {attempt(lambda: frame.compile().build(data))}")
numbered = Array(3, Struct("number" / Index, "value" / Byte))
for name, format in (("Index", numbered), ("Index, compiled", numbered.compile())):
    print(f"{name}: {[item.number for item in format.parse(b'abc')]}")
EOF
python3 probe.py > seen
same seen <<'EOF'
good: b'QFuart\x01\x02\x03EF', compiled b'QFuart\x01\x02\x03EF'
a short name: StreamError, compiled b'QFup\x01\x02\x03EF'
a long name: StreamError, compiled b'QFserial\x01\x02\x03EF'
a port too many: RangeError, compiled b'QFuart\x01\x02\x03EF'
another magic: ConstError, compiled b'QFuart\x01\x02\x03EF'
Index: [0, 1, 2]
Index, compiled: [None, None, None]
EOF
