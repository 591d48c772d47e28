#!/usr/bin/env bash
# Packages:  u-boot-tools 2023.01, device-tree-compiler 1.6.1 (Debian 12)
# Guess:     dumpimage -l, which prints an image's checksums, says when the data has another one, and what it takes out of the
#            image is checked, as U-Boot checks it before it boots.
# Behaviour: of a FIT it prints the hash that is written there, takes the changed data out, and ends with 0. An image of the
#            older kind whose data has changed is no such image any more: -l tries the other kinds and finds one ("GP Header",
#            with sizes out of the text), at exit 0; only to take data out of it fails. A changed name in its header
#            does the same. mkimage -l is the same program.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages u-boot-tools=2023.01+dfsg-2+deb12u3 device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1
export SOURCE_DATE_EPOCH=1000000000

seq 1000 > kernel
options=(-A arm64 -O linux -T kernel -C none -a 0 -e 0 -n demo -d kernel)
mkimage -f auto "${options[@]}" fit > log 2>&1
mkimage "${options[@]}" legacy > log 2>&1
look() {
  echo "# $1"
  status=0
  dumpimage -l "$1" > list 2>&1 || status=$?
  sed -n '/Hash value\|Verif\|Image Name\|GP Header/s/^ */  /p' list
  echo "-l ends with $status"
  status=0
  dumpimage "${@:2}" -p 0 -o out "$1" > log 2>&1 || status=$?
  echo "-o ends with $status: $(cmp -s out kernel && echo "the kernel" || echo "not the kernel")"
  rm -f out
}
{
  look fit -T flat_dt
  look legacy -T kernel
  sed 's/^500$/599/' fit > fit-changed
  look fit-changed -T flat_dt
  sed 's/^500$/599/' legacy > legacy-changed
  look legacy-changed -T kernel
} > seen
same seen <<'EOF'
# fit
  Hash value:   8dc4565d
-l ends with 0
-o ends with 0: the kernel
# legacy
  Image Name:   demo
-l ends with 0
-o ends with 0: the kernel
# fit-changed
  Hash value:   8dc4565d
-l ends with 0
-o ends with 0: not the kernel
# legacy-changed
  GP Header: Size 27051956 LoadAddr 518b7525
-l ends with 0
-o ends with 255: not the kernel
EOF
