#!/usr/bin/env bash
# Package:   indent 2.2.12 (Debian 12); the compiler is the system's
# Guess:     GNU indent changes white space; what compiled before compiles after, and where it does not know a token it
#            says so.
# Behaviour: it puts a space into tokens that are younger than it: a binary number, 0b101, is "0 b101", and a text with u8 or
#            u in front is a name and a text. It ends with 0 and without a word, and has written over the file. L"…",
#            hexadecimal floating point and suffixes are right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages indent=2.2.12-4+deb12u3

cat > lines <<'EOF'
unsigned mask = 0b101;
unsigned long wide = 0b101ul;
const char *name = u8"name";
const void *wide_name = L"name";
const void *utf16_name = u"name";
double half = 0x1p-1;
float tenth = 1e-1f;
int letter = L'x';
EOF
while read -r line; do
  echo "$line" > demo.c
  cc -w -c -o demo.o demo.c || echo "does not compile before"
  status=0
  indent -linux demo.c 2>&1 || status=$?
  echo "$(cat demo.c): exit $status, $(cc -w -c -o demo.o demo.c 2> log && echo compiles || echo does not compile)"
done < lines > seen
same seen <<'EOF'
unsigned mask = 0 b101;: exit 0, does not compile
unsigned long wide = 0 b101ul;: exit 0, does not compile
const char *name = u8 "name";: exit 0, does not compile
const void *wide_name = L"name";: exit 0, compiles
const void *utf16_name = u "name";: exit 0, does not compile
double half = 0x1p-1;: exit 0, compiles
float tenth = 1e-1f;: exit 0, compiles
int letter = L'x';: exit 0, compiles
EOF
