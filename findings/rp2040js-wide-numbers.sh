#!/usr/bin/env bash
# Package:   rp2040js 1.4.1 (npm)
# Guess:     an emulator that runs MicroPython has ADCS, SBCS and shifts right, as every number of 64 bits is made of them.
# Behaviour: the results are right. V of ADCS and SBCS does not count the carry: where the carry makes or undoes the overflow, a
#            signed comparison of 64 bits comes out the wrong way round. LSRS by a register that is 0 takes C from bit
#            31, and the architecture keeps it; LSLS by more than 32 sets C where it is to be clear.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages rp2040js@1.4.1

cat > probe.cjs <<'EOF'
const { RP2040 } = require("rp2040js");
const chip = new RP2040();
const core = chip.core ?? chip.core0;
const START = 0x20000000;
function run(opcodes, registers, carry = false) {
  opcodes.forEach((opcode, i) => chip.writeUint16(START + 2 * i, opcode));
  registers.forEach((value, i) => { core.registers[i] = value; });
  core.registers[15] = START;
  Object.assign(core, { N: false, Z: false, C: carry, V: false });
  for (const _ of opcodes) core.executeInstruction();
  return { result: core.registers[0] >>> 0, C: core.C, V: core.V, less: core.N !== core.V };
}
const [CMP, SBCS, ADCS, LSLS, LSRS] = [0x4288, 0x4193, 0x4148, 0x4088, 0x40c8];
const hex = (value) => `0x${value.toString(16)}`;

for (const [a, b] of [[0n, 1n], [-1n, 0n], [0n, 0x7fffffff00000001n], [-1n, 0x7fffffffffffffffn], [0x7fffffffffffffffn, 0n]]) {
  const low = (value) => Number(BigInt.asUintN(32, value));
  const { less } = run([CMP, SBCS], [low(a), low(b), low(b >> 32n), low(a >> 32n)]);
  console.log(`${a} < ${b}: ${less}${less === (a < b) ? "" : ", wrong"}`);
}
const sum = run([ADCS], [0x7fffffff, 0], true);
console.log(`ADCS 0x7fffffff + 0 + 1: ${hex(sum.result)}, V ${sum.V}${sum.V ? "" : ", wrong"}`);
const number = 0x80000002;
const carries = {
  LSLS: [LSLS, { 0: true, 1: true, 32: false, 33: false, 63: false }],
  LSRS: [LSRS, { 0: true, 2: true, 32: true, 33: false }],
};
for (const carry of [true, false])
  for (const [name, [opcode, expected]] of Object.entries(carries))
    for (const by of Object.keys(expected).map(Number)) {
      const { result, C } = run([opcode], [number, by], carry);
      const right = C === (by === 0 ? carry : expected[by]);
      console.log(`${name} ${hex(number)} by ${by}, C ${carry}: ${hex(result)}, C ${C}${right ? "" : ", wrong"}`);
    }
process.exit(0);
EOF
node probe.cjs > seen
same seen <<'EOF'
0 < 1: true
-1 < 0: true
0 < 9223372032559808513: false, wrong
-1 < 9223372036854775807: true
9223372036854775807 < 0: false
ADCS 0x7fffffff + 0 + 1: 0x80000000, V false, wrong
LSLS 0x80000002 by 0, C true: 0x80000002, C true
LSLS 0x80000002 by 1, C true: 0x4, C true
LSLS 0x80000002 by 32, C true: 0x0, C false
LSLS 0x80000002 by 33, C true: 0x0, C true, wrong
LSLS 0x80000002 by 63, C true: 0x0, C true, wrong
LSRS 0x80000002 by 0, C true: 0x80000002, C true
LSRS 0x80000002 by 2, C true: 0x20000000, C true
LSRS 0x80000002 by 32, C true: 0x0, C true
LSRS 0x80000002 by 33, C true: 0x0, C false
LSLS 0x80000002 by 0, C false: 0x80000002, C false
LSLS 0x80000002 by 1, C false: 0x4, C true
LSLS 0x80000002 by 32, C false: 0x0, C false
LSLS 0x80000002 by 33, C false: 0x0, C true, wrong
LSLS 0x80000002 by 63, C false: 0x0, C true, wrong
LSRS 0x80000002 by 0, C false: 0x80000002, C true, wrong
LSRS 0x80000002 by 2, C false: 0x20000000, C true
LSRS 0x80000002 by 32, C false: 0x0, C true
LSRS 0x80000002 by 33, C false: 0x0, C false
EOF
