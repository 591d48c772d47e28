#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     query-migrate tells of the last migration; an internal snapshot is none and leaves it as it was.
# Behaviour: savevm uses the same object. After it query-migrate of a QEMU that never migrated says "completed" with
#            figures for ram, and of one whose migration has failed as well: who asks only afterwards takes it for done.
#            loadvm leaves it alone.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
from qemu import Machine
options = ["-M", "q35", "-m", "16", "-drive", "file=disk.qcow2,if=virtio,format=qcow2"]
def say(when):
    answer = machine.command("query-migrate")["return"]
    print(f"{when}: {answer.get('status', 'nothing')}{', with ram' if 'ram' in answer else ''}")
def monitor(line):
    machine.command("human-monitor-command", **{"command-line": line})

machine = Machine(*options)
say("at the start")
monitor("savevm saved")
say("after savevm")
machine.quit()
machine = Machine(*options)
monitor("loadvm saved")
say("after loadvm")
machine.migrate("exec:exit 3")
say("after a migration that failed")
monitor("savevm saved")
say("after savevm")
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
at the start: nothing
after savevm: completed, with ram
after loadvm: nothing
after a migration that failed: failed
after savevm: completed, with ram
EOF
