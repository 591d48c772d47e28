#!/usr/bin/env bash
# Package:   nbdkit 1.32.5 with libnbd-bin 1.14.2 (Debian 12); tar is the system's
# Guess:     the tar filter serves a disk image that lies in an archive, whatever tar wrote it with, or refuses it.
# Behaviour: of an image that was packed with tar --sparse it has the size of the image and reads that many bytes from where
#            its data begin: the blocks without the holes, each at another place, and behind them the files that follow in the
#            archive, as part of the disk. No word about it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages nbdkit=1.32.5-1 libnbd-bin=1.14.2-1 libnbd0=1.14.2-1
modules="$here/root/usr/lib/x86_64-linux-gnu/nbdkit"

truncate -s 1M disk.raw
for block in 0 40 200; do printf 'block %s' $block | dd of=disk.raw bs=4096 seek=$block conv=notrunc status=none; done
head -c 2M /dev/zero | tr '\0' X > notes
tar -cf plain.tar disk.raw notes
for format in gnu pax; do tar --sparse --hole-detection=raw --format=$format -cf $format.tar disk.raw notes; done
for archive in plain gnu pax; do
  # shellcheck disable=SC2016
  nbdkit -U - --filter="$modules/filters/nbdkit-tar-filter.so" "$modules/plugins/nbdkit-file-plugin.so" $archive.tar tar-entry=disk.raw \
    --run 'nbdcopy "$uri" served.raw'
  echo "$archive: $(stat -c %s served.raw) bytes, $(cmp -s disk.raw served.raw && echo the disk || echo another disk), $(tr -dc X < served.raw | wc -c) bytes of the notes"
done > seen
same seen <<'EOF'
plain: 1048576 bytes, the disk, 0 bytes of the notes
gnu: 1048576 bytes, another disk, 1046528 bytes of the notes
pax: 1048576 bytes, another disk, 1044992 bytes of the notes
EOF
