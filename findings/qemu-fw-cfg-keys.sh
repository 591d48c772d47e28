#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 does the same
# Guess:     a destination that has one more -fw_cfg item than the source offers the guest one more file; the others are
#            what they were, under the keys that the guest has read from the directory.
# Behaviour: the keys are counted up in the order of the names, and are in no stream: the new item takes the key of the file that
#            comes after it. The load is completed, and a guest that reads a file by the key that it knows (Linux asks for
#            the directory once) gets the bytes of another. As many bytes as it asks for: the lengths are not those it knows.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import TestedMachine
def start(*options):
    return TestedMachine("-M", "q35", "-m", "16", *options)
names = ("opt/org.example/b", "opt/org.example/c")
items = [option for name in names for option in ("-fw_cfg", f"name={name},string=this is {name[-1]}")]
machine = start(*items)
known = machine.fw_cfg_files()
def contents():
    return {name[-1]: machine.fw_cfg(*known[name]) for name in names}
print("source:", contents())
print("migrate:", machine.migrate("exec:cat > vm.mig"))
machine.quit()
machine = start("-incoming", "defer", "-fw_cfg", "name=opt/org.example/a,string=this is a", *items)
machine.receive("exec:cat vm.mig")
print("destination, by the keys of the source:", contents())
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
source: {'b': b'this is b', 'c': b'this is c'}
migrate: completed
destination, by the keys of the source: {'b': b'this is a', 'c': b'this is b'}
EOF
