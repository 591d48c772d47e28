#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     vmgenid with guid=auto does what the device is for: after loadvm, which takes the guest back in time, the
#            guest sees another id, and after a migration, which does not, the same.
# Behaviour: the other way round. The id is not in the stream: a process keeps the one that it drew at its start, also
#            through loadvm, and the destination of a migration has drawn its own. So a guest that was moved reseeds and
#            renews what it has, and one that was taken back does not know it. Only a guid= that is named, kept for
#            migrations and changed for a restore, says what the specification wants.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
import time
from qemu import Machine
options = ["-M", "q35", "-m", "16", "-device", "vmgenid,guid=auto"]
def id(machine):
    return machine.command("query-vm-generation-id")["return"]["guid"]
machine = Machine(*options, "-drive", "file=disk.qcow2,if=virtio,format=qcow2")
before = id(machine)
for line in ("savevm saved", "loadvm saved"):
    machine.command("human-monitor-command", **{"command-line": line})
print("after loadvm:", "the same id" if id(machine) == before else "another id")
machine.quit()
machine = Machine(*options)
before = id(machine)
print("migration:", machine.migrate("exec:cat > stream"))
machine.quit()
machine = Machine(*options, "-incoming", "exec:cat stream")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
print("after a migration:", "the same id" if id(machine) == before else "another id")
machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
after loadvm: the same id
migration: completed
after a migration: another id
EOF
