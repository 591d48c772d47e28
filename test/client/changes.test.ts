import { describe, expect, it } from "vitest";
import { changesBetween } from "../../client/shared/changes";
import { explain } from "../../client/shared/explain";
import { simulationMarkdown } from "../../client/shared/markdown";
import type { SimulateResult } from "../../server/protocol";

function run(names: readonly string[], more: Partial<SimulateResult> = {}): SimulateResult {
  return {
    tree: "file:///t",
    machine: "-M q35",
    milliseconds: 1,
    outcome: "completed",
    sections: names.map((idstr, index) => ({
      offset: index * 10,
      size: 10,
      kind: "full",
      idstr,
      instanceId: 0,
      level: "MIG_PRI_DEFAULT",
      result: "ok",
    })),
    events: [],
    failure: null,
    ...more,
  };
}

describe("changes since the last run", () => {
  it("are none for the same result", () => {
    expect(changesBetween(run(["a", "b"]), run(["a", "b"]))).toEqual([]);
  });

  it("name the one section that moved, not those it passed", () => {
    const before = run(["ram", "disk", "nic", "iommu"], { outcome: "failed" });
    expect(changesBetween(before, run(["ram", "iommu", "disk", "nic"]))).toEqual([
      "It failed before and completes now.",
      "iommu is now at place 2.",
    ]);
  });

  it("name what came, went and grew", () => {
    const after = run(["a", "c"]);
    const grown = { ...after, sections: after.sections.map((section) => ({ ...section, size: 14 })) };
    expect(changesBetween(run(["a", "b"]), grown)).toEqual(["c is new.", "b is gone.", "a: 10 B became 14 B."]);
  });
});

it("a simulation becomes Markdown that a bug report can hold", () => {
  const result = run(["a|b"], {
    events: [{ kind: "dma read", idstr: "a|b", address: 16, translated: 32, result: "ok" }],
  });
  const text = simulationMarkdown(result, explain(result, undefined));
  expect(text).toContain("# The guest arrives\n");
  expect(text).toContain("| 1 | MIG_PRI_DEFAULT | a\\|b | full | 0x0 | 10 B | ok |");
  expect(text).toContain("dma read 0x10 → 0x20");
});
