#!/usr/bin/env bash
# Package:   qemu-system-x86 7.2 (Debian 12); 10.0 says the same of a rng
# Guess:     the features that x-query-virtio-status names are those that the device has: with one that is called
#            VHOST_USER_F_PROTOCOL_FEATURES it has a vhost-user back end.
# Behaviour: QEMU offers bit 30 with every virtio device on PCI, for another reason (VIRTIO_F_BAD_FEATURE: a driver that acks
#            it is broken). The query's list for a rng gives that bit the name, so that a rng without a back end "supports
#            vhost-user protocol features negotiation"; the list for a balloon has no name for it, and the bit is in a
#            number beside the names, with others.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
qemu_packages qemu-system-x86

cat > probe.py <<'EOF'
from qemu import Machine
machine = Machine("-M", "q35", "-m", "16", "-device", "virtio-rng-pci,id=random", "-device", "virtio-balloon-pci,id=balloon")
for device in ("random", "balloon"):
    path = f"/machine/peripheral/{device}/virtio-backend"
    features = machine.command("x-query-virtio-status", path=path)["return"]["host-features"]
    print(f"{device}: no name for {features.get('unknown-dev-features', 0):#x}")
    print(*[f"  {each}" for each in features["dev-features"]], sep="\n")
machine.quit()
EOF
python3 probe.py > seen 2> log
same seen <<'EOF'
random: no name for 0x10000000000
  VHOST_USER_F_PROTOCOL_FEATURES: Vhost-user protocol features negotiation supported
balloon: no name for 0x10040000000
  VIRTIO_BALLOON_F_PAGE_POISON: Guest page poisoning enabled
  VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available
EOF
