#!/usr/bin/env bash
# Package:   acpica-tools 20200925 (Debian 12)
# Guess:     the operators that ASL has from C mean what they mean in C: what is true is 1, x++ has the value of before, and
#            a == b is b == a.
# Behaviour: what is true is all ones: (x < 5) == 1 is false, and 6 & (x == 3) is 6. x++ and x-- have the value of after. A
#            text beside a number is a number, and a hexadecimal one: "10" + 1 is 0x11. A comparison turns the right side into
#            the left one's type, so that 16 == "10" is true and "10" == 16 is false. ToInteger ("10") is ten. The
#            compiler has no warning for any of them.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages acpica-tools=20200925-8

bodies=(
  'Local0 = 3 Return (Local0 < 5)'
  'Local0 = 3 Return ((Local0 < 5) == 1)'
  'Local0 = 3 Return (6 & (Local0 == 3))'
  'Local0 = 3 Return (Local0++)'
  'Local0 = 3 Local1 = Local0-- - 1 Return (Local1)'
  'Local0 = "10" Return (Local0 + 1)'
  'Local0 = 16 Return (Local0 == "10")'
  'Local0 = 16 Return ("10" == Local0)'
  'Local0 = "10" Return (ToInteger (Local0))'
)
{
  echo 'DefinitionBlock ("", "DSDT", 2, "A", "B", 1) {'
  for i in "${!bodies[@]}"; do echo "Method (M00$i) { ${bodies[i]} }"; done
  echo '}'
} > table.asl
{
  iasl table.asl 2> log | sed -n 's/^Compilation successful\. \(.*Warnings\).*/iasl: \1/p'
  for i in "${!bodies[@]}"; do
    value=$(acpiexec -b "execute \\M00$i" table.aml 2> log | sed -n 's/^ *\[Integer\] = 0*\(.\)/0x\1/p')
    echo "${bodies[i]}: $value"
  done
} > seen
same seen <<'EOF'
iasl: 0 Errors, 0 Warnings
Local0 = 3 Return (Local0 < 5): 0xFFFFFFFFFFFFFFFF
Local0 = 3 Return ((Local0 < 5) == 1): 0x0
Local0 = 3 Return (6 & (Local0 == 3)): 0x6
Local0 = 3 Return (Local0++): 0x4
Local0 = 3 Local1 = Local0-- - 1 Return (Local1): 0x1
Local0 = "10" Return (Local0 + 1): 0x11
Local0 = 16 Return (Local0 == "10"): 0xFFFFFFFFFFFFFFFF
Local0 = 16 Return ("10" == Local0): 0x0
Local0 = "10" Return (ToInteger (Local0)): 0xA
EOF
