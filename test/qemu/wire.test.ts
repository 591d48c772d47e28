import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectDecoder } from "../../cli/inspectTree";
import { createProject } from "../../core/project";
import { ByteWriter, memorySource, saveDescription, type VmdescStyle, VmdescWriter } from "../../core/wire";
import { analyzeDesc, analyzeStateText } from "../../core/wire/inspect/analyzeStream";
import type { DefinitionDecoder } from "../../core/putcode/definitions";
import { rewriteStream } from "../../core/wire/inspect/edit";
import { type Inspection, inspectStream } from "../../core/wire/inspect/inspect";
import { openDiskTree } from "../../server/node/tree";
import { saverOf } from "../../core/emulator/migration/saver";
import { realStream } from "./realQemu";
import { optionalRelease, sourceTree } from "./tree";

const disk = (id: string) => ["-drive", `file=null-co://,if=none,id=${id},format=raw`];
const devices = (...names: readonly string[]) => names.flatMap((name) => ["-device", name]);
const plain = (machine: string, ...more: readonly string[]) => ["-nodefaults", "-M", machine, ...more];

/** Firmware of nothing: not every release takes an empty file. */
const folder = mkdtempSync(join(tmpdir(), "vmstate-firmware-"));
const firmware = join(folder, "firmware");
writeFileSync(firmware, new Uint8Array(4096));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const targets = ["x86_64", "aarch64", "mips", "sparc", "ppc64"] as const;

/** Command lines of machines that both releases have. */
const machines: Readonly<Record<(typeof targets)[number], Readonly<Record<string, readonly string[]>>>> = {
  x86_64: {
    "pc with network cards": plain(
      "pc",
      "-m",
      "16",
      ...devices("e1000", "rtl8139", "i82557b", "ne2k_pci", "vmxnet3", "tulip"),
    ),
    "pc with older cards": plain(
      "pc",
      "-m",
      "16",
      ...devices("pcnet", "am53c974", "dc390", "cirrus-vga", "ich9-usb-uhci1", "usb-ehci", "i6300esb", "pci-serial"),
    ),
    "pc with virtio": plain(
      "pc",
      "-m",
      "32",
      ...disk("d"),
      "-chardev",
      "null,id=c",
      ...devices(
        "virtio-net-pci",
        "virtio-rng-pci",
        "virtio-balloon-pci",
        "virtio-serial-pci",
        "virtconsole,chardev=c",
      ),
      ...devices("virtio-keyboard-pci", "virtio-gpu-pci", "virtio-blk-pci,drive=d", "virtio-scsi-pci"),
    ),
    "pc with a uuid": plain("pc", "-m", "16", "-uuid", "12345678-1234-1234-1234-123456789abc", ...devices("VGA")),
    isapc: plain("isapc", "-m", "16", ...devices("isa-vga", "ne2k_isa")),
    microvm: plain("microvm", "-m", "64", ...disk("d"), ...devices("virtio-rng-device", "virtio-blk-device,drive=d")),
    "q35 with VT-d": plain(
      "q35",
      "-m",
      "32",
      ...devices(
        "intel-iommu,intremap=on",
        "pcie-root-port,id=rp",
        "e1000e,bus=rp",
        "virtio-net-pci",
        "qemu-xhci",
        "usb-tablet",
      ),
    ),
    "q35 with disks": plain(
      "q35",
      "-m",
      "32",
      "-smp",
      "2",
      ...disk("d1"),
      ...disk("d2"),
      ...disk("d3"),
      ...devices("ide-hd,drive=d1,bus=ide.0", "nec-usb-xhci,id=x", "usb-storage,drive=d2", "virtio-scsi-pci,id=s"),
      ...devices("scsi-hd,drive=d3,bus=s.0", "lsi53c895a", "sdhci-pci", "megasas"),
    ),
    "q35 with four CPUs": plain(
      "q35",
      "-m",
      "32",
      "-smp",
      "4",
      ...devices("virtio-balloon-pci", "bochs-display", "pvpanic"),
    ),
    "q35 with sound": plain(
      "q35",
      "-m",
      "64",
      "-audiodev",
      "none,id=a",
      ...devices("intel-hda,id=h", "hda-duplex,bus=h.0,audiodev=a", "ES1370,audiodev=a", "AC97,audiodev=a"),
      ...devices("sb16,audiodev=a", "gus,audiodev=a", "cs4231a,audiodev=a"),
    ),
    "q35 with an IPMI controller": plain(
      "q35",
      "-m",
      "64",
      ...devices("ipmi-bmc-sim,id=b", "isa-ipmi-kcs,bmc=b", "edu", "virtio-iommu-pci"),
    ),
    "q35 with bridges": plain(
      "q35",
      "-m",
      "32",
      "-cpu",
      "max",
      ...devices(
        "pcie-pci-bridge,id=pb",
        "rtl8139,bus=pb,addr=1",
        "pcie-root-port,id=rp,chassis=4",
        "x3130-upstream,id=up,bus=rp",
      ),
      ...devices("xio3130-downstream,bus=up,id=dn,chassis=5", "vmcoreinfo", "pvscsi"),
    ),
  },
  aarch64: {
    virt: plain("virt", "-cpu", "cortex-a57", "-m", "64", ...devices("virtio-net-pci", "virtio-rng-pci", "e1000e")),
    "virt with SMMUv3": plain(
      "virt,iommu=smmuv3,gic-version=3",
      "-cpu",
      "max",
      "-m",
      "64",
      "-smp",
      "2",
      ...disk("d"),
      ...devices("virtio-blk-pci,drive=d", "pcie-root-port,id=rp", "e1000e,bus=rp"),
    ),
    "virt with GICv2": plain(
      "virt,gic-version=2,secure=on,virtualization=on",
      "-cpu",
      "cortex-a72",
      "-m",
      "64",
      ...devices("virtio-gpu-pci", "qemu-xhci", "usb-kbd"),
    ),
    sabrelite: plain("sabrelite", "-m", "64"),
    "a Zynq, whose DMA controller's queues are as long as its properties say": plain("xilinx-zynq-a9"),
    "a Cortex-M33 with its secure half": plain("mps2-an505"),
  },
  mips: { malta: plain("malta", "-bios", firmware) },
  sparc: { "SS-5": plain("SS-5", "-bios", firmware) },
  ppc64: { powernv9: plain("powernv9"), "bamboo, with two subsections of one name": plain("bamboo") },
};

