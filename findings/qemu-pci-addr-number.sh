#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     addr=10 and {"addr": 10} are the same place on the bus: slot 10; -device takes JSON so that numbers need not be
#            put into strings. And qom-get gives what was set.
# Behaviour: as text it is hexadecimal, slot 16; as a number of JSON, in -device as in device_add, it is slot and function
#            in one, 8 to a slot: 10 is slot 1, function 2. qom-get gives the second form, so that its answer put back as
#            text means another slot, or none.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import json
from qemu import Machine
def look(what, machine):
    place = [f"slot {device['slot']} function {device['function']}" for bus in machine.command("query-pci")["return"]
             for device in bus["devices"] if device["qdev_id"] == "here"]
    value = machine.command("qom-get", path="/machine/peripheral/here", property="addr")["return"]
    print(f"{what}: {place[0]}, qom-get {value}")
    machine.quit()
def start(*options):
    return Machine("-M", "q35", "-m", "16", *options)
look("addr=10", start("-device", "pci-testdev,id=here,addr=10"))
for value in ("10", 10, 16):
    description = json.dumps({"driver": "pci-testdev", "id": "here", "addr": value})
    look(description, start("-device", description))
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
addr=10: slot 16 function 0, qom-get 128
{"driver": "pci-testdev", "id": "here", "addr": "10"}: slot 16 function 0, qom-get 128
{"driver": "pci-testdev", "id": "here", "addr": 10}: slot 1 function 2, qom-get 10
{"driver": "pci-testdev", "id": "here", "addr": 16}: slot 2 function 0, qom-get 16
EOF
