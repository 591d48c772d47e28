import { describe, expect, it } from "vitest";
import type { LoadOrder } from "../../core/order/order";
import { exampleTree, vmstate } from "./run";

async function order(...argv: string[]): Promise<LoadOrder> {
  const { code, out } = await vmstate(["order", "--tree", exampleTree, "--format", "json", ...argv]);
  expect(code).toBe(0);
  const parsed: LoadOrder = JSON.parse(out);
  return parsed;
}

describe("vmstate order", () => {
  it("lists the tree's levels, its sections and who needs whom", async () => {
    const { levels, entries, edges } = await order();
    expect(levels.find((each) => each.name === "MIG_PRI_IOMMU")?.value).toBe(3);
    expect(entries.map((each) => each.idstr)).toContain("demo-nic");
    expect(edges).toMatchObject([{ consumer: "demo-disk", provider: "demo-iommu", holds: false }]);
    expect(edges[0]?.evidence[0]).toMatchObject({ file: "hw/demo/demo-disk.c", line: 37 });
  });

  it("lists the sections of a machine in the order of its handler list", async () => {
    const { entries } = await order("--machine", "-M q35 -device demo-disk -device demo-iommu");
    const names = entries.map((each) => each.idstr);
    expect(names.filter((each) => /demo/.test(each))).toEqual([
      expect.stringMatching(/^0000:00:[0-9a-f]+\.0\/demo-disk$/),
      "demo-iommu",
    ]);
    expect(entries.every((each) => Number.isInteger(each.sectionId))).toBe(true);
  });

  it("prints it for people as well", async () => {
    const { out } = await vmstate(["order", "--tree", exampleTree]);
    expect(out).toContain("MIG_PRI_DEFAULT (2)");
    expect(out).toContain("demo-disk needs demo-iommu");
  });

  it("exits 2 where the command line cannot be understood", async () => {
    const { code, err } = await vmstate(["order", "--tree", exampleTree, "--machine", "-device nothing"]);
    expect(code).toBe(2);
    expect(err).toContain("names no machine");
  });
});
