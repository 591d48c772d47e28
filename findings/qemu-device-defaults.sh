#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); device-list-properties of 10.0 does the same
# Guess:     with -M pc-q35-2.8 the defaults that -device virtio-net-pci,help and QMP's device-list-properties show are those
#            that the device gets on this machine.
# Behaviour: they are the newest ones, the same for every machine: the machine type's compat properties are not in them.
#            Only qom-get on a device that was made tells them.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import subprocess
from qemu import Machine
for name in ("pc-q35-7.2", "pc-q35-2.8"):
    machine = Machine("-M", name, "-m", "16", "-device", "virtio-net-pci,id=net,romfile=")
    listed = {each["name"]: each.get("default-value") for each in machine.command("device-list-properties", typename="virtio-net-pci")["return"]}
    options = ["qemu-system-x86_64", "-M", name, "-device", "virtio-net-pci,help"]
    text = subprocess.run(options, capture_output=True, text=True, check=True).stdout
    for property in ("queue_reset", "x-mtu-bypass-backend", "x-pcie-flr-init"):
        line = next(line for line in text.splitlines() if line.strip().startswith(property + "="))
        has = machine.command("qom-get", path="/machine/peripheral/net", property=property)["return"]
        print(f"{name} {property}: help {line[line.index('(default'):]}, device-list-properties {listed[property]}, the device has {has}")
    machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
pc-q35-7.2 queue_reset: help (default: true), device-list-properties True, the device has True
pc-q35-7.2 x-mtu-bypass-backend: help (default: true), device-list-properties True, the device has True
pc-q35-7.2 x-pcie-flr-init: help (default: true), device-list-properties True, the device has True
pc-q35-2.8 queue_reset: help (default: true), device-list-properties True, the device has False
pc-q35-2.8 x-mtu-bypass-backend: help (default: true), device-list-properties True, the device has False
pc-q35-2.8 x-pcie-flr-init: help (default: true), device-list-properties True, the device has False
EOF
