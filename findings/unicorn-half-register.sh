#!/usr/bin/env bash
# Package:   python3-unicorn 2.0.1.post1 (Debian 12)
# Guess:     reg_write of EAX in 64-bit mode, or of W0 on ARM64, does what an instruction that writes the register does: the
#            upper half of RAX (X0) is zero then.
# Behaviour: the upper half stays as it was, as if it were AX or AL. What was in the register before, a pointer say, is
#            still half there, and a hook that returns a 32-bit result this way returns another one. An instruction that
#            is emulated clears it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-unicorn=2.0.1.post1-1 libunicorn2=2.0.1.post1-1+b1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
from unicorn import UC_ARCH_ARM64, UC_ARCH_X86, UC_MODE_64, UC_MODE_ARM, Uc
from unicorn.arm64_const import UC_ARM64_REG_W0, UC_ARM64_REG_X0
from unicorn.x86_const import UC_X86_REG_EAX, UC_X86_REG_RAX
for name, arch, mode, code, half, whole in (
    ("EAX", UC_ARCH_X86, UC_MODE_64, "b801000000", UC_X86_REG_EAX, UC_X86_REG_RAX),
    ("W0", UC_ARCH_ARM64, UC_MODE_ARM, "20008052", UC_ARM64_REG_W0, UC_ARM64_REG_X0),
):
    machine = Uc(arch, mode)
    machine.mem_map(0x1000, 0x1000)
    machine.mem_write(0x1000, bytes.fromhex(code))
    machine.reg_write(whole, 0x1122334455667788)
    machine.emu_start(0x1000, 0x1000 + len(code) // 2)
    print(f"mov {name}, 1: {machine.reg_read(whole):#x}")
    machine.reg_write(whole, 0x1122334455667788)
    machine.reg_write(half, 1)
    print(f"reg_write({name}, 1): {machine.reg_read(whole):#x}")
EOF
python3 probe.py > seen
same seen <<'EOF'
mov EAX, 1: 0x1
reg_write(EAX, 1): 0x1122334400000001
mov W0, 1: 0x1
reg_write(W0, 1): 0x1122334400000001
EOF
