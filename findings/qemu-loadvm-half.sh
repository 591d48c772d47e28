#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12); 10.0 does the same
# Guess:     a dirty bitmap on a disk makes savevm refuse, or does not matter to loadvm. A loadvm that is refused has
#            changed no disk.
# Behaviour: savevm works beside a bitmap, and loadvm refuses to go back to what it saved. It notices while it goes back
#            disk by disk: with the bitmap on the second one the first has the snapshot's contents and the second the
#            newer ones, and the guest goes on with both once somebody says cont. A disabled bitmap is "active" too, and
#            one that is kept in the image stops qemu-img snapshot -a.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

for name in one two; do qemu-img create -q -f qcow2 $name.qcow2 16M; done
cat > probe.py <<'EOF'
from qemu import Machine
disks = [option for name in ("one", "two") for option in ("-drive", f"file={name}.qcow2,if=virtio,format=qcow2")]
machine = Machine("-M", "q35", "-m", "16", *disks)
def monitor(line):
    return machine.command("human-monitor-command", **{"command-line": line})["return"].strip() or "no error"
def fill(byte):
    for disk in ("virtio0", "virtio1"):
        monitor(f'qemu-io {disk} "write -q -P {byte} 0 64k"')

fill(0x11)
print("savevm before:", monitor("savevm before"))
machine.command("block-dirty-bitmap-add", node="virtio1", name="changes")
fill(0x22)
print("savevm after, with a bitmap:", monitor("savevm after"))
print("loadvm before:", monitor("loadvm before"))
machine.command("cont")
print("cont:", machine.command("query-status")["return"]["status"])
machine.quit()
EOF
{
  python3 probe.py
  for name in one two; do echo "$name holds $(qemu-io -c 'read -v 0 1' $name.qcow2 | awk 'NR == 1 { print $2 }')"; done
  qemu-img bitmap --add two.qcow2 daily
  qemu-img bitmap --disable two.qcow2 daily
  qemu-img snapshot -a before two.qcow2 2>&1 || echo "qemu-img ends with $?"
} > seen 2> log
same seen <<'EOF'
savevm before: no error
savevm after, with a bitmap: no error
loadvm before: Error: Could not load snapshot 'before' on 'virtio1': Device has active dirty bitmaps
cont: running
one holds 11
two holds 22
qemu-img: Could not apply snapshot 'before': Device has active dirty bitmaps
qemu-img ends with 1
EOF
