import { describe, expect, it } from "vitest";
import { changesBetween } from "../../client/shared/changes";
import { explain } from "../../client/shared/explain";
import { simulationMarkdown } from "../../client/shared/markdown";
import { simulation } from "./results";

describe("changes since the last run", () => {
  it("are none for the same result", () => {
    expect(changesBetween(simulation(["a", "b"]), simulation(["a", "b"]))).toEqual([]);
  });

  it("name the one section that moved, not those it passed", () => {
    const before = simulation(["ram", "disk", "nic", "iommu"], { outcome: "failed" });
    expect(changesBetween(before, simulation(["ram", "iommu", "disk", "nic"]))).toEqual([
      "It failed before. It completes now.",
      "iommu is now at place 2.",
    ]);
  });

  it("name what came, went and grew", () => {
    const after = simulation(["a", "c"]);
    const grown = { ...after, sections: after.sections.map((section) => ({ ...section, size: 14 })) };
    expect(changesBetween(simulation(["a", "b"]), grown)).toEqual(["c is new.", "b is gone.", "a: 10 B became 14 B."]);
  });
});

it("a simulation becomes Markdown that a bug report can hold", () => {
  const result = simulation(["a|b"], {
    events: [{ kind: "dma-read", idstr: "a|b", address: "0x10", translated: "0x20", result: "ok" }],
  });
  const text = simulationMarkdown(result, explain(result, undefined));
  expect(text).toContain("# The guest arrives\n");
  expect(text).toContain("| 1 | MIG_PRI_DEFAULT | a\\|b | full | 0x0 | 10 B | 500 µs | loaded |");
  expect(text).toContain("reads guest memory at 0x10 → 0x20");
});
