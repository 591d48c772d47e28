/** What real QEMU traces while it loads: sections, the IOMMU and the accesses behind it, beside what we say of the same stream. */
import { beforeAll, describe, expect, it } from "vitest";
import { type SimulationReport, simulate, simulateLoad } from "../../core/emulator";
import type { Edits } from "../../core/wire/inspect/edit";
import { edited } from "./edited";
import { type Guest, startAhci, startVirtio, switchRemappingOn } from "./guest";
import { realProject } from "./project";
import { optionalRelease } from "./tree";
import { realLoad, realStream, type Release } from "./realQemu";

const trees = { "7.2": "QEMU_SOURCE_7_2", "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;
const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
if (!latest.isThere) console.info(`QEMU 11.1${latest.title}`);
const releases: readonly Release[] = latest.isThere ? ["7.2", "10.0", "11.1"] : ["7.2", "10.0"];

/** A section, what the IOMMU does from here on, or an access: `00:1f.2 0x40000000 > 0x500000`. */
type Happening =
  | { readonly kind: "section"; readonly idstr: string }
  | { readonly kind: "translating" }
  | { readonly kind: "access"; readonly requester: string; readonly page: string; readonly reached: string };

const traced = ["vmstate_load", "vtd_switch_address_space", "vtd_dmar_translate"];
const section = /^vmstate_load (.+), .+$/;
const access = /^vtd_dmar_translate dev (\S+) iova 0x([0-9a-f]+) -> gpa 0x([0-9a-f]+) mask/;

function happeningsIn(lines: readonly string[]): readonly Happening[] {
  let isOn = false;
  return lines.flatMap((line): readonly Happening[] => {
    const [, idstr] = section.exec(line) ?? [];
    if (idstr !== undefined) return [{ kind: "section", idstr }];
    if (line.startsWith("vtd_switch_address_space") && line.endsWith("(iommu enabled=1)") && !isOn) {
      isOn = true;
      return [{ kind: "translating" }];
    }
    const [, requester = "", from = "", to = ""] = access.exec(line) ?? [];
    if (from === "") return [];
    // QEMU pads the function's number
    return [{ kind: "access", requester: requester.replace(/\.0/, "."), page: `0x${from}`, reached: `0x${to}` }];
  });
}

interface Case {
  readonly name: string;
  readonly line: string;
  readonly guest: (guest: Guest) => Promise<void>;
  /** Section of the device that is looked at. */
  readonly idstr: string;
  /** Whether it accesses memory while it loads. */
  readonly accesses: boolean;
  readonly edits?: Edits;
}

const base = 0xfe000000;
const flat = "-nodefaults -M q35,sata=off -m 16 -device intel-iommu";
const behindPort = `${flat} -device pcie-root-port,id=rp0,addr=6,chassis=1 -device ich9-ahci,bus=rp0`;
const bridge = async (guest: Guest): Promise<void> => {
  await guest.configure(0, 0x30, 0x18, 0x00010100);
  await guest.configure(0, 0x30, 0x20, 0xfe00fe00);
  await guest.configure(0, 0x30, 0x04, 0x6);
};
const idle = (device: string, name: string): Case => ({
  name: `an idle ${device}`,
  line: `${flat} -device ${device},addr=2`,
  guest: (guest) => switchRemappingOn(guest, 0, 0x10),
  idstr: `0000:00:02.0/${name}`,
  accesses: false,
});

const cases: readonly Case[] = [
  {
    name: "AHCI",
    line: `${flat} -device ich9-ahci,addr=2`,
    guest: async (guest) => {
      await switchRemappingOn(guest, 0, 0x10);
      await startAhci(guest, 0, 0x10, base);
    },
    idstr: "0000:00:02.0/ich9_ahci",
    accesses: true,
  },
  {
    name: "AHCI behind a root port",
    line: behindPort,
    guest: async (guest) => {
      await bridge(guest);
      await switchRemappingOn(guest, 1, 0);
      await startAhci(guest, 1, 0, base);
    },
    idstr: "0000:00:06.0:00.0/ich9_ahci",
    accesses: true,
  },
  {
    name: "virtio with a queue",
    line: `${flat} -device virtio-rng-pci,addr=2,disable-legacy=on,iommu_platform=on`,
    guest: async (guest) => {
      await switchRemappingOn(guest, 0, 0x10);
      await startVirtio(guest, 0, 0x10, base);
    },
    idstr: "0000:00:02.0/virtio-rng",
    accesses: true,
  },
  idle("virtio-net-pci", "virtio-net"),
  idle("qemu-xhci", "xhci"),
  idle("e1000e", "e1000e"),
];

describe.each<Release>(releases)("traced in QEMU %s", (release) => {
  describe.each(cases)("$name", ({ line, guest, idstr, accesses }) => {
    const options = line.split(" ");
    let stream = new Uint8Array(0);

    beforeAll(async () => {
      stream = new Uint8Array(await realStream(release, "x86_64", options, guest));
    });

    async function both(edits: Edits) {
      const bytes = edited(stream, edits);
      const more = traced.flatMap((event) => ["-trace", event]);
      const real = await realLoad(release, "x86_64", [...options, ...more], bytes);
      const ours = simulateLoad(realProject(trees[release]), bytes, { machine: line });
      if (!ours.ok) throw new Error(ours.message);
      return { status: real.status, happened: happeningsIn(real.messages), report: ours.value };
    }

    it("sections, translation and accesses are those that we tell, in the same order", async () => {
      const { status, happened, report } = await both({});
      expect([status, report.outcome]).toEqual(["completed", "completed"]);
      expect(sectionsOf(happened)).toEqual(report.sections.map((each) => each.idstr));
      const real = accessesOf(happened, idstr);
      const ours = ourAccesses(report, idstr);
      expect([real.length > 0, ours.length > 0]).toEqual([accesses, accesses]);
      // Which of its pages a device uses is in its state, in a way of its own: we take the first that is mapped for it.
      const mapped = new Set(real.map(mappingOf));
      for (const each of ours) expect(mapped).toContain(mappingOf(each));
      // each device's accesses follow the IOMMU on both sides
      const translating = happened.findIndex(({ kind }) => kind === "translating");
      const first = happened.findIndex(({ kind }) => kind === "access");
      expect(translating).toBeGreaterThan(0);
      if (accesses) expect(first).toBeGreaterThan(translating);
      const loaded = report.events.findIndex(({ kind }) => kind === "iommu-loaded");
      const accessed = report.events.findIndex(({ kind }) => kind.startsWith("dma-"));
      if (accesses) expect(accessed).toBeGreaterThan(loaded);
    });

    it("before the IOMMU nothing of it is translated, on either side", async () => {
      const { happened, report } = await both({ move: [{ section: idstr, before: "iommu-intel" }] });
      expect(accessesOf(happened, idstr)).toEqual([]);
      const went = report.events.filter((event) => event.idstr === idstr && event.kind.startsWith("dma-"));
      expect(went.length > 0).toBe(accesses);
      expect(went.every(({ address, translated }) => address === translated)).toBe(true);
      expect(report.outcome !== "completed").toBe(accesses);
    });
  });
});

describe.each<Release>(releases)("without an IOMMU's tables, QEMU %s", (release) => {
  // 11.1 can send it
  it.runIf(release !== "11.1")("an NVMe controller is refused when it is sent", async () => {
    const line = `${flat} -device nvme,addr=2,serial=1`;
    const ours = simulate(realProject(trees[release]), { machine: line });
    if (!ours.ok) throw new Error(ours.message);
    const blocked = "State blocked by non-migratable device '0000:00:02.0/nvme'";
    await expect(realStream(release, "x86_64", line.split(" "))).rejects.toThrow(blocked);
    expect(ours.value.messages).toContain(blocked);
  });

  it("the GIC, its ITS and the SMMU are loaded in our order", async () => {
    const line = "-nodefaults -M virt,gic-version=3,iommu=smmuv3 -m 16 -device pcie-root-port,id=rp,chassis=1";
    const options = line.split(" ");
    const bytes = new Uint8Array(await realStream(release, "aarch64", options));
    const real = await realLoad(release, "aarch64", [...options, "-trace", "vmstate_load"], bytes);
    const ours = simulate(realProject(trees[release], "aarch64"), { machine: line });
    if (!ours.ok) throw new Error(ours.message);
    const order = sectionsOf(happeningsIn(real.messages));
    expect(order).toContain("arm_gicv3_its");
    // rounds of RAM are as many as the guest writes
    const devices = (all: readonly string[]) => all.filter((idstr) => idstr !== "ram");
    expect(devices(order)).toEqual(devices(ours.value.sections.map(({ idstr }) => idstr)));
  });
});

/** Who accesses, and how far from the page that it names the page is that it reaches. */
function mappingOf({ requester, page, reached }: Access): string {
  return `${requester} ${BigInt(reached) - BigInt(page)}`;
}

function sectionsOf(happened: readonly Happening[]): readonly string[] {
  return happened.flatMap((each) => (each.kind === "section" ? [each.idstr] : []));
}

type Access = Omit<Extract<Happening, { kind: "access" }>, "kind">;

/** Those that stand after the device's section has begun and before the next one does. */
function accessesOf(happened: readonly Happening[], idstr: string): readonly Access[] {
  const from = happened.findIndex((each) => each.kind === "section" && each.idstr === idstr);
  const rest = happened.slice(from + 1);
  const next = rest.findIndex(({ kind }) => kind === "section");
  return rest.slice(0, next < 0 ? rest.length : next).flatMap((each) => {
    if (each.kind !== "access") return [];
    const { kind: _, ...what } = each;
    return [what];
  });
}

function ourAccesses(report: SimulationReport, idstr: string): readonly Access[] {
  return report.events.flatMap(({ kind, idstr: of, address = "", translated = "", walk }) =>
    of === idstr && kind.startsWith("dma-")
      ? [{ requester: walk?.requester ?? "", page: address, reached: translated }]
      : [],
  );
}
