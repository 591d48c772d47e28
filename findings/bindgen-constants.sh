#!/usr/bin/env bash
# Package:   bindgen 0.60.1 (Debian 12), with libclang 14
# Guess:     a constant that bindgen makes of a macro is the value that the macro has in C.
# Behaviour: what it is, is computed with 64 bits and a sign, whatever the operands' types are: unsigned arithmetic does not
#            wrap, a division of an unsigned number is one of a signed, a character is not. The type is the smallest that
#            the result fits, so that such a constant has a type that C never gave it. Macros with a comparison, a
#            conditional, a cast or sizeof are left out without a word.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages bindgen=0.60.1-2+b2 libclang1-14=1:14.0.6-12 libllvm14=1:14.0.6-12 clang-14=1:14.0.6-12 libclang-common-14-dev=1:14.0.6-12
export LIBCLANG_PATH="$here/root/usr/lib/llvm-14/lib" LD_LIBRARY_PATH="$LD_LIBRARY_PATH:$here/root/usr/lib/llvm-14/lib"

cat > macros.h <<'C'
#define PLAIN 4096
#define ONES 0xffffffff
#define WRAPPED (ONES + 1)
#define SHIFTED (1u << 31 << 1)
#define DIVIDED (-7 / 2u)
#define TOP (1 << 31)
#define LETTER '\xff'
#define INVERTED (~0u)
#define COMPARED (2 > 1)
#define CHOSEN (1 ? 2 : 3)
#define CASTED ((unsigned)1)
#define SIZE sizeof(int)
C
names=$(sed -n 's/^#define \([A-Z]*\) .*/\1/p' macros.h)
{
  echo '#include <stdio.h>'
  echo '#include "macros.h"'
  echo 'int main(void) {'
  for name in $names; do echo "printf(\"$name %lld\\n\", (long long)($name));"; done
  echo '}'
} > values.c
clang-14 -w -o values values.c
bindgen macros.h > macros.rs
./values | while read -r name value; do
  rust=$(sed -n "s/^pub const $name: \(.*\);/\1/p" macros.rs)
  echo "$name: C $value, Rust ${rust:-has none}"
done > seen
same seen <<'EOF'
PLAIN: C 4096, Rust u32 = 4096
ONES: C 4294967295, Rust u32 = 4294967295
WRAPPED: C 0, Rust u64 = 4294967296
SHIFTED: C 0, Rust u64 = 4294967296
DIVIDED: C 2147483644, Rust i32 = -3
TOP: C -2147483648, Rust u32 = 2147483648
LETTER: C -1, Rust u8 = 255u8
INVERTED: C 4294967295, Rust i32 = -1
COMPARED: C 1, Rust has none
CHOSEN: C 2, Rust has none
CASTED: C 1, Rust has none
SIZE: C 4, Rust has none
EOF
