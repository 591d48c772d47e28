#!/usr/bin/env bash
# Package:   qemu-utils 7.2 (Debian 12)
# Guess:     qemu-img dd count=3 skip=1 copies three blocks, from the second on, as dd does.
# Behaviour: it copies two: the blocks that are skipped count. With a count that is no more than skip nothing is copied, to
#            a new image of no bytes, at exit 0. A count of more than the image has, with skip, is right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-utils

for letter in a b c d e; do printf "%512s" | tr ' ' "$letter"; done > image.raw
for operands in "count=3" "count=3 skip=1" "count=2 skip=2" "count=1 skip=2" "count=9 skip=1" "skip=3"; do
  rm -f dd.raw img.raw
  # shellcheck disable=SC2086
  dd if=image.raw of=dd.raw bs=512 $operands status=none
  # shellcheck disable=SC2086
  qemu-img dd -f raw -O raw bs=512 $operands if=image.raw of=img.raw > log 2>&1 && status=0 || status=$?
  echo "$operands: dd $(fold -w 512 dd.raw | cut -c 1 | tr -d '\n'), qemu-img $(fold -w 512 img.raw | cut -c 1 | tr -d '\n'), $(stat -c %s img.raw) bytes, exit $status"
done > seen
same seen <<'EOF'
count=3: dd abc, qemu-img abc, 1536 bytes, exit 0
count=3 skip=1: dd bcd, qemu-img bc, 1024 bytes, exit 0
count=2 skip=2: dd cd, qemu-img , 0 bytes, exit 0
count=1 skip=2: dd c, qemu-img , 0 bytes, exit 0
count=9 skip=1: dd bcde, qemu-img bcde, 2048 bytes, exit 0
skip=3: dd de, qemu-img de, 1024 bytes, exit 0
EOF
