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
import socket
import struct
import time
from qemu import Machine
def start(*options):
    machine = Machine("-M", "q35", "-m", "16", "-qtest", "unix:qtest.sock,server=on,wait=off", "-qtest-log", "none", *options)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("qtest.sock")
    channel = connection.makefile("rw")
    def qtest(line):
        channel.write(line + "\n")
        channel.flush()
        return channel.readline()
    def read(key, length):
        qtest(f"outw 0x510 {key}")
        return bytes(int(qtest("inb 0x511").split()[1], 16) for _ in range(length))
    return machine, read
def directory(read):
    count = struct.unpack(">I", read(0x19, 4))[0]
    entries = read(0x19, 4 + 64 * count)[4:]
    return {entries[at + 8 : at + 64].split(b"\0")[0].decode(): struct.unpack(">IH", entries[at : at + 6]) for at in range(0, len(entries), 64)}
names = ("opt/org.example/b", "opt/org.example/c")
items = [option for name in names for option in ("-fw_cfg", f"name={name},string=this is {name[-1]}")]
machine, read = start(*items)
known = directory(read)
print("source:", {name[-1]: read(known[name][1], known[name][0]) for name in names})
print("migrate:", machine.migrate("exec:cat > vm.mig"))
machine.quit()
machine, read = start("-incoming", "defer", "-fw_cfg", "name=opt/org.example/a,string=this is a", *items)
machine.command("migrate-incoming", uri="exec:cat vm.mig")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
print("destination, by the keys of the source:", {name[-1]: read(known[name][1], known[name][0]) for name in names})
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
source: {'b': b'this is b', 'c': b'this is c'}
migrate: completed
destination, by the keys of the source: {'b': b'this is a', 'c': b'this is b'}
EOF
