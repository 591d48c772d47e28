/** Tables that were wrong in QEMU's history: flagged before the fix at the place that it mends, silent after. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../core/check";
import { createProject } from "../../core/project";
import { commitOf, openGitTree } from "../../server/node/gitTree";

interface Case {
  readonly fix: string;
  readonly code: string;
  /** Where the finding stands; the fix may be in another file. */
  readonly file: string;
  readonly target?: string;
  /** The member that it is about, where findings of one cause are one. */
  readonly of?: string;
}

const cases: readonly Case[] = [
  { fix: "0754f9ecef98ad95442f16657df9721dd5682c3a", code: "missing-end-of-list", file: "hw/ide/core.c" },
  {
    fix: "14554b3dccae18ddc58d39654443c8e4551252c9",
    code: "missing-end-of-list",
    file: "hw/misc/macio/pmu.c",
    target: "ppc",
  },
  { fix: "75d663611e81c748522d9cdcb5230bd02db86d05", code: "set-twice", file: "hw/acpi/ich9.c" },
  { fix: "bb426311901776b95b021cece831b69dce4ef5ee", code: "subsection-prefix", file: "hw/timer/mc146818rtc.c" },
  {
    fix: "203beb6f047467a4abfc8267c234393cea3f471c",
    code: "duplicate-subsection",
    file: "target/ppc/machine.c",
    target: "ppc",
  },
  { fix: "f69866ea32f4e1f54bc14e3b4fa3d7e79754a205", code: "nested-in-itself", file: "hw/pxa2xx.c", target: "arm" },
  { fix: "2966b390d0f7cd5e5b971290fcc20685de374228", code: "state-type-mismatch", file: "hw/fdc.c" },
  { fix: "ae6b2c4ed956c17456e70efefe13ad0ab7db31de", code: "opaque-mismatch", file: "hw/cirrus_vga.c" },
  { fix: "b79269b78d0182fa7f4e23b779010145d0b4eaea", code: "pointer-saved", file: "hw/onenand.c" },
  { fix: "4ac8e585c85079f6fd2b2b6da3cb845e3e19459c", code: "field-never-sent", file: "target-i386/machine.c" },
  {
    fix: "6783ecf144c80f526c844cade3bf5593fba9e446",
    code: "name-from-type",
    file: "hw/timer/imx_epit.c",
    target: "arm",
  },
  {
    fix: "c827c06a4dd6c768eeb3aaa6af6cfd29663116af",
    code: "duplicate-section-name",
    file: "hw/block/m25p80.c",
    target: "arm",
  },
  { fix: "9d1530470bba5d8bec4796c0b43b874d5f9ef017", code: "never-registered", file: "hw/usb/hcd-ehci-pci.c" },
  { fix: "9d1530470bba5d8bec4796c0b43b874d5f9ef017", code: "state-type-mismatch", file: "hw/usb/hcd-ehci.c" },
  { fix: "b23db4cd8218345a7ec75a8ff810896ce3a391b1", code: "fixed-instance-id", file: "net/slirp.c" },
  { fix: "d9494b19e3239aaba3eaf85bcdc1ceab3cea3f72", code: "info-size-mismatch", file: "hw/eepro100.c" },
  { fix: "3f1c49e2136fa08ab1ef3183fd55def308829584", code: "count-unchecked", file: "hw/timer/hpet.c" },
  { fix: "ae2158ad6c", code: "count-after-array", file: "hw/ide/ahci.c" },
  { fix: "5f691ff91d", code: "count-unchecked", file: "hw/pci/pcie_aer.c" },
  { fix: "d8d0a0bc7e", code: "index-unchecked", file: "hw/ssi/pl022.c", target: "arm" },
  { fix: "caa881abe0", code: "load-unchecked", file: "hw/arm/pxa2xx.c", target: "arm" },
  { fix: "73d963c0a7", code: "load-unchecked", file: "hw/intc/openpic.c", target: "ppc" },
  { fix: "ead7a57df3", code: "load-unchecked", file: "hw/display/ssd0323.c", target: "arm" },
  { fix: "5193be3be3", code: "load-unchecked", file: "hw/input/tsc210x.c", target: "arm" },
  { fix: "a890a2f913", code: "load-unchecked", file: "hw/virtio/virtio.c" },
  { fix: "eea750a562", code: "load-unchecked", file: "hw/net/virtio-net.c" },
  { fix: "cc45995294", code: "load-unchecked", file: "hw/virtio/virtio.c" },
  { fix: "16a2497bd4", code: "equal-on-state", file: "target-ppc/machine.c", target: "ppc64" },
  { fix: "489c909f09", code: "registered-for-one-machine", file: "hw/s390x/s390-virtio-ccw.c", target: "s390x" },
  { fix: "17cf2c76b6", code: "missing-end-of-list", file: "hw/net/cadence_gem.c", target: "arm" },
  { fix: "ef493d5c29", code: "missing-end-of-list", file: "hw/misc/imx_ccm.c", target: "arm" },
  { fix: "3afca1d6d4", code: "missing-end-of-list", file: "hw/usb/hcd-xhci.c" },
  { fix: "758b71f7a3", code: "missing-end-of-list", file: "hw/arm/smmuv3.c", target: "aarch64" },
  { fix: "0c2adc1753", code: "missing-end-of-list", file: "hw/misc/macio/pmu.c", target: "ppc" },
  { fix: "3cd27b58dd", code: "missing-end-of-list", file: "hw/i2c/microbit_i2c.c", target: "arm" },
  { fix: "acbcd06e5d", code: "missing-end-of-list", file: "hw/core/clock-vmstate.c" },
  { fix: "7534695b40", code: "missing-end-of-list", file: "target/loongarch/machine.c", target: "loongarch64" },
  { fix: "942566ffc1", code: "subsection-prefix", file: "hw/intc/armv7m_nvic.c", target: "arm" },
  { fix: "243a9284a9", code: "subsection-prefix", file: "hw/virtio/virtio-balloon.c" },
  { fix: "72ee08cf4f", code: "field-never-sent", file: "hw/misc/mos6522.c", target: "ppc" },
  { fix: "6b892b2f79", code: "field-never-sent", file: "hw/timer/aspeed_timer.c", target: "arm" },
  { fix: "62a4d87d2e", code: "state-type-mismatch", file: "hw/arm/armv7m.c", target: "arm" },
  { fix: "580399c277", code: "state-type-mismatch", file: "hw/display/macfb.c", target: "m68k" },
  { fix: "8660df5ea2", code: "state-type-mismatch", file: "hw/display/g364fb.c", target: "mips" },
  { fix: "f2e2bc9ca0", code: "never-registered", file: "hw/pci-host/ppce500.c", target: "ppc" },
  { fix: "166fa99996", code: "never-registered", file: "hw/arm/pxa2xx_gpio.c", target: "arm" },
  { fix: "ed657d7117", code: "never-registered", file: "hw/arm/strongarm.c", target: "arm" },
  { fix: "64abb2b6e2", code: "never-registered", file: "hw/intc/xics.c", target: "ppc64" },
  { fix: "136fc6aa2c", code: "nested-in-itself", file: "hw/acpi/generic_event_device.c" },
  { fix: "f6e984443f", code: "instance-id-by-order", file: "hw/intc/apic_common.c" },
  { fix: "c60174e847", code: "index-unchecked", file: "hw/usb/bus.c" },
  { fix: "3c99afc779", code: "index-unchecked", file: "hw/net/vmxnet3.c" },
  { fix: "d2ef4b61fe", code: "count-unchecked", file: "target-arm/machine.c", target: "arm" },
  { fix: "830fc739d0", code: "pointer-saved", file: "hw/dma/pl330.c", target: "arm" },
  { fix: "372e458ebc", code: "pointer-saved", file: "hw/input/stellaris_input.c", target: "arm" },
  { fix: "c1990468d5", code: "version-from-size", file: "hw/watchdog/wdt_i6300esb.c" },
  { fix: "f602d047ac", code: "migrated-twice", file: "hw/char/serial-isa.c" },
  { fix: "5f00679ee9", code: "pointer-saved", file: "hw/sd.c", target: "arm" },
  { fix: "78e9ddd75e", code: "subsection-always-sent", file: "hw/intc/arm_gicv3_common.c", target: "aarch64" },
  { fix: "7b69454a12", code: "subsection-always-sent", file: "target/arm/machine.c", target: "arm" },
  { fix: "39c88f5697", code: "device-without-table", file: "hw/audio/pcspk.c" },
  { fix: "6446a79e10", code: "device-without-table", file: "hw/timer/etraxfs_timer.c", target: "cris" },
  { fix: "802cbcb730", code: "index-unchecked", file: "hw/input/ps2.c" },
  { fix: "f12d048a52", code: "index-unchecked", file: "hw/net/vmxnet3.c" },
  { fix: "a9c380db3b", code: "load-unchecked", file: "hw/sd/ssi-sd.c", target: "arm" },
  { fix: "4b53c2c72c", code: "load-unchecked", file: "hw/virtio/virtio.c" },
  { fix: "432732b5e4", code: "state-not-saved", file: "hw/timer/a9gtimer.c", target: "arm", of: "control" },
  { fix: "aede5d5dfc", code: "device-without-table", file: "hw/s390x/s390-pci-bus.c", target: "s390x" },
  { fix: "6881dd5f19", code: "state-not-saved", file: "hw/usb-uhci.c" },
  { fix: "62271205bc", code: "state-not-saved", file: "hw/isa/piix4.c", of: "rcr" },
  { fix: "c2a0125a83", code: "state-not-saved", file: "hw/ide/macio.c", target: "ppc" },
  { fix: "9f34a35e00", code: "rebuild-missing", file: "hw/char/serial.c" },
  { fix: "032cfe6a79", code: "clock-difference", file: "hw/timer/pl031.c", target: "arm" },
  { fix: "b4912afa5f", code: "save-hook-missing", file: "hw/scsi/scsi-disk.c" },
  { fix: "63181b069b", code: "state-not-saved", file: "hw/intc/riscv_aclint.c", target: "riscv64", of: "time_delta" },
  { fix: "09f89ccc97", code: "rebuild-missing", file: "hw/intc/riscv_aclint.c", target: "riscv64" },
  { fix: "a64508304e", code: "state-not-saved", file: "hw/misc/lasi.c", target: "hppa", of: "rtc_ref" },
  { fix: "eda59b392d", code: "state-not-saved", file: "hw/scsi/esp.c", target: "ppc64", of: "pdma_cb" },
  { fix: "a28fe7e3f6", code: "state-not-saved", file: "hw/input/pckbd.c", of: "outport" },
  { fix: "0b102153e0", code: "state-not-saved", file: "hw/timer/mc146818rtc.c", of: "irq_reinject_on_ack_count" },
  { fix: "aba7432bde", code: "rebuild-missing", file: "hw/display/macfb.c", target: "m68k" },
  { fix: "6b9409ba5f", code: "rebuild-missing", file: "hw/rtc/goldfish_rtc.c", target: "riscv64" },
  { fix: "3521f9cadc", code: "clock-difference", file: "hw/rtc/goldfish_rtc.c", target: "riscv64" },
  { fix: "f46efa9b08", code: "save-changes-state", file: "hw/net/e1000.c" },
  { fix: "7385b275d9", code: "irq-in-post-load", file: "hw/char/serial.c" },
  { fix: "617dff091f", code: "opaque-mismatch", file: "hw/char/exynos4210_uart.c", target: "aarch64" },
  { fix: "e6fa978d83", code: "subsection-always-sent", file: "hw/char/pl011.c", target: "aarch64" },
  { fix: "427e1750a0", code: "device-without-table", file: "hw/mips/gt64xxx_pci.c", target: "mips64" },
  { fix: "f4741402ab", code: "device-without-table", file: "hw/ds1338.c" },
  { fix: "75ca77ec7b", code: "device-without-table", file: "hw/m68k/next-cube.c", target: "m68k" },
  { fix: "dbd3ec548a", code: "device-without-table", file: "hw/intc/sifive_plic.c", target: "riscv64" },
  { fix: "3415bd5863", code: "device-without-table", file: "hw/ppc/pnv_chiptod.c", target: "ppc64" },
  { fix: "abcc2aaa8f", code: "device-without-table", file: "hw/ppc/pnv_core.c", target: "ppc64" },
  { fix: "d1d37ce851", code: "device-without-table", file: "hw/ppc/pnv_adu.c", target: "ppc64" },
  { fix: "39af40b3f4", code: "device-without-table", file: "hw/ppc/pnv_i2c.c", target: "ppc64" },
  { fix: "555fd783ef", code: "device-without-table", file: "hw/ssi/pnv_spi.c", target: "ppc64" },
  { fix: "ffc83d0ffd", code: "device-without-table", file: "hw/ppc/pnv_lpc.c", target: "ppc64" },
];

const repository = process.env["QEMU_HISTORY"];

function findings(revision: string, { code, file, target, of = "" }: Case): number {
  if (repository === undefined) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  const commit = commitOf(repository, revision);
  if (commit === undefined) throw new Error(`${revision} is not in ${repository}`);
  const tree = openGitTree(repository, commit);
  const project = createProject(tree, { target: target ?? "x86_64" });
  for (const path of tree.paths()) project.load(path);
  return diagnoseFile(project, file).filter((finding) => finding.code === code && finding.message.includes(of)).length;
}

describe("history of tables", () => {
  it.each(cases)("$fix: $code in $file", { timeout: 300_000 }, (each) => {
    const before = findings(`${each.fix}^`, each);
    const after = findings(each.fix, each);
    expect(before).toBeGreaterThan(0);
    expect(after).toBeLessThan(before);
  });
});
