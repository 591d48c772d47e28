import { expect, it } from "vitest";
import { explain } from "../../client/shared/explain";
import { simulationSvg } from "../../client/shared/svg";
import { failure, section, simulation } from "./results";

it("a simulation as SVG has every section, its faults, and nothing that a name could smuggle in", () => {
  const result = simulation([], {
    outcome: "failed",
    failure,
    sections: [
      section("demo-iommu", { level: "MIG_PRI_IOMMU" }),
      section(`<script>"&\u0007`, { result: "loaded" }),
      section("demo-disk", { result: "failed", instanceId: 2 }),
    ],
    events: [{ kind: "dma-map", idstr: "demo-disk", address: "0x1000", translated: "0x2000", result: "no mapping" }],
  });
  const svg = simulationSvg(result, explain(result, undefined));
  expect(svg).toContain("MIG_PRI_IOMMU");
  expect(svg).toContain('class="name bad">demo-disk #2</text>');
  expect(svg).toContain("maps guest memory at 0x1000 → 0x2000: no mapping");
  expect(svg).toContain("&lt;script&gt;&quot;&amp;�");
  expect(svg).not.toContain("<script");
});
