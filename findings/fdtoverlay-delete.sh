#!/usr/bin/env bash
# Package:   device-tree-compiler 1.6.1 (Debian 12)
# Guess:     /delete-property/ and /delete-node/ in an overlay, which dtc compiles, take away from the tree that it is applied
#            to, as they do in a source that includes the other.
# Behaviour: they take away what the overlay itself has said before, which is nothing, and leave nothing in the binary: dtc and
#            fdtoverlay succeed without a word, and the property and the node are still there. What an overlay can do
#            is to set a property to something else (status = "disabled").
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages device-tree-compiler=1.6.1-4+b1

cat > base.dts <<'EOF'
/dts-v1/;
/ {
  bus: bus {
    uart: uart { clock = <1>; status = "okay"; };
    timer { clock = <2>; };
  };
};
EOF
changes='&uart { /delete-property/ clock; status = "disabled"; }; &bus { /delete-node/ timer; };'
{ cat base.dts && echo "$changes"; } > one.dts
echo "/dts-v1/; /plugin/; $changes" > overlay.dts
dtc -@ -o base.dtb base.dts
dtc -@ -o overlay.dtb overlay.dts
dtc -@ -o one.dtb one.dts
fdtoverlay -i base.dtb -o two.dtb overlay.dtb
look() {
  echo "$1: nodes $(fdtget -l "$2" /bus | xargs), properties of uart $(fdtget -p "$2" /bus/uart | grep -v phandle | xargs), status $(fdtget "$2" /bus/uart status)"
}
{
  look "one source" one.dtb
  look "overlay" two.dtb
} > seen
same seen <<'EOF'
one source: nodes uart, properties of uart status, status disabled
overlay: nodes uart timer, properties of uart clock status, status disabled
EOF
