#!/usr/bin/env bash
# Package:   dwarves 1.24 (Debian 12); the compiler is the system's
# Guess:     codiff shows each struct whose layout or types differ between two builds of a program.
# Behaviour: only those with a tag. Of "typedef struct { … } Name" it says nothing: a member that becomes signed, two that
#            change places go unseen, though pahole -C Name prints the struct. Where the size changes, the structs around it
#            are shown, not it. The names and values of an enum are not compared either. The exit code is 0 in all cases.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages dwarves=1.24-4.1

build() {
  cat > demo.c <<EOF
#include <stdint.h>
enum Mode { $4 };
struct Tagged { $1 };
typedef struct { $2 } Plain;
struct Demo { struct Tagged tagged; Plain plain; enum Mode mode; } demo;
int main(void) { return 0; }
EOF
  cc -g -O0 -o "$3" demo.c
}
look() {
  local status=0
  build "$2" "$3" new "${4:-OFF, ON}"
  codiff -V old new > found || status=$?
  echo "# $1: exit $status"
  grep '^  struct\|from:\|to:' found | sed 's/ *|.*//; s/ \{2,\}/ /g' || true
}
usual="uint32_t count; uint32_t flags;"
build "$usual" "$usual" old "OFF, ON"
{
  look "signed, in the struct with a tag" "int32_t count; uint32_t flags;" "$usual"
  look "signed, in the one without" "$usual" "int32_t count; uint32_t flags;"
  look "places changed, in the one without" "$usual" "uint32_t flags; uint32_t count;"
  look "larger, in the one without" "$usual" "uint64_t count; uint32_t flags;"
  look "values of the enum changed" "$usual" "$usual" "ON, OFF"
} > seen
same seen <<'EOF'
# signed, in the struct with a tag: exit 0
 struct Tagged
 from: uint32_t /* 0( 0) 4( 0) */
 to: int32_t /* 0( 0) 4( 0) */
# signed, in the one without: exit 0
# places changed, in the one without: exit 0
# larger, in the one without: exit 0
 struct Demo
 from: Plain /* 8( 0) 8( 0) */
 to: Plain /* 8( 0) 16( 0) */
 from: enum Mode /* 16( 0) 4( 0) */
 to: enum Mode /* 24( 0) 4( 0) */
# values of the enum changed: exit 0
EOF
