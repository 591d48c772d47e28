/** Streams of real machines with a guest in them, edited by us: what real QEMU does with them, and what we say it does. */
import { beforeAll, describe, expect, it } from "vitest";
import { simulateLoad } from "../../core/emulator";
import { memorySource } from "../../core/wire";
import type { Edits } from "../../core/wire/inspect/edit";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { edited } from "./edited";
import { startAhci, switchRemappingOn } from "./guest";
import { realProject } from "./project";
import { optionalRelease } from "./tree";
import { realLoad, realStream, type Release } from "./realQemu";

const ahci = "0000:00:1f.2/ich9_ahci";
const behind = "0000:00:06.0:00.0/ich9_ahci";
const port = "0000:00:06.0/pcie-root-port";
const flat = "-nodefaults -M q35 -m 16 -device intel-iommu -device virtio-rng-pci -device qemu-xhci".split(" ");
const behindPort =
  "-nodefaults -M q35,sata=off -m 16 -device intel-iommu -device pcie-root-port,id=rp0,addr=6,chassis=1 -device ich9-ahci,bus=rp0".split(
    " ",
  );
/** Devices that do DMA while they load once a driver has set them up, each alone in slot 2. */
const idle = [
  ["qemu-xhci", "xhci"],
  ["intel-hda", "intel-hda"],
  ["virtio-rng-pci", "virtio-rng"],
  ["virtio-net-pci", "virtio-net"],
  ["virtio-scsi-pci", "virtio-scsi"],
  ["virtio-balloon-pci", "virtio-balloon"],
  ["e1000e", "e1000e"],
  ["vmxnet3", "vmxnet3"],
  ["megasas", "megasas"],
  ["pvscsi", "pvscsi"],
  ["usb-ehci", "ehci"],
  ["ich9-ahci", "ich9_ahci"],
] as const;

const failure = (idstr: string): readonly string[] => [
  `error while loading state for instance 0x0 of device '${idstr}'`,
  "load of migration failed: Operation not permitted",
];

interface RealResult {
  readonly status: string;
  readonly messages: readonly string[];
}

