#!/usr/bin/env bash
# Package:   acpica-tools 20200925 (Debian 12)
# Guess:     in a table of revision 1, whose integers have 32 bits, what is too large loses its high digits, and the
#            compiler says so.
# Behaviour: a constant does. A constant that is computed loses them without a word (0xFFFFFFFF + 1 is 0, and is put into
#            the table as Zero), and a string loses its last digits: ToInteger ("0x100000001") is 0x10000000, which the
#            compiler works out like the interpreter. Of a decimal string the same.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages acpica-tools=20200925-8

for revision in 1 2; do
  cat > table.asl <<ASL
DefinitionBlock ("", "DSDT", $revision, "A", "B", 1)
{
  Name (PLAI, 0x100000001)
  Method (SUM) { Return (0xFFFFFFFF + 1) }
  Method (HEX) { Return (ToInteger ("0x100000001")) }
  Method (DECI) { Return (ToInteger ("4294967297")) }
  Method (SHIF) { Return (0x12345678 << 8) }
}
ASL
  echo "# revision $revision"
  iasl table.asl > log 2>&1
  sed -n '/^table.asl/p; /^Warning/p' log | tr -s ' ^'
  for name in PLAI SUM HEX DECI SHIF; do
    acpiexec -b "execute \\$name" table.aml 2> log | sed -n "s/^ *\[Integer\] = /$name /p"
  done
done > seen
same seen <<'EOF'
# revision 1
table.asl 3: Name (PLAI, 0x100000001)
Warning 3038 - ^ Truncating 64-bit constant found in 32-bit table
PLAI 0000000000000001
SUM 0000000000000000
HEX 0000000010000000
DECI 0000000019999999
SHIF 0000000034567800
# revision 2
PLAI 0000000100000001
SUM 0000000100000000
HEX 0000000100000001
DECI 0000000100000001
SHIF 0000001234567800
EOF
