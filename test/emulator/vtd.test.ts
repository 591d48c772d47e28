import { describe, expect, it } from "vitest";
import type { DmaRequest, WalkStep } from "../../core/emulator/iommu/translation";
import { createVtd, type VtdRegisters } from "../../core/emulator/iommu/vtd";
import { createVtdTables } from "../../core/emulator/iommu/vtdTables";
import { createGuestMemory, type GuestMemory, pageSize } from "../../core/emulator/memory/guestMemory";

const mebibyte = 1 << 20;

function guest(): { memory: GuestMemory; supply: { take(): number } } {
  const memory = createGuestMemory([{ name: "pc.ram", base: 0, size: 16 * mebibyte }]);
  let next = 8 * mebibyte;
  return { memory, supply: { take: () => (next += pageSize) } };
}

const request = (bus: number, devfn: number, address: bigint, access: "read" | "write" = "read"): DmaRequest => ({
  bus,
  devfn,
  address,
  access,
});

const on = (rootTable: bigint, addressWidth = 48): VtdRegisters => ({ enabled: true, rootTable, addressWidth });

describe("VT-d", () => {
  it.each([3, 4] as const)("translates through %i levels of tables in guest memory", (levels) => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply, levels);
    tables.map(1, 0x10, 0x4000_0000n, 0x20_0000);
    tables.map(1, 0x10, 0x7f_ffff_f000n, 0x30_0000);
    const unit = createVtd(memory, () => on(tables.rootTable));
    expect(unit.translate(request(1, 0x10, 0x4000_0123n))).toEqual({
      kind: "translated",
      address: 0x20_0123n,
      pageSize: 4096n,
    });
    expect(unit.translate(request(1, 0x10, 0x7f_ffff_f001n, "write"))).toMatchObject({ address: 0x30_0001n });
  });

  it("tells each entry that it reads, and no more than it reads", () => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply);
    tables.map(1, 0x10, 0x4000_0000n, 0x20_0000);
    const unit = createVtd(memory, () => on(tables.rootTable));
    const steps: WalkStep[] = [];
    unit.translate(request(1, 0x10, 0x4000_0123n), (step) => steps.push(step));
    expect(steps.map(({ entry, level, index }) => [entry, level, index])).toEqual([
      ["register", undefined, undefined],
      ["root-entry", undefined, 1],
      ["context-entry", undefined, 0x10],
      ["page-table-entry", 3, 1],
      ["page-table-entry", 2, 0],
      ["page-table-entry", 1, 0],
    ]);
    for (const { address, words } of steps.slice(1)) expect(memory.readU64(Number(address))).toBe(words[0]);
    expect(steps[1]?.fields).toEqual([
      ["P", 1n],
      ["CTP", (steps[2]?.address ?? 0n) - 0x100n],
    ]);
    expect(steps.at(-1)?.fields).toContainEqual(["ADDR", 0x20_0000n]);
    steps.length = 0;
    unit.translate(request(0, 0x10, 0x4000_0123n), (step) => steps.push(step));
    expect(steps.at(-1)).toMatchObject({ entry: "root-entry", index: 0, fields: [["P", 0n], expect.anything()] });
  });

  it("lets everything through while its section has not been loaded, or it is off", () => {
    const { memory } = guest();
    const unloaded = createVtd(memory, () => undefined);
    expect(unloaded.translate(request(0, 0, 0x4000_0000n))).toMatchObject({ address: 0x4000_0000n });
    const off = createVtd(memory, () => ({ ...on(0n), enabled: false }));
    expect(off.translate(request(0, 0, 0x1000n))).toMatchObject({ kind: "translated", address: 0x1000n });
  });

  it("faults with the specification's reasons", () => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply);
    tables.map(0, 0xfa, 0x4000_0000n, 0x20_0000);
    const fault = (which: DmaRequest, width = 48) => {
      const result = createVtd(memory, () => on(tables.rootTable, width)).translate(which);
      return result.kind === "fault" ? [result.fault.name, result.fault.reason] : result;
    };
    expect(fault(request(5, 0xfa, 0x4000_0000n))).toEqual(["root-entry-not-present", 1]);
    expect(fault(request(0, 0, 0x4000_0000n))).toEqual(["context-entry-not-present", 2]);
    expect(fault(request(0, 0xfa, 0x4000_0000n), 30)).toEqual(["invalid-context-entry", 3]);
    expect(fault(request(0, 0xfa, 1n << 39n))).toEqual(["address-beyond-width", 4]);
    expect(fault(request(0, 0xfa, 0x5000_0000n, "write"))).toEqual(["write-not-permitted", 5]);
    expect(fault(request(0, 0xfa, 0x5000_0000n))).toEqual(["read-not-permitted", 6]);
    expect(fault(request(0, 0xfa, 0xfee0_0000n))).toEqual(["interrupt-address", 14]);
  });

  it("says of a failed translation what QEMU says", () => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply);
    const unit = createVtd(memory, () => on(tables.rootTable));
    expect(unit.translate(request(0, 0, 0x4000_0000n))).toMatchObject({
      fault: {
        message: "vtd_iommu_translate: detected translation failure (dev=00:00:00, iova=0x40000000)",
      },
    });
  });

  it("faults on tables outside memory and on reserved bits", () => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply);
    tables.map(0, 8, 0x1000n, 0x2000);
    const unit = createVtd(memory, () => on(tables.rootTable));
    const name = (): string => {
      const result = unit.translate(request(0, 8, 0x1000n));
      return result.kind === "fault" ? result.fault.name : result.kind;
    };
    const root = Number(tables.rootTable);
    const entry = memory.readU64(root) ?? 0n;
    memory.writeU64(root, entry | 2n);
    expect(name()).toBe("root-entry-reserved");
    memory.writeU64(root, (1n << 40n) | 1n);
    expect(name()).toBe("context-table-unreadable");
    memory.writeU64(root, entry);
    const context = Number(entry & ~0xfffn) + 8 * 16;
    memory.writeU64(context, (1n << 40n) | 1n);
    expect(name()).toBe("page-table-unreadable");
    const outside = createVtd(memory, () => on(1n << 40n));
    expect(outside.translate(request(0, 8, 0x1000n))).toMatchObject({ fault: { name: "root-table-unreadable" } });
  });

  it("honours superpages and pass-through", () => {
    const { memory, supply } = guest();
    const tables = createVtdTables(memory, supply);
    tables.map(0, 8, 0x4000_0000n, 0x1000);
    tables.passThrough(0, 16);
    const unit = createVtd(memory, () => on(tables.rootTable));
    expect(unit.translate(request(0, 16, 0x1234n))).toMatchObject({ kind: "translated", address: 0x1234n });
    const context = memory.readU64(Number(tables.rootTable)) ?? 0n;
    const top = memory.readU64(Number(context & ~0xfffn) + 8 * 16) ?? 0n;
    const second = memory.readU64(Number(top & ~0xfffn) + 8) ?? 0n;
    memory.writeU64(Number(second & ~0xfffn), 0x60_0000n | 0x83n);
    expect(unit.translate(request(0, 8, 0x4001_2345n))).toEqual({
      kind: "translated",
      address: 0x61_2345n,
      pageSize: 1n << 21n,
    });
  });
});
