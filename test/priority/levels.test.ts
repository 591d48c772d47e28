import { describe, expect, it } from "vitest";
import { known, unknown } from "../../core/c/value";
import { levelName, levelOf, levelScheme } from "../../core/priority";
import type { PrioritySetting } from "../../core/vmstate/model";

const range = { file: "a.c", start: 0, end: 0 };
const priority = (value: number): { priority: PrioritySetting } => ({
  priority: { text: String(value), value: known(value), range },
});
const none = { priority: undefined };

describe("the level of a description", () => {
  const recent = levelScheme([
    { name: "MIG_PRI_UNINITIALIZED", value: 0 },
    { name: "MIG_PRI_LOW", value: 1 },
    { name: "MIG_PRI_DEFAULT", value: 2 },
    { name: "MIG_PRI_IOMMU", value: 3 },
    { name: "MIG_PRI_MAX", value: 3 },
  ]);
  const older = levelScheme([
    { name: "MIG_PRI_DEFAULT", value: 0 },
    { name: "MIG_PRI_IOMMU", value: 1 },
  ]);

  it("is the default where nothing is set, whichever number the default has", () => {
    expect(levelOf(none, recent)).toEqual(known(2));
    expect(levelOf(priority(0), recent)).toEqual(known(2));
    expect(levelOf(none, older)).toEqual(known(0));
  });

  it("is what is set otherwise", () => {
    expect(levelOf(priority(3), recent)).toEqual(known(3));
    expect(levelOf(priority(1), older)).toEqual(known(1));
  });

  it("is always 0 in a tree from before the enum", () => {
    expect(levelOf(priority(3), levelScheme([]))).toEqual(known(0));
  });

  it("stays unknown where the priority cannot be computed", () => {
    const setting: PrioritySetting = { text: "X", value: unknown("X is not defined"), range };
    expect(levelOf({ priority: setting }, recent)).toEqual(unknown("X is not defined"));
  });

  it("has the enumerator's name, never that of the end mark", () => {
    expect(levelName(3, recent)).toBe("MIG_PRI_IOMMU");
    expect(levelName(42, recent)).toBe("42");
  });
});
