#!/usr/bin/env bash
# Package:   avr8js 0.21.1 (npm)
# Guess:     an emulator that runs real programs has every result and flag as the manual of the instruction set has it.
# Behaviour: the results are right, some flags are not. The half carry of ADD, SUB, CP and NEG is made of bit 0 instead of
#            bit 3, and is wrong for 28672 of 65536 pairs; SBIW, which leaves it alone on an AVR, sets it for each second
#            number; FMULSU sets Z where the product is not zero, and clears it where it is. CBI takes one cycle, on an
#            AVR two, as SBI does.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages avr8js@0.21.1

cat > probe.cjs <<'EOF'
const { CPU, avrInstruction } = require("avr8js");
const program = new Uint16Array(16);
const cpu = new CPU(program);
const [SREG, CARRY, ZERO, HALF] = [0x5f, 1, 2, 0x20];
function run(opcode, a, b) {
  program[0] = opcode;
  cpu.data.set([a, b], 16);
  cpu.data[SREG] = 0;
  cpu.pc = cpu.cycles = 0;
  avrInstruction(cpu);
  return cpu.data[SREG];
}
function wrong(check) {
  let count = 0;
  for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) if (!check(a, b)) count++;
  return count;
}
const borrow = (a, b) => (a & 15) < (b & 15);
const flags = [
  ["ADD, half carry", 0x0f01, HALF, (a, b) => (a & 15) + (b & 15) > 15],
  ["SUB, half carry", 0x1b01, HALF, borrow],
  ["CP, half carry", 0x1701, HALF, borrow],
  ["NEG, half carry", 0x9501, HALF, (a) => borrow(0, a)],
  ["SBIW r30, 1, half carry", 0x9731, HALF, () => false],
  ["ADD, carry", 0x0f01, CARRY, (a, b) => a + b > 255],
  ["FMUL, zero", 0x0309, ZERO, (a, b) => ((a * b * 2) & 0xffff) === 0],
  ["FMULSU, zero", 0x0389, ZERO, (a, b) => (((a << 24) >> 24) * b * 2 & 0xffff) === 0],
];
for (const [name, opcode, flag, expected] of flags) {
  const count = wrong((a, b) => {
    cpu.data.set([a, b], 30);
    return ((run(opcode, a, b) & flag) !== 0) === expected(a, b);
  });
  console.log(`${name}: ${count} of 65536 are wrong`);
}
console.log(`ADD, result: ${wrong((a, b) => (run(0x0f01, a, b), cpu.data[16] === ((a + b) & 255)))} of 65536 are wrong`);
for (const [name, opcode] of [["SBI", 0x9a28], ["CBI", 0x9828]]) {
  run(opcode, 0, 0);
  console.log(`${name}: ${cpu.cycles} cycles`);
}
EOF
node probe.cjs > seen
same seen <<'EOF'
ADD, half carry: 28672 of 65536 are wrong
SUB, half carry: 28672 of 65536 are wrong
CP, half carry: 28672 of 65536 are wrong
NEG, half carry: 28672 of 65536 are wrong
SBIW r30, 1, half carry: 32768 of 65536 are wrong
ADD, carry: 0 of 65536 are wrong
FMUL, zero: 0 of 65536 are wrong
FMULSU, zero: 65536 of 65536 are wrong
ADD, result: 0 of 65536 are wrong
SBI: 2 cycles
CBI: 1 cycles
EOF
