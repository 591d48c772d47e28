#!/usr/bin/env bash
# Package:   dwarves 1.24 (Debian 12); the compiler is the system's
# Guess:     pahole -C Name shows each struct of that name in a program; two files may have one each.
# Behaviour: it shows the first that it meets, and which that is depends on the order in which the files were linked: a size
#            and offsets of another file's struct, without a word. --sizes lists both, with nothing that tells
#            them apart. pahole on the one object file shows the one that is meant.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages dwarves=1.24-4.1

echo "struct State { int level; } timer;" > timer.c
echo "struct State { char name[16]; long mode; } uart; int main(void) { return 0; }" > uart.c
cc -g -c timer.c uart.c
look() { echo "$1: $(pahole -C State "${2:-$1}" | sed -n 's/^struct \(.*\) {/\1/p; s/.*size: \([0-9]*\),.*/size \1/p' | xargs)"; }
{
  for order in "timer.o uart.o" "uart.o timer.o"; do
    # shellcheck disable=SC2086
    cc -o program $order
    look "$order" program
  done
  echo "--sizes: $(pahole --sizes program | awk '$1 == "State" { print $1, $2 }' | xargs)"
  look uart.o
} > seen
same seen <<'EOF'
timer.o uart.o: State size 4
uart.o timer.o: State size 24
--sizes: State 24 State 4
uart.o: State size 24
EOF
