import { expect, it } from "vitest";
import { orderTree } from "../../client/shared/orderTree";
import type { OrderEdge, OrderEntry, OrderResult } from "../../server/protocol";

function entry(idstr: string, level: string): OrderEntry {
  return { idstr, instanceId: 0, sectionId: 0, description: idstr, symbol: "", type: "", level, file: "a.c", line: 0 };
}

const edge: OrderEdge = {
  consumer: "disk",
  provider: "iommu",
  kind: "dma",
  holds: true,
  by: "level",
  slack: 1,
  reason: "",
  evidence: [{ file: "a.c", line: 1, text: "maps", range: { file: "a.c", start: 0, end: 1 } }],
};

const result: OrderResult = {
  tree: "file:///t",
  levels: [
    { name: "LOW", value: 1, comment: "" },
    { name: "HIGH", value: 3, comment: "first" },
  ],
  entries: [entry("iommu", "HIGH"), entry("disk", "LOW"), entry("timer", "LOW")],
  edges: [edge],
  cycles: [],
};

it("lists levels in load order, and dependencies from both ends down to their evidence", () => {
  const tree = orderTree(result);
  const levels = tree.roots();
  expect(levels.map((node) => node.kind === "level" && [node.level.name, node.entries.length])).toEqual([
    ["HIGH", 1],
    ["LOW", 2],
  ]);
  const entries = levels.flatMap(tree.children);
  const edges = entries.map((node) => tree.children(node).map((child) => child.kind === "edge" && child.direction));
  expect(edges).toEqual([["neededBy"], ["needs"], []]);
  const evidence = entries.flatMap(tree.children).flatMap(tree.children);
  expect(evidence).toEqual([
    { kind: "evidence", evidence: edge.evidence[0] },
    { kind: "evidence", evidence: edge.evidence[0] },
  ]);
});
