import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type * as vscode from "vscode";
import { URI } from "vscode-uri";
import { asChanged, changedText, readChanged, runsOf, unchanged, withBytes } from "../../client/streams/changed";
import { readBytes, writeCopy } from "../../client/streams/file";
import { fieldsAt } from "../../client/shared/fieldAt";
import { byteAtColumn, columnOf } from "../../client/shared/hex";
import { bytesOf, writtenValue } from "../../client/shared/typed";
import type { InspectField } from "../../server/protocol";

const field = (more: Partial<InspectField>): InspectField => ({ name: "f", text: "0", children: [], ...more });

describe("bytes changed in a copy", () => {
  const was = Uint8Array.of(1, 2, 3);

  it("lie over those of the file, and are none where they are the same again", () => {
    const changed = withBytes(unchanged, 10, [9, 2, 8], was);
    expect(runsOf(changed)).toEqual([
      { offset: 10, bytes: Uint8Array.of(9) },
      { offset: 12, bytes: Uint8Array.of(8) },
    ]);
    expect([...asChanged(changed, Uint8Array.of(0, 1, 2, 3, 4), 9)]).toEqual([0, 9, 2, 8, 4]);
    expect([...asChanged(changed, Uint8Array.of(3, 4), 12)]).toEqual([8, 4]);
    expect(withBytes(changed, 10, [1, 2, 3], was).size).toBe(0);
    expect(changed.size).toBe(2);
  });

  it("that follow each other are one run, in order", () => {
    const changed = withBytes(withBytes(unchanged, 12, [7], Uint8Array.of(0)), 10, [5, 6], Uint8Array.of(0, 0));
    expect(runsOf(changed)).toEqual([{ offset: 10, bytes: Uint8Array.of(5, 6, 7) }]);
  });

  it("are kept over a reload, and a stranger's text is not taken", () => {
    const changed = withBytes(unchanged, 10, [9], was);
    expect(readChanged(changedText(changed))).toEqual(changed);
    for (const text of ["", "{}", "[[1]]", "[[-1,2]]", "[[1,256]]", '[["1",2]]'])
      expect(readChanged(text)).toBeUndefined();
  });
});

describe("a value that is typed", () => {
  it("is an integer of the field's size, highest byte first", () => {
    expect(bytesOf(field({ typed: "unsigned", size: 2 }), "42")).toEqual([0, 42]);
    expect(bytesOf(field({ typed: "unsigned", size: 4 }), " 0x1F00 ")).toEqual([0, 0, 0x1f, 0]);
    expect(bytesOf(field({ typed: "unsigned", size: 8 }), "0xffffffffffffffff")).toEqual(Array(8).fill(0xff));
    expect(bytesOf(field({ typed: "signed", size: 2 }), "-2")).toEqual([0xff, 0xfe]);
    expect(bytesOf(field({ typed: "signed", size: 1 }), "0xff")).toEqual([0xff]);
  });

  it("that does not fit, or is none, is refused", () => {
    for (const text of ["256", "-1", "", "0x", "4 2", "1.5", "x"])
      expect(bytesOf(field({ typed: "unsigned", size: 1 }), text)).toBeUndefined();
    expect(bytesOf(field({ typed: "signed", size: 1 }), "-129")).toBeUndefined();
    expect(bytesOf(field({ size: 1 }), "1")).toBeUndefined();
  });

  it("is bytes, all of them", () => {
    const mac = field({ typed: "bytes", size: 3 });
    expect(bytesOf(mac, "52 54 00")).toEqual([0x52, 0x54, 0]);
    expect(bytesOf(mac, "5254ff")).toEqual([0x52, 0x54, 0xff]);
    for (const text of ["52 54", "52 54 0", "52 54 zz", "52 54 00 00"]) expect(bytesOf(mac, text)).toBeUndefined();
  });

  it("begins with the value alone", () => {
    expect(writtenValue(field({ text: "42 (0x2a)" }))).toBe("42");
    expect(writtenValue(field({ text: "52 54" }))).toBe("52 54");
  });
});

describe("a byte that is chosen", () => {
  it("is in its field, and in those around it", () => {
    const inner = field({ name: "base", offset: 12, size: 4 });
    const outer = field({ name: "queue", offset: 8, size: 8, children: [field({ name: "[0]", children: [inner] })] });
    const names = (at: number) =>
      fieldsAt([field({ name: "mac", offset: 2, size: 6 }), outer], at).map(({ name }) => name);
    expect(names(2)).toEqual(["mac"]);
    expect(names(13)).toEqual(["queue", "[0]", "base"]);
    expect(names(9)).toEqual(["queue"]);
    expect(names(16)).toEqual([]);
  });

  it("is found by its digits and by its letter", () => {
    expect(byteAtColumn(columnOf(3, 32) + 1.5, 2)).toBe(35);
    expect(byteAtColumn(columnOf(16, 32) + 1, 2)).toBe(32);
    expect(byteAtColumn(columnOf(16, 32) + 16.5, 2)).toBe(47);
    for (const column of [0, 8.5, columnOf(16, 32) + 0.5, columnOf(16, 32) + 17])
      expect(byteAtColumn(column, 2)).toBeUndefined();
    const far = 2 ** 36;
    expect(byteAtColumn(columnOf(1, far), far / 16)).toBe(far + 1);
  });
});

describe("a copy that is saved", () => {
  const uri = (path: string): vscode.Uri => URI.file(path);

  it("has the changed bytes, and is not written over the stream", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vmstate-copy-"));
    try {
      const [from, to] = [join(folder, "a.mig"), join(folder, "b.mig")];
      // holes of the one are holes of the other
      const size = (3 << 20) + 5;
      const bytes = new Uint8Array(size);
      bytes.set([1, 2, 3], size - 3);
      writeFileSync(from, bytes);
      const changed = withBytes(unchanged, size - 2, [7], Uint8Array.of(2));
      const read = async (offset: number, count: number) =>
        asChanged(changed, await readBytes(uri(from), offset, count), offset);
      const save = (target: string, goesOn = () => true) => writeCopy(uri(target), uri(from), size, read, goesOn);
      expect(await save(to)).toBe("written");
      bytes[size - 2] = 7;
      expect(readFileSync(to).equals(bytes)).toBe(true);
      expect(statSync(to).blocks * 512).toBeLessThan(size / 2);
      expect(await save(from)).toBe("same file");
      expect(await save(join(folder, "c.mig"), () => false)).toBe("cancelled");
      expect(() => statSync(join(folder, "c.mig"))).toThrow();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
