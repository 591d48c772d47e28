#!/usr/bin/env bash
# Package:   dwarves 1.24 (Debian 12); the compiler is the system's
# Guess:     what pahole --compile prints ("emit compilable types") has, compiled again, the layout that it was printed from.
# Behaviour: not where packed stands at a union: pahole infers the attribute from gaps that are missing between members, and
#            a union has none, so that it and all behind it grow. A bit field that :0 put into the next unit falls back into the
#            first one, and a packed struct with bit fields behind bytes loses the attribute. It compiles without
#            a word; a plain packed struct is right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages dwarves=1.24-4.1

layout() { pahole -F dwarf -C Demo "$1" 2> log | sed -n 's/.*size: \([0-9]*\), .*/of \1 bytes/p; s/.* last[ ;].*\/\* *\([0-9]*\) .*/last at \1/p' | paste -sd ' '; }
while read -r what; do
  read -r text
  printf '#include <stdint.h>\n%s\nstruct Demo demo;\n' "$text" > before.c
  cc -g -c -o before.o before.c
  cp before.o types.o
  pahole -J types.o
  { pahole -F btf --compile types.o; echo 'struct Demo demo;'; } > after.c
  cc -g -w -c -o after.o after.c
  echo "# $what"
  echo "before: $(layout before.o)"
  echo "after:  $(layout after.o)"
done > seen <<'EOF'
packed struct
struct Demo { uint8_t kind; uint64_t address; uint8_t last; } __attribute__((packed));
packed union
struct Demo { union { uint64_t address; uint8_t bytes[9]; } __attribute__((packed)) u; uint8_t last; };
bit field after :0
struct Demo { int kind : 3; int : 0; uint8_t last; };
packed bit field behind bytes
struct Demo { uint8_t name[3]; uint32_t length : 24; uint8_t last; } __attribute__((packed));
EOF
same seen <<'EOF'
# packed struct
before: last at 9 of 10 bytes
after:  last at 9 of 10 bytes
# packed union
before: last at 9 of 10 bytes
after:  last at 16 of 17 bytes
# bit field after :0
before: last at 4 of 8 bytes
after:  last at 1 of 4 bytes
# packed bit field behind bytes
before: last at 6 of 7 bytes
after:  last at 8 of 12 bytes
EOF
