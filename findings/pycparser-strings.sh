#!/usr/bin/env bash
# Packages:  python3-pycparser 2.21 and python3-ply 3.11 (Debian 12); the compiler is the system's
# Guess:     strings that stand side by side are one string of the tree, with the value that C gives it; CGenerator writes
#            a program that does the same.
# Behaviour: the texts are put together with their escapes unread. An escape that ended with its string goes on in the
#            next one: "\0" "12" is "\012", a newline, and "\x1b" "c" another byte. The tree has no trace of the two
#            parts, and the program that is written compiles.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages python3-pycparser=2.21-1 python3-ply=3.11-5
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages"

cat > before.c <<'EOF'
int printf(const char *, ...);
const char zero[] = "\0" "12";
const char one[] = "\1" "0";
const char escape[] = "\x1" "b";
const char plain[] = "ab" "cd";
void show(const char *name, const char *bytes, int size)
{
  int i;
  printf("%s:", name);
  for (i = 0; i < size; i++) printf(" %02x", bytes[i] & 0xff);
  printf("\n");
}
int main(void)
{
  show("zero", zero, sizeof zero);
  show("one", one, sizeof one);
  show("escape", escape, sizeof escape);
  show("plain", plain, sizeof plain);
  return 0;
}
EOF
python3 -c 'import pycparser, pycparser.c_generator as g; print(g.CGenerator().visit(pycparser.parse_file("before.c")))' > after.c
for side in before after; do cc -w -o $side $side.c; done
{
  grep '^const char' after.c
  for side in before after; do
    echo "# $side"
    ./$side
  done
} > seen
same seen <<'EOF'
const char zero[] = "\012";
const char one[] = "\10";
const char escape[] = "\x1b";
const char plain[] = "abcd";
# before
zero: 00 31 32 00
one: 01 30 00
escape: 01 62 00
plain: 61 62 63 64 00
# after
zero: 0a 00
one: 08 00
escape: 1b 00
plain: 61 62 63 64 00
EOF
