#!/usr/bin/env bash
# Package:   python3-capstone 4.0.2 (Debian 12)
# Guess:     the groups call, return and jump mean the same for every architecture, as the library's common names for them
#            (CS_GRP_CALL, CS_GRP_RET, CS_GRP_JUMP) say: a control flow graph can go by them.
# Behaviour: which of the three an instruction has depends on the architecture. ARM's bl is a call and a jump, ARM64's bl
#            only a jump, MIPS's jal and PowerPC's bl nothing. A return is one on x86, ARM64 and m68k only; pop {pc} is
#            nothing at all. On PowerPC a conditional branch is nothing, on x86 a loop.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-capstone=4.0.2-5 libcapstone4=4.0.2-5
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > probe.py <<'EOF'
import capstone as cs
big = cs.CS_MODE_BIG_ENDIAN
x86, arm, arm64 = (cs.CS_ARCH_X86, cs.CS_MODE_64), (cs.CS_ARCH_ARM, cs.CS_MODE_ARM), (cs.CS_ARCH_ARM64, cs.CS_MODE_ARM)
mips, ppc = (cs.CS_ARCH_MIPS, cs.CS_MODE_MIPS32 | big), (cs.CS_ARCH_PPC, cs.CS_MODE_64 | big)
sparc, m68k = (cs.CS_ARCH_SPARC, big), (cs.CS_ARCH_M68K, cs.CS_MODE_M68K_040 | big)
names = {cs.CS_GRP_CALL: "call", cs.CS_GRP_RET: "return", cs.CS_GRP_JUMP: "jump"}
for what, programs in (
    ("calls", (("x86", x86, "e800000000"), ("ARM", arm, "000000eb"), ("ARM64", arm64, "00000094"), ("MIPS", mips, "0c000000"),
               ("PowerPC", ppc, "48000005"), ("SPARC", sparc, "40000002"), ("m68k", m68k, "61000002"))),
    ("returns", (("x86", x86, "c3"), ("ARM", arm, "1eff2fe1"), ("ARM", arm, "04f09de4"), ("ARM64", arm64, "c0035fd6"),
                 ("MIPS", mips, "03e00008"), ("PowerPC", ppc, "4e800020"), ("SPARC", sparc, "81c3e008"), ("m68k", m68k, "4e75"))),
    ("conditional branches", (("x86", x86, "7500"), ("x86", x86, "e2fe"), ("ARM", arm, "0000000a"), ("ARM64", arm64, "00000054"),
                              ("MIPS", mips, "10220001"), ("PowerPC", ppc, "41820008"), ("m68k", m68k, "6602"))),
):
    print(f"# {what}")
    for name, machine, code in programs:
        disassembler = cs.Cs(*machine)
        disassembler.detail = True
        instruction = next(disassembler.disasm(bytes.fromhex(code), 0x1000))
        groups = [names[group] for group in sorted(instruction.groups) if group in names]
        print(f"{name} {instruction.mnemonic} {instruction.op_str}".rstrip() + f": {', '.join(groups) or 'none'}")
EOF
python3 probe.py > seen
same seen <<'EOF'
# calls
x86 call 0x1005: call
ARM bl #0x1008: jump, call
ARM64 bl #0x1000: jump
MIPS jal 0: none
PowerPC bl 0x1004: none
SPARC call 0x1008: none
m68k bsr.w $1004: jump
# returns
x86 ret: return
ARM bx lr: jump
ARM pop {pc}: none
ARM64 ret: return
MIPS jr $ra: jump
PowerPC blr: none
SPARC retl: none
m68k rts: return
# conditional branches
x86 jne 0x1002: jump
x86 loop 0x1000: none
ARM beq #0x1008: jump
ARM64 b.eq #0x1000: jump
MIPS beq $at, $v0, 0x1008: jump
PowerPC beq 0x1008: none
m68k bne.b $1004: jump
EOF
