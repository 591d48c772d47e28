#!/usr/bin/env bash
# Packages:  gdb 13.1, qemu-system-x86 and qemu-utils 7.2 (Debian 12)
# Guess:     after "monitor loadvm" gdb shows the registers of the state that was loaded: it knows that
#            a command of the monitor may change everything.
# Behaviour: it does not: it goes on showing the registers that it read at the last stop, until the next stop, a register
#            that is set or "maint flush register-cache". Who looks at a guest right after loadvm sees the one before.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages gdb=13.1-3
qemu_packages qemu-system-x86 qemu-utils

qemu-img create -q -f qcow2 disk.qcow2 1M
cat > probe.py <<'EOF'
import subprocess
from qemu import Machine
disk, gdb = "if=none,id=disk,file=disk.qcow2", "unix:gdb.sock,server=on,wait=off"
machine = Machine("-M", "q35", "-m", "16", "-drive", disk, "-gdb", gdb)
show = [r'printf "gdb: %#x\n", $pc', "monitor info registers"]
steps = []
flush = "maint flush register-cache"
for step in ("monitor savevm here", "stepi 6", "monitor loadvm here", flush, "stepi 3", "monitor loadvm here", "set $ebx = 0x1234"):
    steps += [f"echo # {step}\\n", step, *show]
commands = ["set confirm off", "target remote gdb.sock", *steps]
words = ["gdb", "-nx", "-batch"] + [word for command in commands for word in ("-ex", command)]
for line in subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.splitlines():
    if line.startswith(("#", "gdb:")):
        print(line)
    registers = dict(word.split("=", 1) for word in line.split() if "=" in word)
    if "EIP" in registers:
        print(f"QEMU: {int(registers['EIP'], 16):#x}")
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
# monitor savevm here
gdb: 0xfff0
QEMU: 0xfff0
# stepi 6
gdb: 0xe070
QEMU: 0xe070
# monitor loadvm here
gdb: 0xe070
QEMU: 0xfff0
# maint flush register-cache
gdb: 0xfff0
QEMU: 0xfff0
# stepi 3
gdb: 0xe066
QEMU: 0xe066
# monitor loadvm here
gdb: 0xe066
QEMU: 0xfff0
# set $ebx = 0x1234
gdb: 0xfff0
QEMU: 0xfff0
EOF
