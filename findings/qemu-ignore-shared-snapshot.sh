#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12); 10.0 saves the memory
# Guess:     x-ignore-shared, the capability for a migration to a process that maps the same memory, is no matter for
#            an internal snapshot: savevm saves the guest's memory, or refuses.
# Behaviour: savevm leaves the memory out and says nothing; the snapshot is listed as any other. loadvm takes back the devices
#            and the disks, and the guest goes on with the memory of now: no error either. What was saved cannot be told
#            from a whole snapshot but by its size.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
from qemu import TestedMachine
for on in (False, True):
    machine = TestedMachine("-M", "q35,memory-backend=ram", "-m", "16", "-object", "memory-backend-memfd,id=ram,size=16M,share=on",
                            "-drive", "file=disk.qcow2,if=virtio")
    def fill(byte):
        machine.qtest(f"writeb 0x100000 0x{byte}")
        machine.monitor(f'qemu-io virtio0 "write -q -P 0x{byte} 0 64k"')
    machine.command("migrate-set-capabilities", capabilities=[{"capability": "x-ignore-shared", "state": on}])
    print("x-ignore-shared", "on" if on else "off")
    fill(11)
    print("  savevm:", machine.monitor("savevm first"))
    fill(22)
    print("  loadvm:", machine.monitor("loadvm first"))
    same = "the saved byte" if "no error" == machine.monitor('qemu-io virtio0 "read -q -P 0x11 0 64k"') else "another"
    print(f"  memory has {machine.qtest('readb 0x100000')[-2:]}, the disk {same}")
    machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
x-ignore-shared off
  savevm: no error
  loadvm: no error
  memory has 11, the disk the saved byte
x-ignore-shared on
  savevm: no error
  loadvm: no error
  memory has 22, the disk the saved byte
EOF
