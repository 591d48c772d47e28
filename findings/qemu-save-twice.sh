#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     a machine that is stopped and was saved to a file can be saved to another one.
# Behaviour: not before it has run: a guest that never ran (-S) is "paused due to previous migration" after its first
#            save. cont and stop make it possible, at the price of a guest that has gone on. A QEMU that has just
#            loaded the first file, stopped, saves it again at once.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16")
print("first:", machine.migrate("exec:cat > first.mig"))
print("second:", machine.migrate("exec:cat > second.mig"))
machine.command("cont")
machine.command("stop")
print("after cont and stop:", machine.migrate("exec:cat > third.mig"))
machine.quit()
machine = Machine("-M", "q35", "-m", "16", "-incoming", "exec:cat first.mig")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
print("of the one that loaded the first:", machine.migrate("exec:cat > fourth.mig"))
machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
first: completed
second: Can't migrate the vm that was paused due to previous migration
after cont and stop: completed
of the one that loaded the first: completed
EOF
