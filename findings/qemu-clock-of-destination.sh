#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12)
# Guess:     -rtc base= of the destination says what time it is there; a destination with another clock= is refused, or
#            goes on from the guest's time.
# Behaviour: base= is of no account to a machine that loads a stream, also after a reset. clock= is not in the stream, but says
#            what the times in it are counted by: with clock=vm on one side only the load is completed, and the
#            guest's clock is off by as many years as have passed since 1970.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
import time
from qemu import Machine
def year():
    return 1900 + machine.command("qom-get", path="/machine", property="rtc-time")["return"]["tm_year"]
def load(*options):
    global machine
    machine = Machine("-M", "q35", "-m", "16", *options, "-incoming", "exec:cat stream")
    while (status := machine.command("query-migrate")["return"].get("status")) not in ("completed", "failed"):
        time.sleep(0.05)
    return status
machine = Machine("-M", "q35", "-m", "16", "-rtc", "base=2001-02-03")
print(f"source: {year()}, {machine.migrate('exec:cat > stream')}")
machine.quit()
print(f"-rtc base=2010-01-01: {load('-rtc', 'base=2010-01-01')}, {year()}")
for name in ("system_reset", "cont", "stop"):
    machine.command(name)
print(f"after a reset: {year()}")
machine.quit()
passed = time.gmtime().tm_year - 1970
print(f"-rtc clock=vm: {load('-rtc', 'clock=vm')},", "off by the years since 1970" if abs(2001 - year() - passed) <= 1 else year())
machine.quit()
EOF
python3 probe.py > seen
same seen <<'EOF'
source: 2001, completed
-rtc base=2010-01-01: completed, 2001
after a reset: 2001
-rtc clock=vm: completed, off by the years since 1970
EOF
