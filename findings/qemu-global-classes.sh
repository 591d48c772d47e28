#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     -global takes the names that -device takes, and what is said of virtio-net-pci holds for its variant
#            virtio-net-pci-non-transitional, or there is a warning that it was not used.
# Behaviour: -device's short name virtio-net is an invalid class (a warning, and the guest starts without the setting). The
#            variants of virtio-net-pci are its siblings, not its children: the setting misses them, and nothing is said. The
#            abstract virtio-net-pci-base reaches them all, as does virtio-net-device, the device inside of each.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import Machine
for driver in ("virtio-net", "virtio-net-pci", "virtio-net-pci-base", "virtio-net-device"):
    found = []
    for device in ("virtio-net-pci", "virtio-net-pci-non-transitional"):
        machine = Machine("-M", "q35", "-m", "16", "-global", f"{driver}.mac=52:54:00:00:00:77", "-device", f"{device},id=net,romfile=")
        has = machine.command("qom-get", path="/machine/peripheral/net", property="mac")["return"].endswith("77")
        found.append(f"{device} {'has it' if has else 'does not have it'}")
        machine.quit()
    print(f"-global {driver}.mac:", ", ".join(found))
EOF
python3 probe.py > seen 2> log
sed -n 's/^qemu-system-x86_64: //; /has no peer/!p' log | sort -u >> seen
same seen <<'EOF'
-global virtio-net.mac: virtio-net-pci does not have it, virtio-net-pci-non-transitional does not have it
-global virtio-net-pci.mac: virtio-net-pci has it, virtio-net-pci-non-transitional does not have it
-global virtio-net-pci-base.mac: virtio-net-pci has it, virtio-net-pci-non-transitional has it
-global virtio-net-device.mac: virtio-net-pci has it, virtio-net-pci-non-transitional has it
warning: global virtio-net.mac has invalid class name
EOF
