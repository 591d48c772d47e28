/** Command lines that a machine of each release takes and whose state it sends, for crossed migrations. */

export interface Line {
  readonly target: "x86_64" | "aarch64" | "ppc64" | "s390x";
  readonly name: string;
  readonly line: string;
  /** Taken without QEMU_CROSSED=all. */
  readonly isShort: boolean;
}

export function linesOf(target: Line["target"]): readonly Line[] {
  return lines.filter((each) => each.target === target);
}

const line = (target: Line["target"], name: string, text: string): Line => ({
  target,
  name,
  line: text,
  isShort: false,
});

const short = (target: Line["target"], name: string, text: string): Line => ({
  ...line(target, name, text),
  isShort: true,
});

const lines: readonly Line[] = [
  short("x86_64", "q35 bare", "-M pc-q35-10.0 -m 32 -nodefaults"),
  line("x86_64", "pc bare", "-M pc-i440fx-9.2 -m 32 -nodefaults"),
  line("x86_64", "q35 7.2 with defaults", "-M pc-q35-7.2 -m 64"),
  line("x86_64", "pc 7.2 with defaults", "-M pc-i440fx-7.2 -m 64"),
  short(
    "x86_64",
    "pc nets",
    "-M pc-i440fx-8.2 -m 64 -nodefaults -device e1000 -device rtl8139 -device i82557b -device ne2k_pci -device vmxnet3 -device tulip -device pcnet",
  ),
  short(
    "x86_64",
    "q35 vtd",
    "-M pc-q35-9.0,kernel-irqchip=split -m 64 -nodefaults -device intel-iommu,intremap=on -device pcie-root-port,id=rp -device e1000e,bus=rp -device qemu-xhci -device usb-tablet -device virtio-net-pci -device igb",
  ),
  short(
    "x86_64",
    "pc scsi",
    "-M pc-i440fx-10.0 -m 64 -nodefaults -drive file=null-co://,if=none,id=d,format=raw -device lsi53c895a,id=l -device megasas -device mptsas1068 -device pvscsi -device am53c974 -device scsi-hd,drive=d,bus=l.0",
  ),
  line(
    "x86_64",
    "q35 displays",
    "-M pc-q35-10.0 -m 64 -nodefaults -device VGA -device bochs-display -device virtio-gpu-pci -device secondary-vga -device ramfb -device cirrus-vga",
  ),
  line(
    "x86_64",
    "pc two user nets",
    "-M pc-i440fx-10.0 -m 64 -nodefaults -netdev user,id=a -netdev user,id=b -device e1000,netdev=a -device e1000,netdev=b",
  ),
  line(
    "x86_64",
    "q35 ipmi and pvpanic",
    "-M pc-q35-9.1 -m 64 -nodefaults -device ipmi-bmc-sim,id=b -device isa-ipmi-kcs,bmc=b -device pvpanic -device pvpanic-pci -device i6300esb -device vmcoreinfo -device vmgenid",
  ),
  line("x86_64", "q35 cpu max", "-M pc-q35-10.0 -m 64 -nodefaults -cpu max -smp 4"),
  short(
    "x86_64",
    "q35 bridges",
    "-M pc-q35-10.0 -m 64 -nodefaults -device pcie-pci-bridge,id=pb -device rtl8139,bus=pb,addr=1 -device pcie-root-port,id=rp,chassis=4 -device x3130-upstream,id=up,bus=rp -device xio3130-downstream,bus=up,id=dn,chassis=5 -device pxb-pcie,bus_nr=40,id=px -device pcie-root-port,bus=px,id=rpx,chassis=7 -device i82801b11-bridge",
  ),
  line(
    "x86_64",
    "pc serial and parallel",
    "-M pc-i440fx-10.0 -m 64 -nodefaults -chardev null,id=c -chardev null,id=c2 -device isa-serial,chardev=c -device isa-parallel,chardev=c2 -device pci-serial,chardev=c3 -device isa-debugcon,chardev=c4 -device virtio-serial-pci -device virtconsole,chardev=c5 -chardev null,id=c3 -chardev null,id=c4 -chardev null,id=c5",
  ),
  short("aarch64", "virt bare", "-M virt-10.0 -m 64 -nodefaults -cpu cortex-a57"),
  line("aarch64", "virt 7.2", "-M virt-7.2 -m 64 -nodefaults -cpu cortex-a57"),
  line("aarch64", "virt a15", "-M virt-10.0 -m 64 -nodefaults -cpu cortex-a15"),
  short(
    "aarch64",
    "virt gicv3 smmu",
    "-M virt-10.0,gic-version=3,iommu=smmuv3 -m 64 -nodefaults -cpu cortex-a57 -device virtio-net-pci -device pcie-root-port,id=rp -device e1000e,bus=rp",
  ),
  short("aarch64", "virt max", "-M virt-10.0,gic-version=3 -m 64 -nodefaults -cpu max"),
  line("aarch64", "virt el2 el3", "-M virt-9.0,virtualization=on,secure=on -m 64 -nodefaults -cpu cortex-a72"),
  line("aarch64", "virt n1 smp", "-M virt-9.2,gic-version=3 -m 64 -nodefaults -cpu neoverse-n1 -smp 4"),
  line(
    "aarch64",
    "virt usb and gpu",
    "-M virt-10.0 -m 64 -nodefaults -cpu cortex-a53 -device qemu-xhci -device usb-kbd -device usb-tablet -device virtio-gpu-pci -device ramfb",
  ),
  line(
    "aarch64",
    "virt disks",
    "-M virt-10.0 -m 64 -nodefaults -cpu cortex-a57 -drive file=null-co://,if=none,id=d,format=raw -drive file=null-co://,if=none,id=e,format=raw -device virtio-blk-pci,drive=d -device virtio-scsi-pci,id=s -device scsi-hd,drive=e,bus=s.0 -device ich9-ahci -device virtio-balloon-pci",
  ),
  line("aarch64", "virt defaults", "-M virt-10.0 -m 64 -cpu cortex-a57"),
  line("aarch64", "virt mte", "-M virt-10.0,mte=on,gic-version=3 -m 64 -nodefaults -cpu max"),
  line(
    "aarch64",
    "virt mmio",
    "-M virt-8.0 -m 64 -nodefaults -cpu cortex-a57 -device virtio-net-device -device virtio-rng-device -device virtio-serial-device -device virtio-balloon-device",
  ),
  short("ppc64", "pseries bare", "-M pseries-10.0 -m 256 -nodefaults"),
  line("ppc64", "pseries 7.2", "-M pseries-7.2 -m 256 -nodefaults"),
  line("ppc64", "pseries xics", "-M pseries-10.0,ic-mode=xics -m 256 -nodefaults"),
  line("ppc64", "pseries xive", "-M pseries-10.0,ic-mode=xive -m 256 -nodefaults"),
  short("ppc64", "pseries dual smp", "-M pseries-9.2,ic-mode=dual -m 256 -nodefaults -smp 4,threads=2"),
  line(
    "ppc64",
    "pseries vio",
    "-M pseries-10.0 -m 256 -nodefaults -device spapr-vscsi -device spapr-vlan -chardev null,id=c -device spapr-vty,chardev=c",
  ),
  line(
    "ppc64",
    "pseries virtio",
    "-M pseries-9.0 -m 256 -nodefaults -device virtio-net-pci -device virtio-rng-pci -device virtio-balloon-pci -device virtio-scsi-pci -device e1000",
  ),
  short(
    "ppc64",
    "pseries usb",
    "-M pseries-8.2 -m 256 -nodefaults -device qemu-xhci -device usb-kbd -device pci-ohci -device usb-tablet",
  ),
  line("ppc64", "pseries power8", "-M pseries-8.0 -m 256 -nodefaults -cpu power8"),
  line("ppc64", "pseries power10", "-M pseries-10.0 -m 256 -nodefaults -cpu power10"),
  line("ppc64", "pseries defaults", "-M pseries-10.0 -m 256"),
  line(
    "ppc64",
    "pseries phb and rng",
    "-M pseries-10.0 -m 256 -nodefaults -object rng-builtin,id=r -device spapr-pci-host-bridge,index=1,id=ph -device e1000e,bus=ph.0 -device spapr-rng,rng=r -device VGA",
  ),
  short("s390x", "s390 bare", "-M s390-ccw-virtio-10.0 -m 128 -nodefaults"),
  line("s390x", "s390 7.2", "-M s390-ccw-virtio-7.2 -m 128 -nodefaults"),
  short(
    "s390x",
    "s390 net blk",
    "-M s390-ccw-virtio-10.0 -m 128 -nodefaults -drive file=null-co://,if=none,id=d,format=raw -device virtio-net-ccw -device virtio-blk-ccw,drive=d -device virtio-rng-ccw -device virtio-balloon-ccw",
  ),
  short("s390x", "s390 max smp", "-M s390-ccw-virtio-10.0 -m 128 -nodefaults -cpu max -smp 3"),
  line(
    "s390x",
    "s390 console",
    "-M s390-ccw-virtio-9.0 -m 128 -nodefaults -chardev null,id=c -device sclpconsole,chardev=c",
  ),
  line(
    "s390x",
    "s390 diag288",
    "-M s390-ccw-virtio-8.2 -m 128 -nodefaults -device diag288 -device virtio-scsi-ccw,id=s",
  ),
  line(
    "s390x",
    "s390 serial",
    "-M s390-ccw-virtio-8.0 -m 128 -nodefaults -chardev null,id=c -device virtio-serial-ccw -device virtconsole,chardev=c -device virtio-gpu-ccw -device virtio-keyboard-ccw",
  ),
  line(
    "s390x",
    "s390 zpcii",
    "-M s390-ccw-virtio-10.0 -m 128 -nodefaults -cpu qemu -uuid 12345678-1234-1234-1234-123456789abc",
  ),
  line("s390x", "s390 defaults", "-M s390-ccw-virtio-10.0 -m 128"),
  line(
    "s390x",
    "s390 lineconsole",
    "-M s390-ccw-virtio-7.1 -m 128 -nodefaults -chardev null,id=c -device sclplmconsole,chardev=c",
  ),
  line(
    "s390x",
    "s390 virtio-mem none",
    "-M s390-ccw-virtio-10.0 -m 128 -nodefaults -device virtio-tablet-ccw -device virtio-mouse-ccw",
  ),
];
