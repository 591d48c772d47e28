#!/usr/bin/env bash
# Package:   coccinelle 1.1.1 (Debian 12)
# Guess:     a pattern with only the first members of a table finds the table, or wants "..." for the rest; what is in the
#            other members does not matter to it.
# Behaviour: a table with a compound literal of a type that is not declared, as (const VMStateField[]) { … }, cannot be
#            parsed and is left out, without a word and with exit 0; headers are not read unless --all-includes says so. In
#            hw/char of QEMU 10.2.2 that leaves 1 of 41 tables. "struct" before the type, or a file of macros that puts it
#            there, helps. What is parsed is found in any order of its members, and "..." is not needed.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages coccinelle=1.1.1.deb-2+b1
export COCCINELLE_HOME="$here/root/usr/lib/coccinelle"

cat > table.cocci <<'EOF'
@@ identifier table; expression text, version; @@
* VMStateDescription table = { .name = text, .version_id = version };
EOF
echo "typedef struct VMStateField VMStateField;" > vmstate.h
echo "#define VMStateField struct VMStateField" > macros.h
look() {
  local status=0
  sed "s/TYPE/$2/" > demo.c <<EOF
$3
static const VMStateDescription vmstate_plain = {
    .minimum_version_id = 1,
    .version_id = 1,
    .name = "plain",
};
static const VMStateDescription vmstate_fields = {
    .name = "fields",
    .version_id = 1,
    .fields = (TYPE[]) {
        VMSTATE_UINT32(ctrl, DemoState),
        VMSTATE_END_OF_LIST()
    },
};
EOF
  spatch --very-quiet --sp-file table.cocci "${@:4}" demo.c > found 2> log || status=$?
  echo "$1: $(sed -n 's/^-.* \(vmstate_[a-z]*\) = {$/\1/p' found | paste -sd ' '), exit $status, $(wc -l < log) lines on stderr"
}
{
  look "a type of a header" "const VMStateField" '#include "vmstate.h"'
  look "the same with --all-includes" "const VMStateField" '#include "vmstate.h"' --all-includes
  look "without const" "VMStateField" ""
  look "with a typedef" "const VMStateField" "typedef struct VMStateField VMStateField;"
  look "with struct" "const struct VMStateField" ""
  look "with a file of macros" "const VMStateField" "" --macro-file macros.h
} > seen
same seen <<'EOF'
a type of a header: vmstate_plain, exit 0, 0 lines on stderr
the same with --all-includes: vmstate_plain vmstate_fields, exit 0, 0 lines on stderr
without const: vmstate_plain, exit 0, 0 lines on stderr
with a typedef: vmstate_plain vmstate_fields, exit 0, 0 lines on stderr
with struct: vmstate_plain vmstate_fields, exit 0, 0 lines on stderr
with a file of macros: vmstate_plain vmstate_fields, exit 0, 0 lines on stderr
EOF
