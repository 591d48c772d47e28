#!/usr/bin/env bash
# Package:   python3-construct 2.10.68 (Debian 12)
# Guess:     build(parse(bytes)) gives the bytes back, also where FlagsEnum has no name for a bit, as Enum does with a number
#            that it does not know.
# Behaviour: bits without a name are dropped by parse, and are zero when the structure is built again: who reads a header, sets
#            one flag and writes it back clears the flags of a newer version. A field of more than one bit counts only
#            where all of its bits are set; 4 of 6 is lost. FlagsEnum's build takes numbers, and Enum keeps what it
#            does not know.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-construct=2.10.68+dfsg1-2
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
from construct import Byte, Enum, FlagsEnum
flags = FlagsEnum(Byte, ready=1, mode=6)
for name, format in (("Enum", Enum(Byte, ready=1, mode=6)), ("FlagsEnum", flags)):
    for byte in (0x01, 0x07, 0x06, 0x04, 0x81):
        read = format.parse(bytes([byte]))
        print(f"{name}, {byte:#04x}: back {format.build(read)[0]:#04x}")
print(f"FlagsEnum, build of the number 0x81: {flags.build(0x81)[0]:#04x}")
EOF
python3 probe.py > seen
same seen <<'EOF'
Enum, 0x01: back 0x01
Enum, 0x07: back 0x07
Enum, 0x06: back 0x06
Enum, 0x04: back 0x04
Enum, 0x81: back 0x81
FlagsEnum, 0x01: back 0x01
FlagsEnum, 0x07: back 0x07
FlagsEnum, 0x06: back 0x06
FlagsEnum, 0x04: back 0x00
FlagsEnum, 0x81: back 0x01
FlagsEnum, build of the number 0x81: 0x81
EOF
