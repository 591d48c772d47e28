import { describe, expect, it } from "vitest";
import { parseOffset, parsePattern } from "../../client/shared/find";
import { readFromPage } from "../../client/shared/messages";
import { findBytes, type Haystack } from "../../client/streams/find";

/** A file of zeros with some bytes in it; `largest` is the most that was ever asked for at once. */
function file(size: number, placed: Readonly<Record<number, string>>): Haystack & { largest(): number } {
  let largest = 0;
  const read = (offset: number, length: number): Promise<Uint8Array> => {
    largest = Math.max(largest, length);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    for (const [at, text] of Object.entries(placed)) {
      for (const [index, octet] of new TextEncoder().encode(text).entries()) {
        const place = Number(at) + index - offset;
        if (place >= 0 && place < bytes.length) bytes[place] = octet;
      }
    }
    return Promise.resolve(bytes);
  };
  return { size, read, largest: () => largest };
}

const always = () => true;
const ahci = new TextEncoder().encode("ahci");

describe("a search in a file", () => {
  it("finds the next place, then the first again", async () => {
    const two = file(5000, { 100: "ahci", 4000: "ahci" });
    expect(await findBytes(two, ahci, 0, always)).toBe(100);
    expect(await findBytes(two, ahci, 101, always)).toBe(4000);
    expect(await findBytes(two, ahci, 4001, always)).toBe(100);
    expect(await findBytes(file(5000, {}), ahci, 0, always)).toBeUndefined();
    expect(await findBytes(file(3, {}), ahci, 0, always)).toBeUndefined();
  });

  it("finds what lies across two pieces, at the very end, and around where it began", async () => {
    const edge = (1 << 20) - 2;
    expect(await findBytes(file(3 << 20, { [edge]: "ahci" }), ahci, 0, always)).toBe(edge);
    expect(await findBytes(file(5000, { 4996: "ahci" }), ahci, 0, always)).toBe(4996);
    expect(await findBytes(file(5000, { 1000: "ahci" }), ahci, 1002, always)).toBe(1000);
  });

  it("holds a piece of four gigabytes at a time, and stops when it is told to", async () => {
    const large = file(2 ** 32, {});
    let last = 0;
    const goesOn = (offset: number) => {
      last = offset;
      return offset < 8 << 20;
    };
    expect(await findBytes(large, ahci, 0, goesOn)).toBeUndefined();
    expect(last).toBeLessThan(10 << 20);
    expect(large.largest()).toBeLessThan((1 << 20) + 256);
  });
});

it("an offset is hexadecimal or decimal, and inside the file", () => {
  expect(parseOffset(" 0x1F ", 100)).toBe(31);
  expect(parseOffset("99", 100)).toBe(99);
  for (const wrong of ["100", "-1", "1f", "", "0x", "1e3"]) expect(parseOffset(wrong, 100)).toBeUndefined();
});

it("a pattern is bytes where it is written as such, else text", () => {
  expect(parsePattern("51 45")).toEqual(Uint8Array.of(0x51, 0x45));
  expect(parsePattern("0x5145564d")).toEqual(Uint8Array.of(0x51, 0x45, 0x56, 0x4d));
  expect(parsePattern("ahci")).toEqual(ahci);
  expect(parsePattern("beef")).toHaveLength(4);
  expect(parsePattern("")).toBeUndefined();
  expect(parsePattern("x".repeat(300))).toBeUndefined();
});

it("a page may look for some bytes, not for anything else", () => {
  expect(readFromPage({ kind: "find", bytes: [1, 255], from: 3 })).toEqual({ kind: "find", bytes: [1, 255], from: 3 });
  for (const bytes of [[], [256], [-1], ["a"], "abc", Array(300).fill(0)]) {
    expect(readFromPage({ kind: "find", bytes, from: 0 })).toBeUndefined();
  }
  expect(readFromPage({ kind: "find", bytes: [1], from: -1 })).toBeUndefined();
});
