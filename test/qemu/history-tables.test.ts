/** Tables that were wrong in QEMU's history: flagged before the fix at the place that it mends, silent after. */
import { describe, expect, it } from "vitest";
import { tableFixes } from "./fixCases";
import { aroundFix } from "./fixHistory";

describe("history of tables", () => {
  it.each(tableFixes)("$fix: $code in $file", { timeout: 300_000 }, (each) => {
    const { before, after } = aroundFix(each);
    expect(before).not.toEqual([]);
    expect(after.length).toBeLessThan(before.length);
  });
});
