import { describe, expect, it } from "vitest";
import { memorySource } from "../../../core/wire";
import { rewriteStream } from "../../../core/wire/inspect/edit";
import { inspectStream } from "../../../core/wire/inspect/inspect";
import { isSame, sideBySide, sideBySideText } from "../../../core/wire/inspect/sideBySide";
import { sampleStream } from "../sample";

const plain = sampleStream();
const read = (bytes: Uint8Array) => inspectStream(memorySource(bytes));

function edited(edits: {
  set?: readonly string[];
  drop?: readonly string[];
  move?: readonly { section: string; before: string }[];
}) {
  const rewritten = rewriteStream(read(plain), { drop: [], set: [], move: [], ...edits });
  if (!rewritten.ok) throw new Error(rewritten.error.message);
  const pieces = [...rewritten.value.pieces].map((piece) =>
    piece.kind === "bytes" ? piece.bytes : plain.subarray(piece.offset, piece.offset + piece.size),
  );
  return read(Buffer.concat(pieces));
}

const text = (a = read(plain), b = read(plain)) => sideBySideText(sideBySide(a, b));

describe("two streams side by side", () => {
  it("that are the same have no difference", () => {
    expect(isSame(sideBySide(read(plain), read(plain)))).toBe(true);
    expect(text()).toEqual([]);
  });

  it("differ by field, nested ones and subsections too", () => {
    const other = edited({ set: ["0000:00:02.0/nic.count=9", "clock.timer.ticks=3"] });
    expect(text(read(plain), other)).toEqual([
      "0000:00:02.0/nic 0 v2",
      "    count: 0x7 -> 0x9",
      "clock 1 v1",
      "    timer/ticks: 0x9 -> 0x3",
    ]);
  });

  it("differ by sections that one lacks, and by their order", () => {
    expect(text(read(plain), edited({ drop: ["clock"] }))).toEqual(["only in A: clock 1 v1"]);
    expect(text(edited({ drop: ["clock"] }), read(plain))).toEqual(["only in B: clock 1 v1"]);
    expect(text(read(plain), edited({ move: [{ section: "clock", before: "0000:00:02.0/nic" }] }))).toEqual([
      "the sections come in another order",
    ]);
  });

  it("differ by RAM, a block a line", () => {
    const [line = ""] = text(read(plain), read(sampleStream({ extraPages: 5 })));
    expect(line).toMatch(/^ram pc\.ram: 0x[0-9a-f]+; (\d+) -> \d+ pages, \d+ zero$/);
  });

  it("without a description differ by bytes", () => {
    const [a, b] = [sampleStream({ trailer: false }), sampleStream({ trailer: false })];
    const at = Buffer.from(b).indexOf("nic");
    // the section's instance and version stand between its name and its payload
    b[at + 3 + 8 + 2] = 0x55;
    expect(text(read(a), read(b))).toEqual([
      "0000:00:02.0/nic 0 v2",
      "    8 bytes, different from byte 2 on; not decoded",
    ]);
  });
});
