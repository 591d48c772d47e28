import { describe, expect, it } from "vitest";
import { type Move, machineOrder, rearrangedBy, simulate } from "../../core/emulator";
import { exampleTree } from "./tree";

const line = "-M q35 -m 16 -device demo-disk -device demo-iommu";
const iommuFirst: Move = { section: "demo-iommu", before: "demo-disk" };

function same(move: Move, machine = line) {
  const result = rearrangedBy(exampleTree(), machine, move);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const orderOf = (tree: ReturnType<typeof exampleTree>, machine: string): readonly string[] => {
  const order = machineOrder(tree, machine);
  if (!order.ok) throw new Error(order.message);
  return order.value.entries.map(({ type }) => type).filter((type) => type.startsWith("demo-"));
};

describe("a section put elsewhere", () => {
  it("has the priority that loads it there, which then does", () => {
    const { priority } = same(iommuFirst) ?? {};
    expect(priority).toMatchObject({
      level: "MIG_PRI_IOMMU",
      symbol: "vmstate_demo_iommu",
      file: "hw/demo/demo-iommu.c",
    });
    const tree = exampleTree();
    const text = tree.text(priority?.file ?? "") ?? "";
    tree.update(priority?.file ?? "", text.replace(/(\.version_id = \d+,)/, `$1 .priority = ${priority?.level},`));
    expect(orderOf(tree, line)).toEqual(["demo-iommu", "demo-disk"]);
  });

  it("has the command line that loads it there, which then completes", () => {
    const { commandLine } = same(iommuFirst) ?? {};
    expect(commandLine).toBe("-M q35 -m 16 -device demo-iommu -device demo-disk");
    const report = simulate(exampleTree(), { machine: commandLine ?? "" });
    expect(report.ok && report.value.outcome).toBe("completed");
    expect(orderOf(exampleTree(), commandLine ?? "")).toEqual(["demo-iommu", "demo-disk"]);
  });

  it("keeps words that need quotes", () => {
    const named = same(iommuFirst, '-name "a b" -M q35 -m 16 -device demo-disk -device demo-iommu');
    expect(named?.commandLine).toBe('-name "a b" -M q35 -m 16 -device demo-iommu -device demo-disk');
  });

  it("has neither where the two orders are one, and no command line for what the board makes", () => {
    expect(same({ section: "demo-iommu", to: "last" })).toBeUndefined();
    expect(same({ section: "demo-disk", to: "first" })?.commandLine).toBeUndefined();
  });

  it("names a section that is not there", () => {
    expect(rearrangedBy(exampleTree(), line, { section: "no-such", to: "last" })).toMatchObject({ ok: false });
  });
});