/** What only the newest release sends, or sends otherwise. */
const newest: typeof machines = {
  ...machines,
  x86_64: {
    ...machines.x86_64,
    "q35 with NVMe": plain("q35", "-m", "32", ...disk("d"), ...devices("nvme,serial=1,drive=d")),
  },
};

const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
const releases = [
  ["7.2", { release: "7.2", variable: "QEMU_SOURCE_7_2", lines: machines, isThere: true }],
  ["10.0", { release: "10.0", variable: "QEMU_SOURCE_10_0", lines: machines, isThere: true }],
  [`11.1${latest.title}`, { release: "11.1", variable: "QEMU_SOURCE_11_1", lines: newest, isThere: latest.isThere }],
] as const;

describe.each(releases)("streams that QEMU %s writes", (_, { release, variable, lines, isThere }) => {
  describe.skipIf(!isThere).each(targets)("on %s", (target) => {
    let root = "";
    let decoder: DefinitionDecoder;
    let style: VmdescStyle;

    beforeAll(() => {
      root = sourceTree(variable);
      const tree = openDiskTree(root);
      const project = createProject(tree, { target });
      for (const path of tree.paths()) project.load(path);
      decoder = projectDecoder(project, target);
      style = saverOf(project).style;
    });

    test.each(Object.entries(lines[target]))("%s", { timeout: 600_000 }, async (_, options) => {
      const bytes = await realStream(release, target, options);
      const alone = inspectStream(memorySource(bytes));
      expect(alone.error).toBeUndefined();
      // QEMU 7.2's isapc has two of a name and instance
      const keys = alone.sections
        .filter(({ event }) => event.sectionKind === "full")
        .map(({ event }) => `${event.idstr} ${event.instanceId}`);
      const twice = keys.filter((key, i) => keys.indexOf(key) < i);
      expect(alone.warnings.map(({ message }) => /^a second section (.*):/.exec(message)?.[1])).toEqual(twice);
      expect(copyOf(bytes, alone)).toEqual("the same bytes");
      compareWithScript(root, bytes, alone);

      const untold: string[] = [];
      for (const { event } of alone.sections) {
        if (event.payload === undefined) continue;
        if (event.sectionKind !== "full") continue;
        const decoding = decoder.decode(event, event.payload, () => true);
        if (decoding?.ok !== true) untold.push(`${event.idstr}: ${decoding?.error.message ?? "no definition"}`);
      }
      expect(untold).toEqual([]);

      const both = inspectStream(memorySource(bytes), { decoder: decoder.decode });
      expect(both.sections.flatMap((section) => section.differences)).toEqual([]);
      expect(copyOf(bytes, both)).toEqual("the same bytes");
      expect(undescribed(both, style)).toEqual([]);
    });
  });
});

