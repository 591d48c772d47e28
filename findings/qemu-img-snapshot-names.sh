#!/usr/bin/env bash
# Package:   qemu-utils 7.2 (Debian 12)
# Guess:     qemu-img snapshot -a X and qemu-img snapshot -d X mean the same snapshot.
# Behaviour: -a (and convert -l) take X for an id first and for a name then; -d takes it for a name. With a snapshot
#            named 2 that has the id 1, and one named 1 that has the id 2, what was just applied by "-a 2" is not what
#            "-d 2" deletes.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages "qemu-utils=1:7.2+dfsg-7+deb12u18+b3"

fill() { qemu-io -c "write -q -P $1 0 64k" disk.qcow2; }
qemu-img create -q -f qcow2 disk.qcow2 1M
fill 0x11; qemu-img snapshot -c 2 disk.qcow2
fill 0x22; qemu-img snapshot -c 1 disk.qcow2
fill 0x33
{
  qemu-img snapshot -l disk.qcow2 | awk 'NR > 2 { print "id", $1, "name", $2 }'
  qemu-img convert -l 2 -O raw disk.qcow2 2.raw
  echo "convert -l 2: $(xxd -l 1 -p 2.raw)"
  qemu-img snapshot -a 2 disk.qcow2
  echo "-a 2: $(xxd -l 1 -p <(qemu-img dd -O raw if=disk.qcow2 of=now.raw bs=1M count=1 > dd.log && cat now.raw))"
  qemu-img snapshot -d 2 disk.qcow2
  qemu-img snapshot -l disk.qcow2 | awk 'NR > 2 { print "-d 2 leaves: id", $1, "name", $2 }'
} > seen
same seen <<'EOF'
id 1 name 2
id 2 name 1
convert -l 2: 22
-a 2: 22
-d 2 leaves: id 2 name 1
EOF
