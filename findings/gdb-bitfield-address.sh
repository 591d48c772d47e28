#!/usr/bin/env bash
# Package:   gdb 13.1 (Debian 12); the compiler is the system's
# Guess:     what C refuses for a bit field gdb refuses too: its address, its sizeof. ptype/o opens a member that is a struct,
#            whichever way its type was written.
# Behaviour: &s.b is the address of the storage unit, so that *&s.b is another number than s.b, without a word; sizeof is
#            the unit's. ptype/o opens a member of type "struct Inner" and not one of a typedef, whose holes are not shown.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages gdb=13.1-3

cat > demo.c <<'EOF'
#include <stdint.h>
struct Tagged { uint8_t kind; uint32_t count; };
typedef struct { uint8_t kind; uint32_t count; } Plain;
struct Demo { uint32_t a : 3; uint32_t b : 5; struct Tagged tagged; Plain plain; } s = { .a = 1, .b = 2 };
int main(void) { return 0; }
EOF
cc -g -O0 -o demo demo.c
{
  gdb -nx -batch -ex 'print s.b' -ex 'print *&s.b' -ex 'print sizeof(s.b)' -ex 'print &s.a == &s.b' -ex 'ptype/o struct Demo' demo
} > seen 2> log
same seen <<'EOF'
$1 = 2
$2 = 17
$3 = 4
$4 = 1
/* offset      |    size */  type = struct Demo {
/*      0: 0   |       4 */    uint32_t a : 3;
/*      0: 3   |       4 */    uint32_t b : 5;
/* XXX  3-byte hole      */
/*      4      |       8 */    struct Tagged {
/*      4      |       1 */        uint8_t kind;
/* XXX  3-byte hole      */
/*      8      |       4 */        uint32_t count;

                                   /* total size (bytes):    8 */
                               } tagged;
/*     12      |       8 */    Plain plain;

                               /* total size (bytes):   20 */
                             }
EOF
