import { describe, expect, it } from "vitest";
import type { LoadOrder, OrderEdge, OrderEntry } from "../../core/order";
import { orderDot, orderMermaid } from "../../core/order";

const entry = (idstr: string, level: string): OrderEntry => ({
  idstr,
  level,
  instanceId: 0,
  sectionId: 0,
  description: idstr,
  symbol: "",
  type: "",
  file: "a.c",
  line: 0,
});
const edge = (provider: string, consumer: string, by: OrderEdge["by"]): OrderEdge => ({
  provider,
  consumer,
  by,
  kind: "dma",
  holds: by === "level",
  slack: 0,
  reason: "",
  evidence: [],
});
const order: LoadOrder = {
  levels: [
    { name: "LOW", value: 0, comment: "" },
    { name: "HIGH", value: 1, comment: "" },
  ],
  entries: [entry("iommu", "HIGH"), entry('disk"]', "LOW"), entry("alone", "LOW"), entry("odd", "7")],
  edges: [edge("iommu", 'disk"]', "level"), edge("odd", 'disk"]', "inverted")],
  cycles: [],
};

describe("the load order as a graph", () => {
  it("for Graphviz: highest level first, quotes escaped, a reversed dependency in red", () => {
    const dot = orderDot(order, { all: false });
    expect(dot.match(/label="(?:HIGH|LOW|7)"/g)).toEqual(['label="HIGH"', 'label="LOW"', 'label="7"']);
    expect(dot).toContain('n1 [label="disk\\"]"];');
    expect(dot).toContain('n0 -> n1 [label="dma"];');
    expect(dot).toMatch(/n2 -> n1 \[label="dma", color="#\w+", penwidth=2\];/);
    expect(dot).not.toContain("alone");
  });

  it("for Mermaid: the same, with its own escapes", () => {
    const text = orderMermaid(order, { all: true });
    expect(text).toContain('n1["disk#34;#93;"]');
    expect(text).toContain('n0 -->|"dma"| n1');
    expect(text).toContain("linkStyle 1 stroke:");
    expect(text).toContain('["alone"]');
  });
});
