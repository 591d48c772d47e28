#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     the VM state of an internal snapshot is the snapshot's: qemu-io read -b reads it after savevm, and
#            deleting the only snapshot frees it.
# Behaviour: read -b reads the state of the active layer, which savevm leaves empty. qemu-img snapshot -a brings the
#            stream there, behind the end of the disk, and there it stays when the snapshot is deleted: no list shows
#            it, the image is as large as before, and qemu-img check finds nothing. So a copy of the image, snapshot
#            -a and read -b are a way to the stream without starting QEMU.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
python3 - <<'EOF'
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16", "-drive", "file=disk.qcow2,if=virtio,format=qcow2")
machine.command("human-monitor-command", **{"command-line": "savevm saved"})
machine.quit()
EOF
look() {
  local state
  state=$(qemu-io -c 'read -b -v 0 512' disk.qcow2 | sed -n '1s/^00000000:  \(.\{11\}\).*/\1/p')
  echo "$1: $(qemu-img snapshot -l disk.qcow2 | grep -c saved) snapshots, VM state begins $state, $(($(stat -c %b disk.qcow2) > 1000)) (1: over 500 kB on disk)"
}
{
  look "after savevm"
  qemu-img snapshot -a saved disk.qcow2
  look "after -a"
  qemu-img snapshot -d saved disk.qcow2
  look "after -d"
  qemu-img check disk.qcow2 | head -1
} > seen
same seen <<'EOF'
after savevm: 1 snapshots, VM state begins 00 00 00 00, 1 (1: over 500 kB on disk)
after -a: 1 snapshots, VM state begins 51 45 56 4d, 1 (1: over 500 kB on disk)
after -d: 0 snapshots, VM state begins 51 45 56 4d, 1 (1: over 500 kB on disk)
No errors were found on the image.
EOF
