#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12); 10.0 does the same
# Guess:     snapshot-save refuses a tag that one of the devices has ("already exists in one or more devices" is its message).
#            If it did not, snapshot-load would go back to what was saved last.
# Behaviour: it refuses only where all of the devices have it. With a disk that came after the first snapshot (or of which the
#            snapshot was deleted) the others get a second one of the same tag, and snapshot-load takes the first that
#            it finds on each: one disk is of the second time, the other of the first, and no error. savevm
#            deletes the older ones.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

cat > probe.py <<'EOF'
import subprocess
import time
from qemu import Machine
def start(*names):
    options = [option for name in names for option in ("-blockdev", f"qcow2,node-name={name},file.driver=file,file.filename={name}.qcow2",
               "-device", f"virtio-blk-pci,drive={name},id=device-{name}")]
    return Machine("-M", "q35", "-m", "16", *options)
def job(command, *names):
    answer = machine.command(command, **{"job-id": "job", "tag": "daily", "vmstate": names[0], "devices": list(names)})
    if "error" in answer:
        return answer["error"]["desc"]
    while (found := machine.command("query-jobs")["return"][0])["status"] != "concluded":
        time.sleep(0.02)
    machine.command("job-dismiss", id="job")
    return found.get("error", "no error")
def monitor(line):
    return machine.command("human-monitor-command", **{"command-line": line})["return"].strip() or "no error"
def fill(byte, *names):
    for name in names:
        monitor(f'qemu-io -d /machine/peripheral/device-{name}/virtio-backend "write -q -P {byte} 0 64k"')
def qemu(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
for how in ("snapshot-save", "savevm"):
    for name in ("old", "new"):
        qemu("qemu-img", "create", "-q", "-f", "qcow2", f"{name}.qcow2", "16M")
    machine = start("old")
    fill(0x11, "old")
    print(f"{how}, one disk:", job("snapshot-save", "old"))
    machine.quit()
    machine = start("old", "new")
    fill(0x22, "old", "new")
    print(f"{how}, two disks:", job("snapshot-save", "old", "new") if how == "snapshot-save" else monitor("savevm daily"))
    fill(0x33, "old", "new")
    print("snapshot-load:", job("snapshot-load", "old", "new"))
    machine.quit()
    for name in ("old", "new"):
        tags = [line.split()[1] for line in qemu("qemu-img", "snapshot", "-l", f"{name}.qcow2").splitlines()[2:]]
        print(f"  {name} has {qemu('qemu-io', '-c', 'read -v 0 1', f'{name}.qcow2').split()[1]}, and the snapshots {', '.join(tags)}")
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
snapshot-save, one disk: no error
snapshot-save, two disks: no error
snapshot-load: no error
  old has 11, and the snapshots daily, daily
  new has 22, and the snapshots daily
savevm, one disk: no error
savevm, two disks: no error
snapshot-load: no error
  old has 22, and the snapshots daily
  new has 22, and the snapshots daily
EOF