/** Decoded and encoded again; a short text, because a difference of a megabyte helps nobody. */
function copyOf(bytes: Uint8Array, inspection: Inspection): string {
  const result = rewriteStream(inspection);
  if (!result.ok) return result.error.message;
  let at = 0;
  for (const piece of result.value.pieces) {
    const part = piece.kind === "bytes" ? piece.bytes : bytes.subarray(piece.offset, piece.offset + piece.size);
    const wrong = part.findIndex((octet, i) => bytes[at + i] !== octet);
    if (wrong >= 0) return `another byte at ${at + wrong}`;
    at += part.length;
  }
  const { copied } = result.value;
  if (copied.length > 0) return `not decoded: ${copied.join(", ")}`;
  return at === bytes.length ? "the same bytes" : `${at} bytes of ${bytes.length}`;
}

/** Sections whose values, saved again, are described otherwise than by QEMU in its trailer; text for text. */
function undescribed({ sections, trailer }: Inspection, style: VmdescStyle): readonly string[] {
  const real = new TextDecoder().decode(trailer?.json);
  return sections.flatMap(({ event, byDefinition }) => {
    if (event.sectionKind !== "full" || byDefinition?.ok !== true) return [];
    // eepro100 names its table when it is realized
    if (byDefinition.schema.name === byDefinition.schema.symbol) return [];
    const start = real.indexOf(`{"name": "${event.idstr}", "instance_id": ${event.instanceId}, "vmsd_name"`);
    if (start === -1) return [`${event.idstr}: not in the trailer`];
    const json = new VmdescWriter(style);
    json.begin("object");
    json.string("name", event.idstr);
    json.integer("instance_id", event.instanceId);
    const saved = saveDescription(new ByteWriter(), byDefinition.schema, byDefinition.state, {}, json);
    json.end("object");
    const text = json.text();
    if (saved.ok && real.startsWith(text, start)) return [];
    const at = [...text].findIndex((character, index) => real[start + index] !== character);
    return [`${event.idstr}: ${text.slice(Math.max(0, at - 80), at + 80)}`];
  });
}

/** The script cannot read every stream that we read; where it can, the two print the same. */
function compareWithScript(root: string, bytes: Uint8Array, inspection: Inspection): void {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-analyze-"));
  const file = join(folder, "stream");
  writeFileSync(file, bytes);
  try {
    for (const what of ["state", "desc"] as const) {
      const script = spawnSync("python3", [join(root, "scripts/analyze-migration.py"), "-f", file, "-d", what], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      if (script.error !== undefined) throw script.error;
      if (script.status !== 0) continue;
      const state = analyzeStateText(inspection);
      const pieces =
        what === "desc" ? analyzeDesc(inspection) : "pieces" in state ? state.pieces : [state.error.message];
      const text = [...(pieces ?? [])].join("");
      expect(`${text}\n` === script.stdout, `analyze-migration.py -d ${what}`).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
