#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     -dump-vmstate says how many bytes a field has in the stream: its size covers an array, or a count stands
#            beside it. And it lists what the machine sends.
# Behaviour: size is one element's and there is no count: an array that grows between two such dumps looks the same in
#            both (10.0 writes num, vmstate-static-checker.py does not look at it). The stream's own description has
#            array_len. And the dump has the tables of the devices of the whole binary, none of the sections that are
#            registered without a device (timer, cpu_common, …).
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import json
import subprocess
from qemu import Machine, description
subprocess.run(["qemu-system-x86_64", "-M", "q35", "-display", "none", "-dump-vmstate", "dump.json"], check=True)
dump = json.load(open("dump.json"))
print("dump, e1000 phy_reg:", *[field for field in dump["e1000"]["Description"]["Fields"] if field["field"] == "phy_reg"])
machine = Machine("-M", "q35", "-m", "16", "-device", "e1000,romfile=")
machine.migrate("exec:cat > vm.mig")
machine.quit()
devices = description("vm.mig")["devices"]
for device in devices:
    if device["name"].endswith("e1000"):
        print("stream, e1000 phy_reg:", *[field for field in device["fields"] if field["name"] == "phy_reg"])
tables = {entry["Description"]["name"] for entry in dump.values() if "Description" in entry}
print("sent, not in the dump:", *[device["name"] for device in devices if device.get("vmsd_name") not in tables])
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
dump, e1000 phy_reg: {'field': 'phy_reg', 'version_id': 0, 'field_exists': False, 'size': 2}
stream, e1000 phy_reg: {'name': 'phy_reg', 'array_len': 32, 'type': 'uint16', 'size': 2}
sent, not in the dump: timer cpu_common cpu apic PCIBUS i2c_bus acpi_build globalstate
EOF
