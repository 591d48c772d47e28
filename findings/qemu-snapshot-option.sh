#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12); 10.0 does the same
# Guess:     -snapshot with -loadvm NAME is the way to try a snapshot without writing to the image: what the option
#            redirects are writes. savevm under it is refused, or kept.
# Behaviour: the snapshots of the image are not there: -loadvm is refused with an error, as is loadvm, which leaves the guest
#            stopped. savevm works and can be loaded again, and is gone with the process: it was in the temporary file,
#            and nothing said so.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
from qemu import Machine
def start(*options):
    return Machine("-M", "q35", "-m", "16", "-drive", "file=disk.qcow2,if=virtio", *options)
machine = start()
print("savevm first:", machine.monitor("savevm first"))
machine.quit()
machine = start("-snapshot")
print("-snapshot, info snapshots:", machine.monitor("info snapshots"))
print("-snapshot, loadvm first:", machine.monitor("loadvm first"))
print("-snapshot, savevm second:", machine.monitor("savevm second"))
print("-snapshot, loadvm second:", machine.monitor("loadvm second"))
machine.quit()
EOF
{
  python3 probe.py
  echo "qemu-img snapshot -l: $(qemu-img snapshot -l disk.qcow2 | awk 'NR > 2 { print $2 }' | paste -sd ' ')"
  status=0
  qemu-system-x86_64 -L root/usr/share/qemu -L root/usr/share/seabios -M q35 -m 16 -nodefaults -display none -S \
    -drive file=disk.qcow2,if=virtio -snapshot -loadvm first 2>&1 || status=$?
  echo "-snapshot -loadvm first ends with $status"
} > seen 2> log
same seen <<'EOF'
savevm first: no error
-snapshot, info snapshots: There is no snapshot available.
-snapshot, loadvm first: Error: Snapshot 'first' does not exist in one or more devices
-snapshot, savevm second: no error
-snapshot, loadvm second: no error
qemu-img snapshot -l: first
qemu-system-x86_64: Snapshot 'first' does not exist in one or more devices
-snapshot -loadvm first ends with 1
EOF
