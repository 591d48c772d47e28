#!/usr/bin/env bash
# Package:   device-tree-compiler 1.6.1 (Debian 12)
# Guess:     an overlay that puts a label of its own on a node of the base, to refer to it, changes nothing in the base but
#            what it says; the node keeps the number (phandle) that the base refers to it by.
# Behaviour: dtc gives the node a number for the label, and fdtoverlay writes it over the node's own. Whatever in the
#            base refers to the node (here interrupt-parent) now refers to a number that no node has; what the overlay
#            brings is right. Nothing is said, exit 0. The label that the base gave (&intc, from its __symbols__) does no harm.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

cat > base.dts <<'EOF'
/dts-v1/;
/ {
	intc: intc { interrupt-controller; #interrupt-cells = <1>; };
	uart { interrupt-parent = <&intc>; interrupts = <4>; };
};
EOF
cat > own.dts <<'EOF'
/dts-v1/;
/plugin/;
&{/} {
	gic: intc { status = "okay"; };
	timer { interrupt-parent = <&gic>; interrupts = <5>; };
};
EOF
cat > base-label.dts <<'EOF'
/dts-v1/;
/plugin/;
&{/} {
	intc { status = "okay"; };
	timer { interrupt-parent = <&intc>; interrupts = <5>; };
};
EOF
dtc -q -@ -O dtb -o base.dtb base.dts
look() {
  echo "$1: intc is $(fdtget "$2" /intc phandle), parent of uart $(fdtget "$2" /uart interrupt-parent), of timer $(fdtget -d none "$2" /timer interrupt-parent)"
}
{
  look base base.dtb 2>&1 | sed 's/, of timer.*//'
  for overlay in base-label own; do
    dtc -q -@ -O dtb -o overlay.dtbo "$overlay.dts"
    fdtoverlay -i base.dtb -o out.dtb overlay.dtbo 2>&1
    look "$overlay" out.dtb
  done
} > seen
same seen <<'EOF'
base: intc is 1, parent of uart 1
base-label: intc is 1, parent of uart 1, of timer 1
own: intc is 2, parent of uart 1, of timer 2
EOF
