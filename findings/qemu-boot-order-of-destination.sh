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
import socket
import struct
import time
from qemu import Machine
def start(order, first, *options):
    cards = [option for name, slot in (("one", 4), ("two", 5)) for option in
             ("-device", f"virtio-net-pci,id={name},addr={slot},romfile=,bootindex={1 if name == first else 2}")]
    machine = Machine("-M", "q35", "-m", "16", "-boot", f"order={order}", *cards,
                      "-qtest", "unix:qtest.sock,server=on,wait=off", "-qtest-log", "none", *options)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("qtest.sock")
    channel = connection.makefile("rw")
    def qtest(line):
        channel.write(line + "\n")
        channel.flush()
        return channel.readline()
    def look(what):
        qtest("outb 0x70 0x3d")
        device = {1: "a (floppy)", 2: "c (disk)", 3: "d (CD)", 4: "n (network)"}[int(qtest("inb 0x71").split()[1], 16) & 15]
        def read(key, length):
            qtest(f"outw 0x510 {key}")
            return bytes(int(qtest("inb 0x511").split()[1], 16) for _ in range(length))
        count = struct.unpack(">I", read(0x19, 4))[0]
        entries = read(0x19, 4 + 64 * count)[4:]
        for at in range(0, len(entries), 64):
            if entries[at + 8 :].startswith(b"bootorder\0"):
                size, key = struct.unpack(">IH", entries[at : at + 6])
                lines = read(key, size).decode().split("\n")
        print(f"{what}: order {device}, bootindex: slot {lines[0].split('@')[2][0]} first")
    return machine, look
machine, look = start("c", "one")
look("source")
machine.migrate("exec:cat > vm.mig")
machine.quit()
machine, look = start("n", "two", "-incoming", "defer")
look("destination before")
machine.command("migrate-incoming", uri="exec:cat vm.mig")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
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
