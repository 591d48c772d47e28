import { describe, expect, it } from "vitest";
import { endOf, entryName, hexRows } from "../../client/shared/walk";

const words = (parts: readonly { readonly text: string }[]): string => parts.map(({ text }) => text).join("");

describe("a walk in words", () => {
  it("names entries as the specifications number them", () => {
    const step = { words: [], fields: [] };
    expect(entryName({ ...step, entry: "page-table-entry", level: 3, index: 511 })).toBe(
      "Page table, level 3, entry 511",
    );
    expect(entryName({ ...step, entry: "mapping", index: 0 })).toBe("Mapping 1 of the IOMMU's list");
  });

  it("says where it ends, and why an address stays what it is", () => {
    expect(words(endOf({ kind: "translated", address: "0x1000" }))).toBe("Translated to 0x1000.");
    expect(words(endOf({ kind: "fault", name: "read-not-permitted", reason: 6 }))).toBe("Fault 6: read-not-permitted.");
    expect(words(endOf({ kind: "untranslated", address: "0x1", why: "off" }))).toBe(
      "The IOMMU is loaded, and translation is off. The address stays 0x1.",
    );
  });

  it("shows memory in rows with their addresses", () => {
    expect(hexRows("0xfffffffffffff8", "41007f2061".padEnd(20, "0"))).toEqual([
      { at: "0xfffffffffffff8", hex: "41 00 7f 20 61 00 00 00", text: "A.. a..." },
      { at: "0x100000000000000", hex: "00 00", text: ".." },
    ]);
  });
});
