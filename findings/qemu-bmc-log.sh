#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     what the guest has written to the simulated BMC (ipmi-bmc-sim) is where the guest goes.
# Behaviour: half of it: the watchdog and the global enables are in the stream, the log of system events is not. The load is
#            completed, and the guest's log is empty.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine
options = ["-M", "q35", "-m", "16", "-device", "ipmi-bmc-sim,id=bmc", "-device", "isa-ipmi-kcs,bmc=bmc"]
data, control = 0xCA2, 0xCA3
def write(port, value):
    machine.command("human-monitor-command", **{"command-line": f"o /b {port} {value}"})
def read(port):
    return int(machine.command("human-monitor-command", **{"command-line": f"i /b {port}"})["return"].split()[-1], 16)
def ask(function, command, *rest):
    """One request over the KCS interface; the bytes of the answer behind its completion code."""
    *message, last = (function << 2, command, *rest)
    for port, value in ((control, 0x61), *((data, byte) for byte in message), (control, 0x62), (data, last)):
        write(port, value)
        if value != last or port == control:
            read(data)
    answer = []
    while read(control) >> 6 == 1:
        answer.append(read(data))
        write(data, 0x68)
    return answer[3:]
def look(name):
    entries = ask(0x0A, 0x40)[1:3]
    print(f"{name}: {int.from_bytes(bytes(entries), 'little')} entries in the log, global enables {ask(0x06, 0x2F)[0]:#x}")
machine = Machine(*options)
look("at the start")
ask(0x0A, 0x44, 0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 1, 1, 1, 1, 1)
ask(0x06, 0x2E, 0x0F)
look("source")
print(machine.migrate("exec:cat > stream"))
machine.quit()
machine = Machine(*options, "-incoming", "exec:cat stream")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
look("destination")
machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
at the start: 0 entries in the log, global enables 0x8
source: 1 entries in the log, global enables 0xf
completed
destination: 0 entries in the log, global enables 0xf
EOF
