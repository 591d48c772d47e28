#!/usr/bin/env bash
# Packages:  qemu-system-x86 and qemu-utils 7.2 (Debian 12); with 10.0 the migration is "completed" as well, and cont is
#            refused with the message that 7.2 prints
# Guess:     where the destination's image already has a persistent bitmap of the name that comes in (because the image was
#            copied with its bitmaps), the migration fails, as it does where the destination was given a bitmap of that
#            name by QMP. Or the bitmap is replaced.
# Behaviour: the migration is "completed", and then the image cannot be opened: the disk has no medium any more, and cont
#            starts the guest without it. One line on stderr says so, no event and no query of the migration does. What
#            comes in under a node name that block-bitmap-mapping does not have is dropped, and the migration is
#            "completed" too.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86 qemu-utils

cat > probe.py <<'EOF'
import subprocess
import time
from qemu import Machine
def fresh(name):
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", name, "16M"], check=True)
def machine_on(image, *options):
    disk = ["-blockdev", f"qcow2,node-name=disk,file.driver=file,file.filename={image}", "-device", "virtio-blk-pci,drive=disk,id=vda"]
    return Machine("-M", "q35", "-m", "16", *disk, *options)
def bitmap(machine):
    machine.command("block-dirty-bitmap-add", node="disk", name="daily", persistent=True)
def load(what, prepare, mapping=None):
    fresh("there.qcow2")
    if prepare == "image":
        subprocess.run(["qemu-img", "bitmap", "--add", "there.qcow2", "daily"], check=True)
    machine = machine_on("there.qcow2", "-incoming", "defer")
    if prepare == "QMP":
        bitmap(machine)
    if mapping is not None:
        machine.command("migrate-set-parameters", **{"block-bitmap-mapping": mapping})
    try:
        machine.command("migrate-incoming", uri="exec:cat vm.mig")
        while (status := machine.command("query-migrate")["return"].get("status")) not in ("completed", "failed"):
            time.sleep(0.05)
        machine.command("cont")
        state = machine.command("query-status")["return"]["status"]
        disk = machine.command("query-block")["return"][0].get("inserted")
        bitmaps = [each["name"] for each in (disk or {}).get("dirty-bitmaps", [])]
        print(f"{what}: {status}, {state}, {'with' if disk else 'without'} disk, bitmaps {bitmaps}")
        machine.quit()
    except (OSError, ValueError):
        print(f"{what}: QEMU ends with {machine.process.wait()}")

fresh("here.qcow2")
machine = machine_on("here.qcow2")
bitmap(machine)
machine.command("migrate-set-capabilities", capabilities=[{"capability": "dirty-bitmaps", "state": True}])
print("source:", machine.migrate("exec:cat > vm.mig"))
machine.quit()
load("a new image", None)
load("the name in the image", "image")
load("the name by QMP", "QMP")
load("not in the mapping", None, [{"node-name": "disk", "alias": "other", "bitmaps": []}])
EOF
python3 probe.py > seen 2> log
grep -o 'Could not reopen.*\|Unknown node alias.*' log >> seen
same seen <<'EOF'
source: completed
a new image: completed, running, with disk, bitmaps ['daily']
the name in the image: completed, running, without disk, bitmaps []
the name by QMP: QEMU ends with 1
not in the mapping: completed, running, with disk, bitmaps []
Could not reopen qcow2 layer: Bitmap already exists: daily
Unknown node alias 'disk'
EOF
