#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     a guest that was paused when it was saved is paused when it is loaded: the stream has its run state
#            (globalstate), and -incoming goes by it.
# Behaviour: savevm writes the same section, but -loadvm and loadvm do not look at it. -loadvm starts the guest unless
#            -S is given, and loadvm leaves a running QEMU running and a stopped one stopped, however the guest was when
#            the snapshot was made.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 16M
cat > probe.py <<'EOF'
import subprocess
import time
import qemu
options = ["-M", "q35", "-m", "16", "-drive", "file=disk.qcow2,if=virtio,format=qcow2"]
def status(machine):
    return machine.command("query-status")["return"]["status"]
def monitor(machine, line):
    machine.command("human-monitor-command", **{"command-line": line})

class Running(subprocess.Popen):
    """QEMU without the -S that Machine starts it with."""
    def __init__(self, command):
        super().__init__([part for part in command if part != "-S"])

machine = qemu.Machine(*options)
machine.command("cont")
machine.command("stop")
print("saved by savevm and by migrate:", status(machine))
monitor(machine, "savevm paused")
machine.migrate("exec:cat > paused.mig")
machine.quit()

machine = qemu.Machine(*options)
machine.command("cont")
monitor(machine, "savevm running")
monitor(machine, "loadvm paused")
print("running, loadvm of the paused one:", status(machine))
machine.command("stop")
monitor(machine, "loadvm running")
print("stopped, loadvm of a running one:", status(machine))
machine.quit()

qemu.subprocess.Popen = Running
machine = qemu.Machine(*options, "-loadvm", "paused")
print("-loadvm of the paused one:", status(machine))
machine.quit()
machine = qemu.Machine(*options, "-incoming", "exec:cat paused.mig")
while machine.command("query-migrate")["return"].get("status") != "completed" or status(machine) == "inmigrate":
    time.sleep(0.05)
print("-incoming of the paused one:", status(machine))
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
saved by savevm and by migrate: paused
running, loadvm of the paused one: running
stopped, loadvm of a running one: paused
-loadvm of the paused one: running
-incoming of the paused one: paused
EOF
