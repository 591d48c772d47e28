#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 by its source does the same
# Guess:     a number without a unit means the same for the two bandwidths of HMP's migrate_set_parameter:
#            bytes per second, as in QMP.
# Behaviour: it is MiB per second for max-bandwidth and bytes per second for max-postcopy-bandwidth: the same 1000 is
#            1 GB/s for one and 1 kB/s for the other, which is enough to make postcopy stand still. xbzrle-cache-size
#            is in bytes too.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16")
for name, value in (("max-bandwidth", "1000"), ("max-postcopy-bandwidth", "1000"), ("xbzrle-cache-size", "65536")):
    machine.command("human-monitor-command", **{"command-line": f"migrate_set_parameter {name} {value}"})
    print(f"{name} {value} by HMP: {machine.command('query-migrate-parameters')['return'][name]} by QMP")
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
max-bandwidth 1000 by HMP: 1048576000 by QMP
max-postcopy-bandwidth 1000 by HMP: 1000 by QMP
xbzrle-cache-size 65536 by HMP: 65536 by QMP
EOF
