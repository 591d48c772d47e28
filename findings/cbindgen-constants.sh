#!/usr/bin/env bash
# Package:   cbindgen 0.24.3 (Debian 12)
# Guess:     a constant of Rust has its value in the header, and so has a discriminant.
# Behaviour: what stands behind = is written down as C, without its type: !0 as a u32 is ~0, which is -1 and an int, and
#            greater than nothing; 1 << 40 as a u64 is a shift of an int, which a compiler makes 0; a discriminant
#            !0u8 >> 1, 127 in Rust, is -1. With sizeof, an array or a block it is left out, with a warning, at exit 0.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages cbindgen=0.24.3-2+b2

mkdir source
cat > source/lib.rs <<'RUST'
pub const PAGE: u32 = 4096;
pub const ALL: u32 = !0;
pub const LOW: u8 = !1;
pub const BYTE: u8 = 300u32 as u8;
pub const HIGH: u64 = 1 << 40;
pub const SIZE: usize = core::mem::size_of::<u32>();
#[repr(u8)]
pub enum Kind { First = 1 << 3, Half = !0u8 >> 1 }
#[no_mangle]
pub extern "C" fn use_it(_kind: Kind) {}
RUST
cbindgen --lang c source/lib.rs > constants.h 2> warnings
cat > values.c <<'C'
#include <stdio.h>
#include "constants.h"
int main(void) {
  printf("ALL is above 4095: %s, as 64 bits: 0x%llx\n", ALL > 4095 ? "yes" : "no", (unsigned long long)ALL);
  printf("LOW is 254: %s\n", LOW == 254 ? "yes" : "no");
  printf("BYTE is 44: %s\n", BYTE == 44 ? "yes" : "no");
  printf("Half is 127: %s, %d\n", Half == 127 ? "yes" : "no", Half);
}
C
cc -w -o values values.c
{
  sed -n '/^#define/p; /^enum/,/^}/p' constants.h
  ./values
  sed 's/ - .*//' warnings
} > seen
same seen <<'EOF'
#define PAGE 4096
#define ALL ~0
#define LOW ~1
#define BYTE (uint8_t)300u
#define HIGH (1 << 40)
enum Kind {
  First = (1 << 3),
  Half = (~0 >> 1),
};
ALL is above 4095: no, as 64 bits: 0xffffffffffffffff
LOW is 254: no
BYTE is 44: yes
Half is 127: no, -1
WARN: Skip lib::SIZE
EOF
