#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     -boot order= and bootindex= of the destination both count from the guest's next reset on: they are options of
#            the machine, and the firmware looks at them anew.
# Behaviour: bootindex does: its list is made by the process that runs. The order lies in the CMOS, which is in the stream, and
#            no reset writes it again: the source's holds for good, and the destination's option is read by nobody. So one
#            guest boots by the one side's list and the other side's order.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import TestedMachine
def start(order, first, *options):
    cards = [option for name, slot in (("one", 4), ("two", 5)) for option in
             ("-device", f"virtio-net-pci,id={name},addr={slot},romfile=,bootindex={1 if name == first else 2}")]
    return TestedMachine("-M", "q35", "-m", "16", "-boot", f"order={order}", *cards, *options)
def look(what):
    machine.qtest("outb 0x70 0x3d")
    number = int(machine.qtest("inb 0x71").split()[1], 16) & 15
    device = {1: "a (floppy)", 2: "c (disk)", 3: "d (CD)", 4: "n (network)"}[number]
    lines = machine.fw_cfg(*machine.fw_cfg_files()["bootorder"]).decode().split("\n")
    print(f"{what}: order {device}, bootindex: slot {lines[0].split('@')[2][0]} first")
machine = start("c", "one")
look("source")
machine.migrate("exec:cat > vm.mig")
machine.quit()
machine = start("n", "two", "-incoming", "defer")
look("destination before")
machine.receive("exec:cat vm.mig")
look("destination after")
machine.channel.write('{"execute": "system_reset"}\n')
machine.channel.flush()
while "RESET" not in machine.channel.readline():
    pass
look("after a reset")
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
source: order c (disk), bootindex: slot 4 first
destination before: order n (network), bootindex: slot 5 first
destination after: order c (disk), bootindex: slot 5 first
after a reset: order c (disk), bootindex: slot 5 first
EOF
