#!/usr/bin/env bash
# Package:   abigail-tools 2.2 (Debian 12); the compiler is the system's
# Guess:     abidiff, which says of two builds of a library what changed in its types, says that a bit field has another width.
# Behaviour: it does not know widths, only where a member begins. A last bit field (or one with room behind it) that grows
#            or shrinks is no change: nothing is printed, exit 0, with any option. One before others is not named
#            either, only the others, which begin elsewhere. pahole shows the widths of both builds.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages abigail-tools=2.2-2

build() {
  echo "struct Demo { unsigned $2; int rest; }; int use(struct Demo *demo) { return demo->mode + demo->count; }" > "$1.c"
  cc -g -shared -fPIC -o "$1.so" "$1.c"
}
look() {
  local status=0
  build new "$2"
  abidiff --harmless --redundant old.so new.so > found || status=$?
  echo "# $1: exit $status"
  sed -n "s/^ *\('.* offset changed\)/\1/p; s/^ *type of '/type of '/p" found
}
build old "mode:3, count:5"
{
  look "the second grows" "mode:3, count:12"
  look "the second shrinks" "mode:3, count:1"
  look "the first grows" "mode:4, count:5"
  look "the first grows, the second shrinks" "mode:4, count:4"
} > seen
same seen <<'EOF'
# the second grows: exit 0
# the second shrinks: exit 0
# the first grows: exit 4
'unsigned int count' offset changed from 3 to 4 (in bits) (by +1 bits)
# the first grows, the second shrinks: exit 4
'unsigned int count' offset changed from 3 to 4 (in bits) (by +1 bits)
EOF
