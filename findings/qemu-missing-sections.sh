#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     a stream that lacks a section that the destination has is refused, as one is that has a section too many.
# Behaviour: nothing counts what came. A destination with one more CPU and one more network card completes the load, and
#            runs with a CPU and a card that are in their reset state: no message, no field of query-migrate. Another CPU
#            model is no matter either (its features are not in the stream), while a slip in the name of the memory
#            backend, which the guest cannot see, is refused.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16")
print("source:", machine.migrate("exec:cat > vm.mig"))
machine.quit()
more = (
    "-M q35 -m 16",
    "-M q35 -m 16 -smp 2 -device rtl8139,romfile=",
    "-M q35 -m 16 -cpu max",
    "-M q35 -m 16 -object memory-backend-ram,id=pc.ram,size=16M -machine memory-backend=pc.ram",
    "-M q35 -m 16 -object memory-backend-ram,id=ram,size=16M -machine memory-backend=ram",
)
for options in more:
    machine = Machine(*options.split(), "-incoming", "defer")
    try:
        machine.command("migrate-incoming", uri="exec:cat vm.mig")
        while machine.command("query-migrate")["return"].get("status") != "completed":
            time.sleep(0.05)
        machine.command("cont")
        print(f"{options}: {machine.command('query-status')['return']['status']}, {machine.command('query-migrate')['return']}")
        machine.quit()
    except (OSError, ValueError):
        print(f"{options}: QEMU ends with {machine.process.wait()}")
EOF
python3 probe.py > seen 2> log
grep -v 'has no peer' log | sed 's/^[^:]*: //' >> seen
same seen <<'EOF'
source: completed
-M q35 -m 16: running, {'status': 'completed'}
-M q35 -m 16 -smp 2 -device rtl8139,romfile=: running, {'status': 'completed'}
-M q35 -m 16 -cpu max: running, {'status': 'completed'}
-M q35 -m 16 -object memory-backend-ram,id=pc.ram,size=16M -machine memory-backend=pc.ram: running, {'status': 'completed'}
-M q35 -m 16 -object memory-backend-ram,id=ram,size=16M -machine memory-backend=ram: QEMU ends with 1
Unknown ramblock "pc.ram", cannot accept migration
error while loading state for instance 0x0 of device 'ram'
load of migration failed: Invalid argument
EOF
