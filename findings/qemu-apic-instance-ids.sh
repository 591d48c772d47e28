#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     the n-th CPU's sections have the instance id n: cpu_common, cpu and apic alike.
# Behaviour: the apic's is its APIC id. With three cores to a socket, ids are given by bit fields and skip: 0, 1, 2,
#            4, 5, 6. A machine with the same number of CPUs and another topology does not read the stream.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import Machine, description
for topology in ("6", "6,sockets=2,cores=3", "6,sockets=1,cores=2,threads=3"):
    machine = Machine("-M", "q35", "-m", "16", "-smp", topology)
    machine.migrate("exec:cat > vm.mig")
    machine.quit()
    devices = description("vm.mig")["devices"]
    for name in ("cpu_common", "apic"):
        print(f"-smp {topology}: {name}", *[device["instance_id"] for device in devices if device["name"] == name])
EOF
python3 probe.py > seen
same seen <<'EOF'
-smp 6: cpu_common 0 1 2 3 4 5
-smp 6: apic 0 1 2 3 4 5
-smp 6,sockets=2,cores=3: cpu_common 0 1 2 3 4 5
-smp 6,sockets=2,cores=3: apic 0 1 2 4 5 6
-smp 6,sockets=1,cores=2,threads=3: cpu_common 0 1 2 3 4 5
-smp 6,sockets=1,cores=2,threads=3: apic 0 1 2 4 5 6
EOF
