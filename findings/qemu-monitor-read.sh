#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     the monitor's xp looks at a device's registers as a debugger does, and changes nothing; the registers of a
#            stopped machine are the same at every look.
# Behaviour: it reads as the guest does, also in a stopped machine: a register that is cleared by a read (e1000's interrupt
#            causes) is 0 at the second look, and the guest never sees why it was interrupted. pmemsave, a dump of
#            a range, does the same.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import os
from qemu import TestedMachine
base, cause, cause_set = 0xFEBC0000, 0xC0, 0xC8
machine = TestedMachine("-M", "q35", "-m", "16", "-device", "e1000,addr=4,romfile=")
def configure(register, value):
    machine.qtest(f"outl 0xcf8 {0x80000000 | 4 << 11 | register}")
    machine.qtest(f"outl 0xcfc {value}")
def raised():
    machine.qtest(f"writel {base + cause_set} 0x4")
def xp():
    return machine.monitor(f"xp /1wx {base + cause}").split()[-1]
configure(0x10, base)
configure(0x04, 7)
print("status:", machine.command("query-status")["return"]["status"])
raised()
print("xp:", xp())
print("xp again:", xp())
raised()
machine.command("pmemsave", val=base + cause, size=4, filename=os.path.abspath("saved"))
print("pmemsave:", hex(int.from_bytes(open("saved", "rb").read(), "little")))
print("xp after it:", xp())
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
status: prelaunch
xp: 0x00000004
xp again: 0x00000000
pmemsave: 0x4
xp after it: 0x00000000
EOF
