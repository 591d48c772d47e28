import { describe, expect, it } from "vitest";
import { createGuestMemory, pageSize } from "../../core/emulator/memory/guestMemory";

const memory = () =>
  createGuestMemory([
    { name: "low", base: 0, size: 1 << 20 },
    { name: "high", base: 1 << 30, size: 1 << 20 },
  ]);

describe("guest memory", () => {
  it("reads what was written, over page borders, and zero elsewhere", () => {
    const ram = memory();
    expect(ram.write(pageSize - 2, new Uint8Array([1, 2, 3, 4]))).toBe(true);
    expect(ram.read(pageSize - 3, 6)).toEqual(new Uint8Array([0, 1, 2, 3, 4, 0]));
    expect(ram.pages()).toEqual([0, pageSize]);
  });

  it("has nothing behind its end and between its regions", () => {
    const ram = memory();
    expect(ram.read((1 << 20) - 4, 8)).toBeUndefined();
    expect(ram.write(1 << 25, new Uint8Array(1))).toBe(false);
    expect(ram.write(1 << 30, new Uint8Array([7]))).toBe(true);
  });

  it("tells each written page once", () => {
    const ram = memory();
    ram.writeU64(0x5000, 1n);
    ram.writeU64(0x5008, 2n);
    ram.writeU64(0x2000, 0n);
    expect(ram.takeDirty()).toEqual([0x2000, 0x5000]);
    expect(ram.takeDirty()).toEqual([]);
    expect(ram.pages()).toEqual([0x5000]);
  });
});
