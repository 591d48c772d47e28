#!/usr/bin/env bash
# Package:   python3-unicorn 2.0.1.post1 (Debian 12)
# Guess:     a hook on memory reads in the PC which instruction it is that writes. On x86 and ARM64 it does.
# Behaviour: on 32-bit ARM it reads where the block began, for each write of the block, unless the machine has a hook on code as
#            well: one that does nothing makes it right. So a program that traces instructions and memory is right, and
#            the faster one that only watches memory names other instructions.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-unicorn=2.0.1.post1-1 libunicorn2=2.0.1.post1-1+b1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
from unicorn import UC_ARCH_ARM, UC_ARCH_ARM64, UC_ARCH_X86, UC_HOOK_CODE, UC_HOOK_MEM_WRITE, UC_MODE_64, UC_MODE_ARM, UC_MODE_THUMB, Uc
from unicorn.arm64_const import UC_ARM64_REG_PC, UC_ARM64_REG_X0
from unicorn.arm_const import UC_ARM_REG_PC, UC_ARM_REG_R0
from unicorn.x86_const import UC_X86_REG_RDI, UC_X86_REG_RIP
# Each program: two instructions that do nothing, a store, another one that does nothing, another store.
for name, arch, mode, code, base, pc in (
    ("x86-64", UC_ARCH_X86, UC_MODE_64, "9090 8907 90 8907", UC_X86_REG_RDI, UC_X86_REG_RIP),
    ("ARM64", UC_ARCH_ARM64, UC_MODE_ARM, "1f2003d5 1f2003d5 010000b9 1f2003d5 010000b9", UC_ARM64_REG_X0, UC_ARM64_REG_PC),
    ("ARM", UC_ARCH_ARM, UC_MODE_ARM, "00f020e3 00f020e3 001080e5 00f020e3 001080e5", UC_ARM_REG_R0, UC_ARM_REG_PC),
    ("Thumb", UC_ARCH_ARM, UC_MODE_THUMB, "00bf 00bf 0160 00bf 0160", UC_ARM_REG_R0, UC_ARM_REG_PC),
):
    code = bytes.fromhex(code)
    for traced in (True, False):
        machine = Uc(arch, mode)
        machine.mem_map(0x1000, 0x2000)
        machine.mem_write(0x1000, code)
        machine.reg_write(base, 0x2000)
        seen = []
        machine.hook_add(UC_HOOK_MEM_WRITE, lambda uc, *rest: seen.append(hex(uc.reg_read(pc))))
        if traced:
            machine.hook_add(UC_HOOK_CODE, lambda *rest: None)
        machine.emu_start(0x1000 | (mode == UC_MODE_THUMB), 0x1000 + len(code))
        print(f"{name}, {'a hook on code too' if traced else 'memory alone'}: written at {', '.join(seen)}")
EOF
python3 probe.py > seen
same seen <<'EOF'
x86-64, a hook on code too: written at 0x1002, 0x1005
x86-64, memory alone: written at 0x1002, 0x1005
ARM64, a hook on code too: written at 0x1008, 0x1010
ARM64, memory alone: written at 0x1008, 0x1010
ARM, a hook on code too: written at 0x1008, 0x1010
ARM, memory alone: written at 0x1000, 0x1000
Thumb, a hook on code too: written at 0x1004, 0x1008
Thumb, memory alone: written at 0x1000, 0x1000
EOF
