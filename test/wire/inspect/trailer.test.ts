import { expect, it } from "vitest";
import { trailerStart } from "../../../core/wire/inspect/trailer";

/** Bytes that end with a trailer whose JSON has that many characters. */
function tail(length: number): Uint8Array {
  const json = Buffer.from(`{"page_size":4096}`.padEnd(length - 1, " "));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  return Uint8Array.from([9, 0, 0x06, ...size, ...json, 0x7d]);
}

// 0x7b is an opening brace and 0x06 the trailer's own mark: lengths may hold both
it.each([0x45, 0x7b, 0x107b, 0x7b10, 0x067b, 0x7b7b, 0x06_7b06])("is found where its length is %i", (length) => {
  expect(trailerStart(tail(length))).toBe(2);
});

it("is none where the file ends elsewhere than the JSON", () => {
  const bytes = tail(0x45);
  expect(trailerStart(bytes.subarray(0, -1))).toBeUndefined();
  expect(trailerStart(Uint8Array.of(1, 2, 3))).toBeUndefined();
  expect(trailerStart(new Uint8Array(0))).toBeUndefined();
});
