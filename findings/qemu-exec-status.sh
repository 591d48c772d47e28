#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     a migration to exec:COMMAND whose command fails has failed.
# Behaviour: QEMU waits for the command's end and does not look at how it ended: where the command has read the
#            stream, the migration is "completed". A compressor, or dd with a large block, that meets a full disk only
#            when it writes its last block is a success. Only a pipe that closes early makes it fail.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import Machine
for command in ("cat > vm.mig", "cat > vm.mig; exit 3", "gzip --best > /dev/full", "dd bs=16M iflag=fullblock of=/dev/full", "exit 3"):
    machine = Machine("-M", "q35", "-m", "16")
    print(f"{command}: {machine.migrate('exec:' + command)}")
    machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
cat > vm.mig: completed
cat > vm.mig; exit 3: completed
gzip --best > /dev/full: completed
dd bs=16M iflag=fullblock of=/dev/full: completed
exit 3: failed
EOF
