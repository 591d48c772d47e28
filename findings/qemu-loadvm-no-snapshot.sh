#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     a loadvm that is refused because there is no snapshot of that name changes nothing: the guest runs on.
# Behaviour: the guest is stopped before the name is looked up, and only a load that succeeded starts it again. A slip
#            in the name leaves it in the state "restore-vm" until somebody says cont. The job snapshot-load does the
#            same.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
import time
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16", "-drive", "file=disk.qcow2,if=virtio,format=qcow2,node-name=disk")
def status():
    return machine.command("query-status")["return"]["status"]
machine.command("cont")
print("before:", status())
print("loadvm:", machine.command("human-monitor-command", **{"command-line": "loadvm slip"})["return"].strip())
print("after:", status())
machine.command("cont")
print("after cont:", status())
machine.command("snapshot-load", **{"job-id": "load", "tag": "slip", "vmstate": "disk", "devices": ["disk"]})
while True:
    job = machine.command("query-jobs")["return"][0]
    if job["status"] == "concluded":
        break
    time.sleep(0.05)
print("snapshot-load:", job["error"])
print("after:", status())
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
before: running
loadvm: Error: Snapshot 'slip' does not exist in one or more devices
after: restore-vm
after cont: running
snapshot-load: Snapshot 'slip' does not exist in one or more devices
after: restore-vm
EOF
