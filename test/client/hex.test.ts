import { expect, it } from "vitest";
import { hexRows } from "../../client/shared/hex";

const bytes = Uint8Array.from({ length: 20 }, (_, index) => 0x40 + index);

it("hex lines show address, bytes and text, padded where the last one is short", () => {
  const [first, second] = hexRows(bytes, 0x100, undefined);
  expect(first?.address).toBe("00000100");
  expect(first?.after.hex).toBe("40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f ");
  expect(first?.marked.hex).toBe("");
  expect(second?.after).toEqual({ hex: `50 51 52 53 ${"   ".repeat(12)}`, text: "PQRS" });
});

it("a marked field stands apart, also across lines and when it lies elsewhere", () => {
  const [first, second] = hexRows(bytes, 0, { offset: 14, size: 3 });
  expect([first?.marked.text, second?.marked.text]).toEqual(["NO", "P"]);
  expect(second?.before.hex).toBe("");
  const [elsewhere] = hexRows(bytes, 0, { offset: 400, size: 3 });
  expect(elsewhere?.marked.hex).toBe("");
  expect(elsewhere?.before.text).toHaveLength(16);
});
