#!/usr/bin/env bash
# Package:   nrf-intel-hex 1.4.0 (npm)
# Guess:     an Intel HEX file has addresses of 32 bits, and what lies at 0x80000000, where the memory of many boards begins
#            (RISC-V's), is read like what lies lower down; what asHexString writes, fromHex reads.
# Behaviour: asHexString writes such a file, as other tools do, and fromHex refuses it: "Address passed to MemoryMap is
#            negative". Below 0x80000000 all is well.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages nrf-intel-hex@1.4.0

cat > probe.mjs <<'EOF'
import MemoryMap from "nrf-intel-hex";
for (const address of [0x7fff0000, 0x80000000]) {
  const text = new MemoryMap([[address, new Uint8Array([1, 2, 3])]]).asHexString();
  let read;
  try {
    read = [...MemoryMap.fromHex(text).keys()].map((key) => `0x${key.toString(16)}`).join(", ");
  } catch (error) {
    read = error.message;
  }
  console.log(`0x${address.toString(16)}: writes ${text.split("\n").join(" ")}, reads ${read}`);
}
EOF
node probe.mjs > seen
same seen <<'EOF'
0x7fff0000: writes :020000047FFF7C :03000000010203F7 :00000001FF, reads 0x7fff0000
0x80000000: writes :0200000480007A :03000000010203F7 :00000001FF, reads Address passed to MemoryMap is negative
EOF
