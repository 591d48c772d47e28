import { describe, expect, it } from "vitest";
import { certaintyOf, isAtRisk } from "../../client/shared/edges";
import { entryKey, layoutGraph, nextNode, nodeHeight } from "../../client/shared/graph";
import type { GraphNode, GraphOptions } from "../../client/shared/graph";
import { moveSentence } from "../../client/shared/moved";
import type { OrderEdge, OrderEntry, OrderResult } from "../../server/protocol";

function entry(idstr: string, level: string, folder = "hw/net"): OrderEntry {
  const file = `${folder}/${idstr}.c`;
  return { idstr, instanceId: 0, sectionId: 0, description: idstr, symbol: "", type: "", level, file, line: 0 };
}

function edge(consumer: string, provider: string, more: Partial<OrderEdge> = {}): OrderEdge {
  return { consumer, provider, kind: "dma", holds: true, by: "level", slack: 1, reason: "", evidence: [], ...more };
}

const chance = { holds: false, by: "creation" } as const;

const result: OrderResult = {
  tree: "file:///t",
  levels: [
    { name: "LOW", value: 1, comment: "" },
    { name: "HIGH", value: 3, comment: "" },
  ],
  entries: [
    entry("iommu", "HIGH"),
    entry("disk", "LOW"),
    entry("nic", "LOW"),
    entry("usb", "LOW"),
    entry("timer", "LOW"),
    entry("clock", "LOW"),
    entry("bridge", "LOW", "hw/pci"),
    ...Array.from({ length: 40 }, (_, index) => entry(`sensor-${index}`, "LOW", "hw/sensor")),
  ],
  edges: [edge("disk", "iommu"), edge("nic", "iommu"), edge("usb", "iommu"), edge("usb", "bridge", chance)],
  cycles: [],
};

const all: GraphOptions = { width: 800, toggled: new Set(), words: "", around: undefined, riskOnly: false };
const labels = (nodes: readonly GraphNode[]) =>
  nodes.map(({ label, more }) => (more > 0 ? `${label} +${more}` : label));

describe("the graph of a load order", () => {
  it("has the highest level above, and what is at risk first in its level", () => {
    const graph = layoutGraph(result, all);
    expect(graph.bands.map(({ level, amount }) => [level, amount])).toEqual([
      ["HIGH", 1],
      ["LOW", 46],
    ]);
    expect(labels(graph.nodes)).toEqual(["iommu", "bridge", "usb", "disk +1", "hw/net +2", "hw/sensor +40"]);
  });

  it("draws one line for all who need the same, and the doubtful ones on top", () => {
    const { links } = layoutGraph(result, all);
    expect(links.map(({ edges, certainty }) => [edges.length, certainty])).toEqual([
      [2, "kept"],
      [1, "kept"],
      [1, "chance"],
    ]);
  });

  it("draws an opened group by its members", () => {
    const group = layoutGraph(result, all).nodes.find((node) => node.label === "disk");
    const graph = layoutGraph(result, { ...all, toggled: new Set([group?.key ?? ""]) });
    expect(labels(graph.nodes)).toEqual([
      "iommu",
      "bridge",
      "usb",
      "disk +1",
      "disk",
      "nic",
      "hw/net +2",
      "hw/sensor +40",
    ]);
    expect(graph.links).toHaveLength(4);
  });

  it("opens every group of a small machine by itself", () => {
    const small = { ...result, entries: result.entries.slice(0, 6) };
    expect(labels(layoutGraph(small, all).nodes)).toContain("nic");
  });

  it("keeps what is searched for, an entry's neighbours, or what is at risk", () => {
    expect(labels(layoutGraph(result, { ...all, words: "CLOCK" }).nodes)).toEqual(["clock"]);
    const around = entryKey(entry("usb", "LOW"));
    expect(labels(layoutGraph(result, { ...all, around }).nodes)).toEqual(["iommu", "bridge", "usb"]);
    expect(labels(layoutGraph(result, { ...all, riskOnly: true }).nodes)).toEqual(["bridge", "usb"]);
  });

  it("keeps nodes apart and inside its width, with a thousand entries all open", () => {
    const entries = Array.from({ length: 1000 }, (_, index) =>
      entry(`a-device-with-a-long-name-${index}`, index % 3 === 0 ? "HIGH" : "LOW", `hw/${index % 7}`),
    );
    const many = { ...result, entries, edges: [] };
    const toggled = new Set(layoutGraph(many, all).nodes.map((node) => node.key));
    const { nodes, width, height } = layoutGraph(many, { ...all, toggled });
    expect(nodes.length).toBeGreaterThan(1000);
    for (const [index, node] of nodes.entries()) {
      expect(node.x + node.width).toBeLessThanOrEqual(width);
      expect(node.y + nodeHeight).toBeLessThanOrEqual(height);
      const next = nodes[index + 1];
      if (next?.y === node.y) expect(next.x).toBeGreaterThanOrEqual(node.x + node.width);
      else if (next) expect(next.y).toBeGreaterThanOrEqual(node.y + nodeHeight);
    }
  });

  it("is walked by arrow keys in lines and between them", () => {
    const { nodes } = layoutGraph(result, all);
    const [iommu, bridge, usb] = nodes;
    expect(nextNode(nodes, iommu?.key ?? "", "down")).toBe(bridge);
    expect(nextNode(nodes, usb?.key ?? "", "up")).toBe(bridge);
    expect(nextNode(nodes, iommu?.key ?? "", "up")).toBeUndefined();
    expect(nextNode(nodes, "gone", "left")).toBe(iommu);
  });
});

describe("how sure a dependency is", () => {
  it("trusts a provider that is always created first, and nothing else that has no priority", () => {
    expect(certaintyOf(edge("a", "b", { ...chance, createdFirst: true }))).toBe("created");
    expect(isAtRisk(edge("a", "b", { ...chance, createdFirst: true }))).toBe(false);
    expect(isAtRisk(edge("a", "b", chance))).toBe(true);
    expect(isAtRisk(edge("a", "b", { holds: false, by: "inverted" }))).toBe(true);
  });

  it("is compared before and after a table changes its level", () => {
    const before = [edge("disk", "iommu"), edge("usb", "bridge", chance)];
    const after = [edge("disk", "iommu", { holds: false, by: "inverted" }), edge("usb", "bridge")];
    expect(moveSentence("vmstate_x", "LOW", before, after)).toBe(
      "vmstate_x is at LOW: 1 dependency is satisfied now, 1 dependency is broken now: disk needs iommu.",
    );
    expect(moveSentence("vmstate_x", "LOW", before, before)).toContain("no known dependency changes");
  });
});
