import { describe, expect, it } from "vitest";
import { bareTree } from "../tree";

const header = "include/migration/vmstate.h";

function levelsOf(text: string): unknown {
  return bareTree({ [header]: text })
    .priorityLevels()
    .map(({ name, value, comment }) => [name, value, comment]);
}

describe("priority levels", () => {
  it("are the enum's own, counted on from what is written", () => {
    const body =
      "MIG_PRI_UNSET = 0, /* Nothing said */\n    MIG_PRI_LOW,\n    MIG_PRI_HIGH = 7, // goes first\n    MIG_PRI_MAX,";
    expect(levelsOf(`typedef enum {\n    ${body}\n} MigrationPriority;\n`)).toEqual([
      ["MIG_PRI_UNSET", 0, "Nothing said"],
      ["MIG_PRI_LOW", 1, ""],
      ["MIG_PRI_HIGH", 7, "goes first"],
      ["MIG_PRI_MAX", 8, ""],
    ]);
  });

  it("are none in a tree older than the enum", () => {
    expect(levelsOf("typedef enum { VMS_END } VMStateFlags;\n")).toEqual([]);
  });
});