const trees = { "7.2": "QEMU_SOURCE_7_2", "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;

const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
if (!latest.isThere) console.info(`QEMU 11.1${latest.title}`);
const releases: readonly Release[] = latest.isThere ? ["7.2", "10.0", "11.1"] : ["7.2", "10.0"];

describe.each<Release>(releases)("QEMU %s with VT-d on", (release) => {
  let stream = new Uint8Array(0);
  let bridged = new Uint8Array(0);

  beforeAll(async () => {
    stream = new Uint8Array(
      await realStream(release, "x86_64", flat, async (guest) => {
        await switchRemappingOn(guest, 0, 0xfa);
        await startAhci(guest, 0, 0xfa, 0xfe000000);
      }),
    );
    bridged = new Uint8Array(
      await realStream(release, "x86_64", behindPort, async (guest) => {
        await guest.configure(0, 0x30, 0x18, 0x00010100);
        await guest.configure(0, 0x30, 0x20, 0xfe00fe00);
        await guest.configure(0, 0x30, 0x04, 0x6);
        await switchRemappingOn(guest, 1, 0);
        await startAhci(guest, 1, 0, 0xfe000000);
      }),
    );
  });

  /** A QEMU that cannot load says why and ends. */
  const load = async (options: readonly string[], bytes: Uint8Array) => {
    const real = await realLoad(release, "x86_64", options, bytes);
    return { ...real, status: real.status === "gone" ? "failed" : real.status };
  };

  /**
   * Since bounce buffers have a size and not a number, address_space_map gives one for an address that is nowhere: newer
   * QEMU loads without a word what 7.2 refuses, and the device goes on with a buffer that is not the guest's.
   */
  const refuses = release === "7.2";

  function compare(real: RealResult, bytes: Uint8Array, line: readonly string[], last: readonly string[]): void {
    const early = last.length > 0;
    const said = refuses ? last : [];
    expect(real.status).toBe(said.length > 0 ? "failed" : "completed");
    if (said.length > 0) expect(real.messages.slice(-2)).toEqual(said);
    const ours = simulateLoad(realProject(trees[release]), bytes, { machine: line.join(" ") });
    if (!ours.ok) throw new Error(ours.message);
    expect(ours.value.open).toEqual([]);
    const outcome = !early ? "completed" : refuses ? "failed" : "corrupted";
    expect([ours.value.outcome, ours.value.messages.slice(-2)]).toEqual([outcome, said]);
  }

  it.each<[string, Edits, readonly string[]]>([
    ["as it was", {}, []],
    ["AHCI first", { move: [{ section: ahci, before: "iommu-intel" }] }, failure(ahci)],
    ["the IOMMU last", { move: [{ section: "iommu-intel", before: "globalstate" }] }, failure(ahci)],
    ["an idle xHCI first", { move: [{ section: "0000:00:02.0/xhci", before: "iommu-intel" }] }, []],
  ])("%s", async (_, edits, last) => {
    const bytes = edited(stream, edits);
    compare(await load(flat, bytes), bytes, flat, last);
  });

  it.each(["timer", "iommu-intel", "globalstate"])("a lost footer of %s", async (idstr) => {
    const event = inspectStream(memorySource(stream)).sections.find((section) => section.event.idstr === idstr)?.event;
    if (event === undefined) throw new Error(idstr);
    const end = event.offset + event.size;
    const bytes = Uint8Array.from([...stream.subarray(0, end - 5), ...stream.subarray(end)]);
    const real = await load(flat, bytes);
    expect(real.status).toBe("failed");
    const ours = simulateLoad(realProject(trees[release]), bytes, { machine: flat.join(" ") });
    if (!ours.ok) throw new Error(ours.message);
    expect(ours.value.outcome).toBe("failed");
    expect(real.messages.slice(-ours.value.messages.length)).toEqual(ours.value.messages);
    expect(ours.value.failure?.offset).toBe(end - 5);
  });

  const unit = "iommu-intel";
  it.each([
    ["newer", 1],
    ["older", -1],
  ])("a section of a %s version", async (_, step) => {
    const event = inspectStream(memorySource(stream)).sections.find(({ event }) => event.idstr === unit)?.event;
    if (event === undefined) throw new Error(unit);
    const bytes = stream.slice();
    new DataView(bytes.buffer).setUint32(event.payloadOffset - 4, event.versionId + step);
    const real = await load(flat, bytes);
    expect(real.status).toBe("failed");
    const ours = simulateLoad(realProject(trees[release]), bytes, { machine: flat.join(" ") });
    if (!ours.ok) throw new Error(ours.message);
    expect(real.messages.slice(-ours.value.messages.length)).toEqual(ours.value.messages);
  });

  it.each<[string, readonly string[], boolean]>([
    ["port, IOMMU, AHCI", [port, "iommu-intel", behind], true],
    ["IOMMU, port, AHCI", ["iommu-intel", port, behind], true],
    ["IOMMU, AHCI, port", ["iommu-intel", behind, port], false],
    ["AHCI, port, IOMMU", [behind, port, "iommu-intel"], false],
    ["port, AHCI, IOMMU", [port, behind, "iommu-intel"], false],
  ])("behind a root port: %s", async (_, order, fine) => {
    const bytes = edited(bridged, { move: order.map((section) => ({ section, before: "timer" })) });
    compare(await load(behindPort, bytes), bytes, behindPort, fine ? [] : failure(behind));
  });

  it.each(idle)("an idle %s first, whatever is mapped for it", async (device, name) => {
    const line = `-nodefaults -M q35,sata=off -m 16 -device intel-iommu -device ${device},addr=2`.split(" ");
    const stopped = await realStream(release, "x86_64", line, (guest) => switchRemappingOn(guest, 0, 0x10));
    const bytes = edited(new Uint8Array(stopped), {
      move: [{ section: `0000:00:02.0/${name}`, before: "iommu-intel" }],
    });
    compare(await load(line, bytes), bytes, line, []);
  });
});
