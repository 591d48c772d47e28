/** 7.2 to 10.0 and back on machine types of 7.2: what is said of a section is what the real emulators do with it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createProject } from "../../core/project";
import { compareTrees, type Direction, treeSide, type TreeFinding } from "../../core/compat";
import { memorySource, readStream } from "../../core/wire";
import { openDiskTree } from "../../server/node/tree";
import { migrationEnd, realStream, type Release, startQemu } from "./realQemu";
import { sourceTree } from "./tree";

interface Case {
  readonly name: string;
  readonly target: "x86_64" | "aarch64";
  readonly options: readonly string[];
  /** Section at which the real load stops; undefined: it loads. */
  readonly forwards?: string;
  readonly backwards?: string;
  /** Section that loads with wrong values on the way back. */
  readonly wrong?: string;
}

const pc = ["-M", "pc-i440fx-7.2", "-m", "64"];
const q35 = ["-M", "pc-q35-7.2", "-m", "64"];
const arm = (machine: string, cpu = "cortex-a57") => ["-M", `virt-7.2${machine}`, "-cpu", cpu, "-m", "64"];
const devices = (...names: readonly string[]) => names.flatMap((name) => ["-device", name]);

const cases: readonly Case[] = [
  { name: "pc", target: "x86_64", options: pc },
  { name: "q35", target: "x86_64", options: q35 },
  {
    name: "q35 with an IOMMU and virtio",
    target: "x86_64",
    options: [
      ...["-M", "pc-q35-7.2,kernel-irqchip=split", "-m", "64"],
      ...devices(
        "intel-iommu,intremap=on",
        "virtio-net-pci",
        "virtio-scsi-pci",
        "virtio-rng-pci",
        "virtio-balloon-pci",
      ),
    ],
  },
  {
    name: "q35 with USB",
    target: "x86_64",
    options: [...q35, ...devices("qemu-xhci", "usb-tablet", "ich9-usb-ehci1")],
  },
  { name: "pc with network cards", target: "x86_64", options: [...pc, ...devices("e1000e", "rtl8139", "vmxnet3")] },
  {
    name: "pc with SCSI",
    target: "x86_64",
    options: [...pc, ...devices("lsi53c895a", "megasas", "mptsas1068", "pvscsi")],
  },
  {
    name: "pc with an ESP",
    target: "x86_64",
    options: [...pc, ...devices("am53c974")],
    forwards: "pciespscsi",
    wrong: "pciespscsi",
  },
  { name: "q35 with virtio-gpu", target: "x86_64", options: [...q35, "-vga", "none", ...devices("virtio-gpu-pci")] },
  { name: "virt", target: "aarch64", options: arm(""), forwards: "cpu", backwards: "cpu" },
  {
    name: "virt with a GICv3 and an SMMU",
    target: "aarch64",
    options: [...arm(",gic-version=3,iommu=smmuv3"), ...devices("virtio-net-pci", "pcie-root-port,id=rp")],
    forwards: "cpu",
    backwards: "cpu",
  },
  {
    name: "virt with a CPU of all features",
    target: "aarch64",
    options: arm(",gic-version=3", "max"),
    forwards: "cpu",
    backwards: "arm_gicv3",
  },
  {
    name: "virt with EL2 and EL3",
    target: "aarch64",
    options: arm(",virtualization=on,secure=on"),
    forwards: "cpu",
    backwards: "cpu",
  },
];

const found = new Map<string, readonly TreeFinding[]>();

function findings(target: string): readonly TreeFinding[] {
  const open = (variable: "QEMU_SOURCE_7_2" | "QEMU_SOURCE_10_0") => {
    const tree = openDiskTree(sourceTree(variable));
    const project = createProject(tree, { target });
    for (const path of tree.paths()) project.load(path);
    return treeSide(project, variable, { major: 7, minor: 2 });
  };
  return compareTrees(open("QEMU_SOURCE_7_2"), open("QEMU_SOURCE_10_0"));
}

/** Names of the stream's sections, without the paths of their devices. */
function sectionsOf(bytes: Uint8Array): ReadonlySet<string> {
  const names = new Set<string>();
  for (const event of readStream(memorySource(bytes))) {
    if (event.kind === "section" && event.idstr !== undefined)
      names.add(event.idstr.slice(event.idstr.lastIndexOf("/") + 1));
  }
  return names;
}

/** What the real emulator says where it stops; undefined where it loads the stream. */
async function load(
  release: Release,
  target: string,
  options: readonly string[],
  bytes: Uint8Array,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-load-"));
  const file = join(folder, "stream");
  writeFileSync(file, bytes);
  const qemu = await startQemu(release, target, [...options, "-incoming", "defer"]);
  try {
    await qemu.command("migrate-incoming", { uri: `exec:cat ${file}` }).catch(() => undefined);
    return (await migrationEnd(qemu)) === "completed" ? undefined : qemu.output();
  } finally {
    await qemu.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("7.2 and 10.0", () => {
  beforeAll(() => {
    for (const target of ["x86_64", "aarch64"]) found.set(target, findings(target));
  }, 120_000);

  it.each(cases)("$name", { timeout: 120_000 }, async ({ target, options, forwards, backwards, wrong }) => {
    for (const direction of ["old->new", "new->old"] as const) {
      const [from, to]: readonly [Release, Release] = direction === "old->new" ? ["7.2", "10.0"] : ["10.0", "7.2"];
      const bytes = await realStream(from, target, options);
      const stops = direction === "old->new" ? forwards : backwards;
      const said = await load(to, target, options, bytes);
      if (stops === undefined) expect(said, direction).toBeUndefined();
      else expect(said, direction).toMatch(new RegExp(`(?:/|'|for )${stops}\\b`));
      check(target, direction, sectionsOf(bytes), stops, direction === "new->old" ? wrong : undefined);
    }
  });
});

function check(
  target: string,
  direction: Direction,
  sections: ReadonlySet<string>,
  stops: string | undefined,
  wrong: string | undefined,
): void {
  const own = (found.get(target) ?? []).filter((each) => each.direction === direction && sections.has(each.section));
  const refused = own.filter(({ verdict }) => verdict === "refused");
  const certain = refused.filter((each) => each.certain).map(({ section }) => section);
  expect(certain.filter((section) => section !== stops)).toEqual([]);
  if (stops !== undefined) expect(refused.map(({ section }) => section)).toContain(stops);
  const wrongs = own.filter(({ verdict, certain: sure }) => verdict === "wrong-values" && sure);
  expect([...new Set(wrongs.map(({ section }) => section))]).toEqual(wrong === undefined ? [] : [wrong]);
}
