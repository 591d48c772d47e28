#!/usr/bin/env bash
# Package:   qemu-utils 7.2 (Debian 12)
# Guess:     convert -l SNAPSHOT writes the disk as it was when the snapshot was made, in its size of then: qcow2 keeps the size
#            with the snapshot, and snapshot -a goes back to it.
# Behaviour: it has the size of now. Of a snapshot from before a shrink the end is cut off, at exit 0 and without a word;
#            one from before a growth has zeros behind it. qemu-nbd -l does the same. Only snapshot -a, which changes the image,
#            brings all of it back.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages "qemu-utils=1:7.2+dfsg-7+deb12u18+b3" libnbd-bin=1.14.2-1 libnbd0=1.14.2-1

qemu-img create -q -f qcow2 disk.qcow2 16M
qemu-io -c 'write -q -P 0x11 0 16M' disk.qcow2
qemu-img snapshot -c first disk.qcow2
{
  for size in 8M 24M; do
    qemu-img resize -q --shrink disk.qcow2 "$size"
    qemu-img convert -l first -O raw disk.qcow2 first.raw && echo "disk of $size: convert -l ends with 0"
    echo "  it wrote $(stat -c %s first.raw) bytes, of which $(tr -dc '\021' < first.raw | wc -c) are the snapshot's"
    echo "  qemu-nbd -l has $(nbdinfo --size -- [ qemu-nbd -r -f qcow2 -l first disk.qcow2 ])"
  done
  qemu-img resize -q --shrink disk.qcow2 8M
  qemu-img snapshot -a first disk.qcow2
  qemu-img convert -O raw disk.qcow2 first.raw
  echo "snapshot -a: $(stat -c %s first.raw) bytes, of which $(tr -dc '\021' < first.raw | wc -c) are the snapshot's"
} > seen
same seen <<'EOF'
disk of 8M: convert -l ends with 0
  it wrote 8388608 bytes, of which 8388608 are the snapshot's
  qemu-nbd -l has 8388608
disk of 24M: convert -l ends with 0
  it wrote 25165824 bytes, of which 16777216 are the snapshot's
  qemu-nbd -l has 25165824
snapshot -a: 16777216 bytes, of which 16777216 are the snapshot's
EOF
