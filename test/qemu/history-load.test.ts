/** What loading did wrong in QEMU's history: flagged before the fix, silent after. Some of it the rules found at the first try, for the rest one was generalised. */
import { describe, expect, it } from "vitest";
import { loadFixes } from "./fixCases";
import { aroundFix } from "./fixHistory";

describe("history of loading", () => {
  it.each(loadFixes)("$fix: $what", { timeout: 300_000 }, (each) => {
    const { before, after } = aroundFix(each);
    expect(before).not.toEqual([]);
    expect(after).toEqual([]);
  });
});
