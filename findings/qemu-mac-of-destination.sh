#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     a network card's address is state: a destination with another mac= takes the stream's for good, or the load says
#            that the addresses differ.
# Behaviour: it depends on the card. virtio-net has the stream's address until the guest resets, then the command line's. e1000e
#            and vmxnet3 are refused with "Bad config data": the address is in their PCI configuration as well (the
#            device serial number), and the message names the byte's place there, not the address.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import sys
import time
from qemu import Machine
def options(card, mac):
    return ["-M", "q35", "-m", "16", "-netdev", "user,id=net,restrict=on", "-device", f"{card},netdev=net,mac={mac},romfile="]
def address():
    return machine.command("query-rx-filter")["return"][0]["main-mac"]
for card in ("virtio-net-pci", "e1000e", "vmxnet3"):
    machine = Machine(*options(card, "52:54:00:00:00:01"))
    print(f"{card}: {machine.migrate('exec:cat > stream')}", flush=True)
    machine.quit()
    try:
        machine = Machine(*options(card, "52:54:00:00:00:02"), "-incoming", "exec:cat stream")
        while machine.command("query-migrate")["return"].get("status") != "completed":
            time.sleep(0.05)
        print("loaded:", address())
        machine.command("system_reset")
        machine.command("cont")
        machine.command("stop")
        print("after a reset:", address(), flush=True)
        machine.quit()
    except (OSError, ValueError):
        machine.process.wait()
EOF
python3 probe.py > seen 2>&1
sed -i 's/^qemu-system-x86_64: //; s/ read: .*/ …/' seen
same seen <<'EOF'
virtio-net-pci: completed
loaded: 52:54:00:00:00:01
after a reset: 52:54:00:00:00:02
e1000e: completed
get_pci_config_device: Bad config data: i=0x144 …
Failed to load PCIDevice:config
Failed to load e1000e:parent_obj
error while loading state for instance 0x0 of device '0000:00:01.0/e1000e'
load of migration failed: Invalid argument
vmxnet3: completed
get_pci_config_device: Bad config data: i=0x107 …
Failed to load PCIDevice:config
Failed to load vmxnet3:parent_obj
error while loading state for instance 0x0 of device '0000:00:01.0/vmxnet3'
load of migration failed: Invalid argument
EOF
