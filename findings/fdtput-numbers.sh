#!/usr/bin/env bash
# Package:   device-tree-compiler 1.6.1 (Debian 12)
# Guess:     fdtput refuses a number that the type does not hold or that is none.
# Behaviour: it writes something else and ends with 0: what fits of the digits (4294967296 is 0, with -t x 0x94967296), or
#            what stands before the first character that is none (1x is 1). By type a leading zero means another base:
#            010 is 8 with i, 10 with u and 0x10 with x, and 09 is 0 with i; 0x10 is 0 with u.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

echo '/dts-v1/; / { };' > source.dts
for value in 10 010 09 0x10 3000000000 4294967296 1x; do
  printf '%s:' "$value"
  for type in i u x bi; do
    dtc -q -O dtb -o tree.dtb source.dts
    fdtput -t "$type" tree.dtb / value "$value"
    printf ' %s 0x%s' "$type" "$(fdtget -t "${type/[iu]/x}" tree.dtb / value)"
  done
  echo
done > seen
same seen <<'EOF'
10: i 0xa u 0xa x 0x10 bi 0xa
010: i 0x8 u 0xa x 0x10 bi 0x8
09: i 0x0 u 0x9 x 0x9 bi 0x0
0x10: i 0x10 u 0x0 x 0x10 bi 0x10
3000000000: i 0xb2d05e00 u 0xb2d05e00 x 0x0 bi 0x0
4294967296: i 0x0 u 0x0 x 0x94967296 bi 0x0
1x: i 0x1 u 0x1 x 0x1 bi 0x1
EOF
