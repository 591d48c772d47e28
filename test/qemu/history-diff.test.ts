/** Breaks between versions in QEMU's history: found against the version before, gone with the fix; and changes that break nothing. */
import { describe, expect, it } from "vitest";
import { compareTrees, isOptional, type MachineVersion, releaseOf, treeSide } from "../../core/compat";
import { projectOf, treeAt } from "./fixHistory";

interface Case {
  readonly base: string;
  readonly broken?: string;
  readonly sound?: string;
  /** File of the finding. */
  readonly file: string;
  readonly target?: string;
  /** Default: of the release that the base's development started from. */
  readonly machine?: MachineVersion;
}

const cases: readonly Case[] = [
  {
    base: "2e2aa31674444b61e79536a90d63a90572e695c8^",
    broken: "f077f889121c89612eaf0f21e94b97aa110a6910^",
    sound: "f077f889121c89612eaf0f21e94b97aa110a6910",
    file: "hw/scsi/mptsas.c",
  },
  {
    base: "c5f52875b980e54e6bebad6121c76863356e1d7f^",
    broken: "2e323f03bfa323636552b386c982412944ff86ae^",
    sound: "2e323f03bfa323636552b386c982412944ff86ae",
    file: "hw/scsi/scsi-bus.c",
  },
  {
    base: "42ee76fe82093ba914f0dc83d2decbcf68866144^",
    broken: "57338424aa6808c65b85c43ec66f9c88a01c559e^",
    sound: "57338424aa6808c65b85c43ec66f9c88a01c559e",
    file: "hw/ide/pci.c",
  },
  {
    base: "23335f6273518925614f5ed2ccd71dabd07413ca^",
    broken: "23335f6273518925614f5ed2ccd71dabd07413ca",
    file: "hw/scsi/megasas.c",
  },
  {
    base: "c14875b2e1b70b470492a000e0bc0b19978d34a2^",
    broken: "c14875b2e1b70b470492a000e0bc0b19978d34a2",
    file: "hw/misc/imx_ccm.c",
    target: "aarch64",
  },
  {
    base: "a4c0d1deb785611c96a455f65ec032976b00b36f^",
    broken: "e6915b5f3a874a467a9a65f7ec1d6ef8d251a51a^",
    sound: "e6915b5f3a874a467a9a65f7ec1d6ef8d251a51a",
    file: "hw/nvram/fw_cfg.c",
  },
  {
    base: "e68ec2980901c8e7f948f3305770962806c53f0b^",
    broken: "6529f31e0dccadb532c80b36e3efe7aef83f9cad^",
    sound: "6529f31e0dccadb532c80b36e3efe7aef83f9cad",
    file: "target/i386/cpu.c",
  },
  {
    base: "1dd1305e66294d094a00af011a1bcd563171f8ea^",
    broken: "d5da3ef2e24c29ddb92e11a54d705873acb905bf^",
    // into the list of 2.4, though 2.5 was out
    sound: "d5da3ef2e24c29ddb92e11a54d705873acb905bf",
    machine: { major: 2, minor: 4 },
    file: "hw/scsi/vmw_pvscsi.c",
  },
  {
    base: "daa23699031693b434ec263b212f77ba505e353e^",
    broken: "9b54ca0ba781012eeea4237b7c4832ba2ea81d89^",
    file: "hw/ppc/spapr_pci.c",
    target: "ppc64",
  },
  {
    base: "1dc33ed90bf1fe1c2014dffa0d9e863c520d953a",
    broken: "f9f885b78a^",
    sound: "f9f885b78a",
    file: "hw/audio/pcspk.c",
  },
  {
    base: "1dc33ed90bf1fe1c2014dffa0d9e863c520d953a",
    broken: "5c4537bded^",
    sound: "5c4537bded",
    file: "hw/ppc/spapr_pci.c",
    target: "ppc64",
  },
  { base: "3a9cd2a4a1^", broken: "3a9cd2a4a1", file: "hw/net/virtio-net.c" },
  {
    base: "81fb1e646e4da29f8e1639022241323b956b67e4^",
    sound: "81fb1e646e4da29f8e1639022241323b956b67e4",
    file: "hw/i386/intel_iommu.c",
  },
  {
    base: "8dded6de155e8e8c463c4ad7fd2b2106463306da^",
    sound: "8dded6de155e8e8c463c4ad7fd2b2106463306da",
    file: "hw/scsi/esp.c",
  },
  {
    base: "67b38ddfe58cbfb7c9c4a8d8b7efdc3fe7def41f^",
    sound: "67b38ddfe58cbfb7c9c4a8d8b7efdc3fe7def41f",
    file: "hw/net/dp8393x.c",
  },
  {
    base: "c27a5ba94874cb3a29e21b3ad4bd5e504aea93b2^",
    sound: "c27a5ba94874cb3a29e21b3ad4bd5e504aea93b2",
    file: "hw/intc/arm_gic_common.c",
    target: "aarch64",
  },
];

function breaks(base: string, other: string, { file, target, machine: given }: Case): readonly string[] {
  const [old, next] = [treeAt(base), treeAt(other)];
  const machine = given ?? releaseOf(old.read("VERSION"));
  const [before, after] = [projectOf(old, target), projectOf(next, target)];
  const found = compareTrees(treeSide(before, "old", machine), treeSide(after, "new", machine));
  return found
    .filter((finding) => !finding.declared && !isOptional(finding))
    .filter(({ saver, loader }) =>
      [saver, loader].some(
        (place) => (place?.at?.file ?? place?.field?.source?.file ?? place?.description.file) === file,
      ),
    )
    .map(({ message }) => message);
}

describe("history of compatibility", () => {
  it.each(cases)("$base in $file", { timeout: 600_000 }, (each) => {
    if (each.broken !== undefined) expect(breaks(each.base, each.broken, each)).not.toEqual([]);
    if (each.sound !== undefined) expect(breaks(each.base, each.sound, each)).toEqual([]);
  });
});
