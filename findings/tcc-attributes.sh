#!/usr/bin/env bash
# Packages:  tcc 0.9.27 (git of August 2020), libc6-dev 2.36 (Debian 12); the other compiler is the system's
# Guess:     tcc knows packed and aligned, so that a struct has the same layout as with gcc.
# Behaviour: it has where no header of the C library is included: <features.h>, which each of them includes, defines
#            __attribute__ as nothing for a compiler that does not say that it is gcc. From the first #include on packed and
#            aligned are gone, without a warning from -Wall; one header's structs have two layouts in one program. #pragma pack
#            and _Alignas stay.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages tcc=0.9.27+git20200814.62c30a4a-1 libc6-dev=2.36-9+deb12u14

cat > layouts.c <<'C'
#ifdef HEADER
#include <stdint.h>
#endif
struct packed { char a; int b; } __attribute__((packed));
struct member { char a; int b __attribute__((packed)); };
struct aligned { int a; } __attribute__((aligned(32)));
struct own { char a; _Alignas(16) int b; };
#pragma pack(1)
struct pragma { char a; int b; };
#pragma pack()
int printf(const char *format, ...);
int main(void) {
#define SIZE(name) printf("%s %d ", #name, (int)sizeof(struct name));
  SIZE(packed) SIZE(member) SIZE(aligned) SIZE(own) SIZE(pragma)
  return 0;
}
C
usr=$here/root/usr
for header in -DNO_HEADER -DHEADER; do
  cc -w $header -o with-cc layouts.c
  tcc -Wall -B"$usr/lib/x86_64-linux-gnu/tcc" -I"$usr/include/x86_64-linux-gnu" -I"$usr/include" $header -o with-tcc layouts.c
  echo "gcc $header:" $(./with-cc)
  echo "tcc $header:" $(./with-tcc)
done > seen 2>&1
same seen <<'EOF'
gcc -DNO_HEADER: packed 5 member 5 aligned 32 own 32 pragma 5
tcc -DNO_HEADER: packed 5 member 5 aligned 32 own 32 pragma 5
gcc -DHEADER: packed 5 member 5 aligned 32 own 32 pragma 5
tcc -DHEADER: packed 8 member 8 aligned 4 own 32 pragma 5
EOF
