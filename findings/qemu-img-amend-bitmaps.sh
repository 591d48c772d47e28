#!/usr/bin/env bash
# Package:   qemu-utils 7.2 (Debian 12)
# Guess:     qemu-img amend -o compat=0.10, a format that has no bitmaps, is refused while the image has some, or takes them
#            out.
# Behaviour: it ends with 0 and says nothing. The bitmaps are no longer listed and their clusters are leaked; a warning
#            comes with the next command that opens the image, and amending it back to 1.1 does not bring them back.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages "qemu-utils=1:7.2+dfsg-7+deb12u18+b3"

qemu-img create -q -f qcow2 disk.qcow2 16M
qemu-img bitmap --add disk.qcow2 daily
qemu-img bitmap --add disk.qcow2 weekly
look() {
  local status=0
  qemu-img check disk.qcow2 > log 2>&1 || status=$?
  echo "$1: compat $(qemu-img info disk.qcow2 2> note | sed -n 's/^ *compat: //p'), bitmaps $(qemu-img info disk.qcow2 2> note | sed -n 's/^ *name: //p' | paste -sd ' ')"
  echo "  check ends with $status, $(grep -c '^Leaked cluster' log || true) leaked clusters, $(grep -c 'contains bitmaps' note || true) warnings of bitmaps"
}
{
  look "at first"
  qemu-img amend -o compat=0.10 disk.qcow2 2>&1 && echo "amend ends with 0"
  look "then"
  qemu-img amend -o compat=1.1 disk.qcow2 2> log && echo "amend ends with 0"
  look "back again"
} > seen
same seen <<'EOF'
at first: compat 1.1, bitmaps daily weekly
  check ends with 0, 0 leaked clusters, 0 warnings of bitmaps
amend ends with 0
then: compat 0.10, bitmaps 
  check ends with 3, 2 leaked clusters, 1 warnings of bitmaps
amend ends with 0
back again: compat 1.1, bitmaps 
  check ends with 3, 3 leaked clusters, 0 warnings of bitmaps
EOF
