#!/usr/bin/env bash
# Package:   clang-tools-14 14.0.6 (Debian 12)
# Guess:     clang-reorder-fields moves a member with what belongs to it, and where it cannot do a file it ends with an
#            error.
# Behaviour: the comments stay where they were, each with another member now, those beside as those above. With one initializer in
#            the file that names fewer members than there are, nothing is changed, with a line about it and exit 0. The code
#            that is changed is right, initializers by place and by name.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages clang-tools-14=1:14.0.6-12 libclang-cpp14=1:14.0.6-12 libllvm14=1:14.0.6-12

cat > whole.c <<'EOF'
struct Queue {
    int count; /* in entries */
    /* guest address */
    long base;
    char size; /* bytes of one */
};
struct Queue one = { 1, 0x1000, 16 };
struct Queue two = { .count = 2, .base = 0x2000, .size = 32 };
EOF
{ cat whole.c; echo 'struct Queue three = { .count = 3 };'; } > part.c
for file in whole part; do
  status=0
  "$here/root/usr/bin/clang-reorder-fields-14" --record-name=Queue --fields-order=base,size,count "$file.c" -- > "$file.out" 2> log || status=$?
  echo "# $file.c: exit $status, $(cmp -s "$file.c" "$file.out" && echo unchanged || echo changed)"
  [ "$file" = part ] || cat "$file.out"
done > seen
same seen <<'EOF'
# whole.c: exit 0, changed
struct Queue {
    long base; /* in entries */
    /* guest address */
    char size;
    int count; /* bytes of one */
};
struct Queue one = { 0x1000, 16, 1 };
struct Queue two = { .base = 0x2000, .size = 32, .count = 2 };
# part.c: exit 0, unchanged
EOF
