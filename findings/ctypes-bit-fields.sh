#!/usr/bin/env bash
# Package:   python3.11 3.11.2 (Debian 12); the compiler is the system's
# Guess:     ctypes, made to share structs with C, lays bit fields out as the platform's C compiler does.
# Behaviour: it does where neighbours have one type. Of two types the second one's bits are looked for in another unit than
#            gcc takes: the struct has another size, or other bits, or the field keeps nothing (1 is written, 0 is read),
#            without a word. With _pack_ = 1 a field does not run on into the next byte or unit, as gcc's packed ones do,
#            not even among fields of one type.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 libffi8=3.4.4-1
export PYTHONHOME="$here/root/usr"

cat > probe.py <<'EOF'
import ctypes, subprocess
def with_c(fields, packed):
    members = " ".join(f"uint{width}_t f{i} : {bits};" for i, (width, bits) in enumerate(fields))
    sets = " ".join(f"memset(&s, 0, sizeof s); s.f{i} = -1; show((void *)&s, sizeof s);" for i in range(len(fields)))
    with open("demo.c", "w") as source:
        source.write(f"""
            #include <stdint.h>
            #include <stdio.h>
            #include <string.h>
            struct demo {{ {members} }} {'__attribute__((packed))' if packed else ''};
            static void show(uint8_t *p, int size) {{ while (size--) printf("%02x", *p++); printf(" "); }}
            int main(void) {{ struct demo s; {sets} return 0; }}""")
    subprocess.run(["cc", "-w", "-o", "demo", "demo.c"], check=True, stderr=subprocess.DEVNULL)
    return subprocess.run(["./demo"], stdout=subprocess.PIPE, text=True).stdout.strip()
def with_ctypes(fields, packed):
    types = {8: ctypes.c_uint8, 16: ctypes.c_uint16, 32: ctypes.c_uint32, 64: ctypes.c_uint64}
    body = {"_pack_": 1} if packed else {}
    body["_fields_"] = [(f"f{i}", types[width], bits) for i, (width, bits) in enumerate(fields)]
    demo = type("Demo", (ctypes.Structure,), body)
    seen = []
    for name, _, bits in body["_fields_"]:
        s = demo()
        setattr(s, name, (1 << bits) - 1)
        seen.append(bytes(s).hex() + ("" if getattr(s, name) else " (reads as 0)"))
    return " ".join(seen)
for fields, packed in (
    ([(32, 12), (32, 4)], False),
    ([(8, 4), (32, 12)], False),
    ([(32, 12), (8, 4)], False),
    ([(16, 5), (8, 3)], False),
    ([(64, 5), (16, 14)], False),
    ([(16, 7), (32, 15), (32, 20)], False),
    ([(8, 4), (8, 4)], True),
    ([(8, 5), (8, 6)], True),
    ([(16, 6), (32, 26)], True),
):
    c, python = with_c(fields, packed), with_ctypes(fields, packed)
    print(", ".join(f"uint{width}_t : {bits}" for width, bits in fields) + (", packed" if packed else ""))
    print(f"  gcc    {c}" + ("" if c != python else ", ctypes the same"))
    if c != python:
        print(f"  ctypes {python}")
EOF
"$here/root/usr/bin/python3.11" probe.py > seen
same seen <<'EOF'
uint32_t : 12, uint32_t : 4
  gcc    ff0f0000 00f00000, ctypes the same
uint8_t : 4, uint32_t : 12
  gcc    0f000000 f0ff0000, ctypes the same
uint32_t : 12, uint8_t : 4
  gcc    ff0f0000 00f00000
  ctypes ff0f0000 00000000 (reads as 0)
uint16_t : 5, uint8_t : 3
  gcc    1f00 e000
  ctypes 1f00 00e0
uint64_t : 5, uint16_t : 14
  gcc    1f00000000000000 0000ff3f00000000
  ctypes 1f00000000000000 000000000000e0ff (reads as 0)
uint16_t : 7, uint32_t : 15, uint32_t : 20
  gcc    7f00000000000000 80ff3f0000000000 00000000ffff0f00, ctypes the same
uint8_t : 4, uint8_t : 4, packed
  gcc    0f f0, ctypes the same
uint8_t : 5, uint8_t : 6, packed
  gcc    1f00 e007
  ctypes 1f00 003f
uint16_t : 6, uint32_t : 26, packed
  gcc    3f000000 c0ffffff, ctypes the same
EOF
