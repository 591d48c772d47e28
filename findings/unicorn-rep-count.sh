#!/usr/bin/env bash
# Package:   python3-unicorn 2.0.1.post1 (Debian 12)
# Guess:     emu_start(count=n) ends after n instructions, and a hook on code is called once for each: rep stosb is one
#            instruction.
# Behaviour: each repetition counts: count=2 stops inside of it. The hook is called once more
#            than it repeats: eleven times for ten. So where a run by count ends, and how many instructions a trace has,
#            depends on lengths in the data.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-unicorn=2.0.1.post1-1 libunicorn2=2.0.1.post1-1+b1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
from unicorn import UC_ARCH_X86, UC_HOOK_CODE, UC_MODE_64, Uc
from unicorn.x86_const import UC_X86_REG_RCX, UC_X86_REG_RDI, UC_X86_REG_RIP
code = bytes.fromhex("f3aa 90 90 90")  # rep stosb, then three that do nothing
for repeats in (0, 1, 3, 10):
    for count in (2, 0):
        machine = Uc(UC_ARCH_X86, UC_MODE_64)
        machine.mem_map(0x1000, 0x2000)
        machine.mem_write(0x1000, code)
        machine.reg_write(UC_X86_REG_RDI, 0x2000)
        machine.reg_write(UC_X86_REG_RCX, repeats)
        seen = []
        if count == 0:
            machine.hook_add(UC_HOOK_CODE, lambda uc, address, *rest: seen.append(address))
        machine.emu_start(0x1000, 0x1000 + len(code), count=count)
        if count == 0:
            print(f"rcx {repeats}, to the end: rep stosb was seen {seen.count(0x1000)} times, each other one {seen.count(0x1002)}")
        else:
            print(f"rcx {repeats}, count=2: stops at {machine.reg_read(UC_X86_REG_RIP):#x} with rcx {machine.reg_read(UC_X86_REG_RCX)}")
EOF
python3 probe.py > seen
same seen <<'EOF'
rcx 0, count=2: stops at 0x1003 with rcx 0
rcx 0, to the end: rep stosb was seen 1 times, each other one 1
rcx 1, count=2: stops at 0x1002 with rcx 0
rcx 1, to the end: rep stosb was seen 2 times, each other one 1
rcx 3, count=2: stops at 0x1000 with rcx 1
rcx 3, to the end: rep stosb was seen 4 times, each other one 1
rcx 10, count=2: stops at 0x1000 with rcx 8
rcx 10, to the end: rep stosb was seen 11 times, each other one 1
EOF
