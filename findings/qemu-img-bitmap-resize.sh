#!/usr/bin/env bash
# Packages:  qemu-utils 7.2 and libnbd-bin 1.14.2 (Debian 12)
# Guess:     what is other than at the time when a bitmap was added is dirty in it: a disk that shrinks and grows again reads
#            as zeros in the part that was cut off, and an incremental backup writes these zeros, as it does after write -z.
# Behaviour: the part is clean. A full backup and the increments on top of it bring back the data that was cut off, and
#            the disk restored is not the disk that was saved. Neither resize says a word.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages "qemu-utils=1:7.2+dfsg-7+deb12u18+b3" libnbd-bin=1.14.2-1 libnbd0=1.14.2-1

make() {
  rm -f disk.qcow2
  qemu-img create -q -f qcow2 disk.qcow2 16M
  qemu-io -c 'write -q -P 0x11 0 16M' disk.qcow2
  cp disk.qcow2 full.qcow2
  qemu-img bitmap --add disk.qcow2 daily
}
look() {
  echo "$1: at 8M the backup has $(qemu-io -c 'read -v 8M 1' full.qcow2 | awk 'NR == 1 { print $2 }'), the disk $(qemu-io -c 'read -v 8M 1' disk.qcow2 | awk 'NR == 1 { print $2 }'), the bitmap says"
  nbdinfo --map=qemu:dirty-bitmap:daily -- [ qemu-nbd -r -f qcow2 -B daily disk.qcow2 ]
}
{
  make
  qemu-io -c 'write -q -z 8M 8M' disk.qcow2
  look "write -z"
  make
  qemu-img resize -q --shrink disk.qcow2 8M
  qemu-img resize -q disk.qcow2 16M
  look "shrunk and grown"
} > seen
same seen <<'EOF'
write -z: at 8M the backup has 11, the disk 00, the bitmap says
         0     8388608    0  clean
   8388608     8388608    1  dirty
shrunk and grown: at 8M the backup has 11, the disk 00, the bitmap says
         0    16777216    0  clean
EOF
