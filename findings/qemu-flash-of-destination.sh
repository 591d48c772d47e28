#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     the destination's flash is what its files hold: its own (newer) firmware at the latest after a reset, and a
#            file that is not shared is not touched by a load.
# Behaviour: flash is RAM of the stream. A stopped destination has not written anything yet; with cont it writes the whole
#            of the source's variables over its own file. The firmware of a read-only file is the source's as well, after
#            any number of resets: only a new process reads the file that the command line names.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine
size = 128 * 1024
for name, byte in (("old-firmware", 0x10), ("old-variables", 0x1A), ("new-firmware", 0x20), ("new-variables", 0x2A)):
    open(name, "wb").write(bytes([byte]) * size)
def options(host):
    flash = "if=pflash,format=raw,unit="
    drives = ["-drive", f"{flash}0,readonly=on,file={host}-firmware", "-drive", f"{flash}1,file={host}-variables"]
    return ["-M", "q35", "-m", "16", *drives]
def monitor(line):
    return machine.command("human-monitor-command", **{"command-line": line})["return"]
def look(when):
    flash = monitor(f"xp /1bx {2**32 - size}").split()[-1]
    files = (hex(open(f"new-{name}", "rb").read(1)[0]) for name in ("firmware", "variables"))
    print(f"{when}: firmware in flash {flash}, in the file {next(files)}; variables in the file {next(files)}")
machine = Machine(*options("old"))
print("old host:", machine.migrate("exec:cat > stream"))
machine.quit()
machine = Machine(*options("new"), "-incoming", "exec:cat stream")
while machine.command("query-migrate")["return"].get("status") != "completed":
    time.sleep(0.05)
look("new host, loaded")
for line in ("cont", "stop", "system_reset", "cont", "stop"):
    monitor(line)
look("after cont and a reset")
machine.quit()
machine = Machine(*options("new"))
look("a new process")
machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
old host: completed
new host, loaded: firmware in flash 0x10, in the file 0x20; variables in the file 0x2a
after cont and a reset: firmware in flash 0x10, in the file 0x20; variables in the file 0x1a
a new process: firmware in flash 0x20, in the file 0x20; variables in the file 0x1a
EOF
