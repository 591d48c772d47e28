import { describe, expect, it } from "vitest";
import { createAmdvi } from "../../core/emulator/iommu/amdvi";
import { createAmdviTables } from "../../core/emulator/iommu/amdviTables";
import type { DmaRequest, WalkStep } from "../../core/emulator/iommu/translation";
import { createGuestMemory, pageSize } from "../../core/emulator/memory/guestMemory";

const device = 0x108;

function guest() {
  const memory = createGuestMemory([{ name: "pc.ram", base: 0, size: 16 << 20 }]);
  let next = 4 << 20;
  const tables = createAmdviTables(memory, { take: () => (next += pageSize) }, [device, 0x10]);
  const unit = createAmdvi(memory, () => ({ enabled: true, deviceTable: tables.deviceTable }));
  return { memory, tables, unit };
}

const request = (address: bigint, access: "read" | "write" = "read", from = device): DmaRequest => ({
  bus: from >> 8,
  devfn: from & 0xff,
  address,
  access,
});

describe("AMD-Vi", () => {
  it("translates through device table and page tables in guest memory, each device through its own", () => {
    const { tables, unit } = guest();
    tables.map(device, 0x8000_0000n, 0x1000);
    tables.map(device, 0x40_0000_0000n, 0x2000);
    tables.map(0x10, 0x8000_0000n, 0x3000);
    expect(tables.deviceTableSize).toBe(3 * pageSize);
    expect(unit.translate(request(0x8000_0004n, "write"))).toMatchObject({ address: 0x1004n, pageSize: 0x1000n });
    expect(unit.translate(request(0x40_0000_0000n))).toMatchObject({ address: 0x2000n });
    expect(unit.translate(request(0x8000_0000n, "read", 0x10))).toMatchObject({ address: 0x3000n });
  });

  it("tells each entry that it reads, and ends with the one that faults", () => {
    const { memory, tables, unit } = guest();
    tables.map(device, 0x8000_0000n, 0x1000);
    const seen = (address: bigint) => {
      const steps: WalkStep[] = [];
      unit.translate(request(address), (step) => steps.push(step));
      for (const step of steps.slice(1)) expect(memory.readU64(Number(step.address))).toBe(step.words[0]);
      return steps.map(({ entry, level, index }) => [entry, level, index]);
    };
    const first = [
      ["register", undefined, undefined],
      ["device-table-entry", undefined, device],
      ["page-table-entry", 3, 2],
    ];
    expect(seen(0x8000_0000n)).toEqual([...first, ["page-table-entry", 2, 0], ["page-table-entry", 1, 0]]);
    expect(seen(0x8020_0000n)).toEqual([...first, ["page-table-entry", 2, 1]]);
  });

  it("lets through what has no entry, and faults with the specification's events", () => {
    const { memory, tables, unit } = guest();
    tables.map(device, 0x8000_0000n, 0x1000);
    const end = (which: DmaRequest) => {
      const result = unit.translate(which);
      return result.kind === "fault" ? [result.fault.name, result.fault.reason] : result.address;
    };
    expect(end(request(0x5000n, "read", 0x11))).toBe(0x5000n);
    expect(end(request(0xfee0_0000n))).toBe(0xfee0_0000n);
    expect(end(request(0x9000_0000n))).toEqual(["page-fault", 2]);
    expect(end(request(1n << 39n))).toEqual(["page-fault", 2]);
    const entry = Number(tables.deviceTable) + device * 32;
    const whole = memory.readU64(entry) ?? 0n;
    memory.writeU64(entry, whole & ~(1n << 62n));
    expect(end(request(0x8000_0000n, "write"))).toEqual(["page-fault", 2]);
    expect(end(request(0x8000_0000n))).toBe(0x1000n);
    memory.writeU64(entry, whole & ~2n);
    expect(end(request(0x8000_0000n))).toEqual(["page-fault", 2]);
    memory.writeU64(entry, whole | (7n << 9n));
    expect(end(request(0x8000_0000n))).toEqual(["illegal-device-table-entry", 1]);
    memory.writeU64(entry, whole & ~(7n << 9n));
    expect(end(request(0x8000_0000n))).toBe(0x8000_0000n);
    expect(end(request(0n, "read", 0xffff))).toBe(0n);
  });

  it("takes a page as large as its address says", () => {
    const { memory, tables, unit } = guest();
    tables.map(device, 0x8000_0000n, 0x1000);
    const top = Number((memory.readU64(Number(tables.deviceTable) + device * 32) ?? 0n) & 0xffff_f000n);
    // 4 MiB at 0x400000: the bits below the half of it are set
    memory.writeU64(top + 2 * 8, 0x5ff000n | (7n << 9n) | (3n << 61n) | 1n);
    expect(unit.translate(request(0x8012_3456n))).toMatchObject({ pageSize: 1n << 22n, address: 0x52_3456n });
  });

  it("translates nothing before its section is loaded, or while it is off", () => {
    const { memory } = guest();
    expect(createAmdvi(memory, () => undefined).translate(request(5n))).toMatchObject({ address: 5n });
    const off = createAmdvi(memory, () => ({ enabled: false, deviceTable: 0n }));
    expect(off.translate(request(5n))).toMatchObject({ address: 5n });
  });
});
