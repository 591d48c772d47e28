#!/usr/bin/env bash
# Package:   flatbuffers-compiler 2.0.8 (Debian 12)
# Guess:     flatc --conform OLD NEW, the check of an evolving schema, ends with 1 where the new schema reads old data
#            wrong: a struct, which has no table of its members, must stay as it is.
# Behaviour: of a struct it looks at the offsets of the members that both have. A struct that grows, shrinks or is aligned
#            otherwise, a longer array at its end, another root type and a field that becomes required conform, while the
#            second of two structs in a vector is then read from the wrong place. A changed default, type or order of
#            members is found.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages flatbuffers-compiler=2.0.8+dfsg1-2 libflatbuffers2=2.0.8+dfsg1-2

table='table T { list: [S]; } root_type T;'
conform() {
  echo "$2" > old.fbs
  echo "$3" > new.fbs
  status=0
  flatc --conform old.fbs new.fbs > log 2>&1 || status=$?
  echo "$1: $status$(sed -n 's/.*schemas don.t conform/,/p' log)"
}
{
  conform "changed default" "table T { a: int = 1; }" "table T { a: int = 2; }"
  conform "changed order" "struct S { a: int; b: int; } $table" "struct S { b: int; a: int; } $table"
  conform "other alignment" "struct S { a: byte; } $table" "struct S (force_align: 8) { a: byte; } $table"
  conform "longer array" "struct S { a: [int: 2]; } $table" "struct S { a: [int: 4]; } $table"
  conform "required" "table T { a: string; }" "table T { a: string (required); }"
  conform "other root" "table T { a: int; } root_type T;" "table T { a: int; } table Z { a: string; } root_type Z;"
  conform "grown struct" "struct S { a: int; } $table" "struct S { a: int; b: int; } $table"
  conform "shrunk struct" "struct S { a: int; b: int; } $table" "struct S { a: int; } $table"
  echo '{ "list": [{ "a": 1, "b": 10 }, { "a": 2, "b": 20 }] }' > data.json
  flatc --binary old.fbs data.json
  flatc --json --raw-binary --strict-json new.fbs -- data.bin
  echo "a of the two, read by the new schema:"
  sed -n 's/.*"a": /  /p' data.json
} > seen
same seen <<'EOF'
changed default: 1,: defaults differ for field: a
changed order: 1,: offsets differ for field: b
other alignment: 0
longer array: 0
required: 0
other root: 0
grown struct: 0
shrunk struct: 0
a of the two, read by the new schema:
  1
  10
EOF
