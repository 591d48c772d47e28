#!/usr/bin/env bash
# Package:   device-tree-compiler 1.6.1 (Debian 12)
# Guess:     expressions in a source mean what they mean in C, whose operators and precedence they have: -4 >> 1 is -2.
# Behaviour: they are computed as unsigned numbers of 64 bits. 1 is not greater than -1, -7 % 3 is 0, and -8 / 2 is
#            0x7ffffffffffffffc: an error in a cell, without a word in /bits/ 64. What is above 32 bits on the way is
#            kept, where the preprocessor that most sources go through first would do the same, but signed.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

for expression in "1 > -1" "-7 % 3" "-8 / 2" "-4 >> 1" "-1 >> 63" "0xffffffff + 1 > 0" "-(4)"; do
  for bits in 32 64; do
    printf '/dts-v1/; / { a = /bits/ %d <(%s)>; };' "$bits" "$expression" > source.dts
    dtc -q -O dts source.dts > out 2>&1 || true
    value=$(sed -n 's/^.*a = \(.*\);/\1/p; s/^Error: [^ ]* //p' out)
    echo "$expression, $bits bits: $value"
  done
done > seen
same seen <<'EOF'
1 > -1, 32 bits: <0x00>
1 > -1, 64 bits: /bits/ 64 <0x00>
-7 % 3, 32 bits: <0x00>
-7 % 3, 64 bits: /bits/ 64 <0x00>
-8 / 2, 32 bits: Value out of range for 32-bit array element
-8 / 2, 64 bits: /bits/ 64 <0x7ffffffffffffffc>
-4 >> 1, 32 bits: Value out of range for 32-bit array element
-4 >> 1, 64 bits: /bits/ 64 <0x7ffffffffffffffe>
-1 >> 63, 32 bits: <0x01>
-1 >> 63, 64 bits: /bits/ 64 <0x01>
0xffffffff + 1 > 0, 32 bits: <0x01>
0xffffffff + 1 > 0, 64 bits: /bits/ 64 <0x01>
-(4), 32 bits: <0xfffffffc>
-(4), 64 bits: /bits/ 64 <0xfffffffffffffffc>
EOF
