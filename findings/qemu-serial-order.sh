#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     a device's state finds its device by what tells the two apart: the port of a serial line (index=), or its id=.
# Behaviour: devices without a place on a bus (here isa-serial) are numbered in the order of the command line. With the
#            two options in the other order the states are swapped: the load is completed, without a word, and each
#            port has the other's registers. id= is never in a stream.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine, description
first, second = ["-device", "isa-serial,index=0,id=console"], ["-device", "isa-serial,index=1,id=modem"]
scratch = {"ttyS0": 0x3FF, "ttyS1": 0x2FF}  # a register that means nothing to the device
def monitor(machine, line):
    return machine.command("human-monitor-command", **{"command-line": line})["return"].strip()
def look(machine, name):
    print(name, *(f"{port} {monitor(machine, f'i /b {address}').split()[-1]}" for port, address in scratch.items()))
machine = Machine("-M", "q35", "-m", "16", *first, *second)
monitor(machine, f"o /b {scratch['ttyS0']} 0xa0")
monitor(machine, f"o /b {scratch['ttyS1']} 0xa1")
look(machine, "source:")
print(machine.migrate("exec:cat > stream"))
machine.quit()
devices = description("stream")["devices"]
print("sections:", *(f"{each['name']} {each['instance_id']}" for each in devices if each["name"] == "serial"))
for order, options in (("same", first + second), ("other", second + first)):
    machine = Machine("-M", "q35", "-m", "16", *options, "-incoming", "exec:cat stream")
    while (status := machine.command("query-migrate")["return"].get("status")) not in ("completed", "failed"):
        time.sleep(0.05)
    look(machine, f"{order} order, {status}:")
    machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
source: ttyS0 0xa0 ttyS1 0xa1
completed
sections: serial 0 serial 1
same order, completed: ttyS0 0xa0 ttyS1 0xa1
other order, completed: ttyS0 0xa1 ttyS1 0xa0
EOF
