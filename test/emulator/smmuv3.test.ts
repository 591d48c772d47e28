import { describe, expect, it } from "vitest";
import { createSmmuv3 } from "../../core/emulator/iommu/smmuv3";
import { createSmmuTables } from "../../core/emulator/iommu/smmuv3Tables";
import type { DmaRequest, WalkStep } from "../../core/emulator/iommu/translation";
import { createGuestMemory, pageSize } from "../../core/emulator/memory/guestMemory";

const base = 0x4000_0000;

function guest() {
  const memory = createGuestMemory([{ name: "mach-virt.ram", base, size: 16 << 20 }]);
  let next = base + (4 << 20);
  const tables = createSmmuTables(memory, { take: () => (next += pageSize) });
  const unit = createSmmuv3(memory, () => ({ enabled: true, ...tables }));
  return { memory, tables, unit };
}

const request = (stream: number, address: bigint, access: "read" | "write" = "read"): DmaRequest => ({
  bus: stream >> 8,
  devfn: stream & 0xff,
  address,
  access,
});

describe("SMMUv3", () => {
  it("translates through stream table, context descriptor and stage 1 tables in guest memory", () => {
    const { tables, unit } = guest();
    tables.map(0x108, 0x8000_0000n, base + 0x1000);
    tables.map(0x108, 0x40_0000_0000n, base + 0x2000);
    tables.map(0x10, 0x8000_0000n, base + 0x3000);
    expect(unit.translate(request(0x108, 0x8000_0004n, "write"))).toMatchObject({ address: BigInt(base) + 0x1004n });
    expect(unit.translate(request(0x108, 0x40_0000_0000n))).toMatchObject({ address: BigInt(base) + 0x2000n });
    expect(unit.translate(request(0x10, 0x8000_0000n))).toMatchObject({ address: BigInt(base) + 0x3000n });
  });

  it("tells each entry that it reads, and ends with the one that faults", () => {
    const { memory, tables, unit } = guest();
    tables.map(0x108, 0x8000_0000n, base + 0x1000);
    const seen = (address: bigint) => {
      const steps: WalkStep[] = [];
      unit.translate(request(0x108, address), (step) => steps.push(step));
      for (const step of steps.slice(1)) expect(memory.readU64(Number(step.address))).toBe(step.words[0]);
      return steps.map(({ entry, level, index }) => [entry, level, index]);
    };
    const first = [
      ["register", undefined, undefined],
      ["stream-table-descriptor", undefined, 1],
      ["stream-table-entry", undefined, 0x108],
      ["context-descriptor", undefined, undefined],
      ["page-table-entry", 1, 2],
    ];
    expect(seen(0x8000_0000n)).toEqual([...first, ["page-table-entry", 2, 0], ["page-table-entry", 3, 0]]);
    expect(seen(0x8020_0000n)).toEqual([...first, ["page-table-entry", 2, 1]]);
  });

  it("faults with the specification's events", () => {
    const { memory, tables, unit } = guest();
    tables.map(0x10, 0x8000_0000n, base + 0x3000);
    const event = (which: DmaRequest) => {
      const result = unit.translate(which);
      return result.kind === "fault" ? [result.fault.name, result.fault.reason] : result;
    };
    expect(event(request(0x200, 0n))).toEqual(["bad-stream-id", 2]);
    expect(event(request(0x18, 0n))).toEqual(["bad-stream-table-entry", 4]);
    expect(event(request(0x10, 0x9000_0000n))).toEqual(["no-translation", 0x10]);
    expect(event(request(0x10, 1n << 40n))).toEqual(["no-translation", 0x10]);
    const second = Number((memory.readU64(Number(tables.streamTableBase)) ?? 0n) & ~0x3fn);
    const entry = memory.readU64(second + 0x10 * 64) ?? 0n;
    memory.writeU64(second + 0x10 * 64, (1n << 45n) | (5n << 1n) | 1n);
    expect(event(request(0x10, 0x8000_0000n))).toEqual(["context-descriptor-unreadable", 9]);
    memory.writeU64(second + 0x10 * 64, (4n << 1n) | 1n);
    expect(unit.translate(request(0x10, 0x1234n))).toMatchObject({ kind: "translated", address: 0x1234n });
    memory.writeU64(second + 0x10 * 64, entry);
    memory.writeU64(Number(entry & ~0x3fn), 25n);
    expect(event(request(0x10, 0x8000_0000n))).toEqual(["bad-context-descriptor", 0x0a]);
  });

  it("lets everything through while its section has not been loaded", () => {
    const { memory } = guest();
    const unit = createSmmuv3(memory, () => undefined);
    expect(unit.translate(request(0x10, 0x77n))).toMatchObject({ kind: "translated", address: 0x77n });
  });
});
