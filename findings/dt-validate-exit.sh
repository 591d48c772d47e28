#!/usr/bin/env bash
# Packages:  dt-schema 2022.08.2, device-tree-compiler 1.6.1 (Debian 12)
# Guess:     dt-validate ends with another status than 0 where a tree breaks its schema, and dt-mk-schema where a schema is
#            no schema: a build notices.
# Behaviour: both print what they found and end with 0. A schema with an error is left out of what the trees are held against,
#            so that fewer errors are printed. dt-doc-validate, which looks at the schemas alone, does end with 1.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages dt-schema=2022.08.2-5 device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1 python3-libfdt=1.6.1-4+b1 \
  python3-jsonschema=4.10.3-1 python3-attr=22.2.0-1 python3-pyrsistent=0.18.1-1+b3 python3-rfc3987=1.3.8-2 \
  python3-ruamel.yaml=0.17.21-1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages" PYTHONWARNINGS=ignore

mkdir schemas
schema() {
  cat > "schemas/$1.yaml" <<YAML
%YAML 1.2
---
\$id: http://devicetree.org/schemas/$1.yaml#
\$schema: http://devicetree.org/meta-schemas/core.yaml#
title: $1
maintainers: [A <a@example.org>]
properties:
  compatible:
    const: demo,$1
  reg:
    maxItems: $2
  mode:
    \$ref: /schemas/types.yaml#/definitions/uint32
    maximum: 3
required: [compatible, reg, mode]
additionalProperties: false
YAML
}
cat > tree.dts <<'DTS'
/dts-v1/;
/ {
  #address-cells = <1>;
  #size-cells = <1>;
  uart@0 { compatible = "demo,uart"; reg = <0 4>; mode = <7>; };
  timer@8 { compatible = "demo,timer"; reg = <8 4>; mode = <7>; };
};
DTS
dtc -q -O dtb -o tree.dtb tree.dts
run() {
  status=0
  python3 "$(command -v "$1")" "${@:2}" > log 2>&1 || status=$?
  sed -n "/tree.dtb\|maxItems/s,$here/,,gp" log
  echo "$1 ends with $status"
}
schema uart 1
schema timer 1
{
  run dt-mk-schema -j -o all.json schemas
  run dt-validate -s all.json tree.dtb
  echo "# an error in a schema"
  schema timer one
  run dt-doc-validate schemas/timer.yaml
  run dt-mk-schema -j -o all.json schemas
  run dt-validate -s all.json tree.dtb
} > seen
same seen <<'EOF'
dt-mk-schema ends with 0
tree.dtb: /: 'compatible' is a required property
tree.dtb: /: 'model' is a required property
tree.dtb: uart@0: mode:0:0: 7 is greater than the maximum of 3
tree.dtb: timer@8: mode:0:0: 7 is greater than the maximum of 3
dt-validate ends with 0
# an error in a schema
schemas/timer.yaml: properties:reg:maxItems: 'one' is not of type 'integer'
dt-doc-validate ends with 1
schemas/timer.yaml: ignoring, error in schema: properties: reg: maxItems
dt-mk-schema ends with 0
tree.dtb: /: 'compatible' is a required property
tree.dtb: /: 'model' is a required property
tree.dtb: uart@0: mode:0:0: 7 is greater than the maximum of 3
dt-validate ends with 0
EOF
