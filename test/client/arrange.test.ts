import { describe, expect, it } from "vitest";
import { isMovable, moveInto, moveTowards } from "../../client/shared/arrange";
import { explain } from "../../client/shared/explain";
import { order, section, simulation } from "./results";

const [ram, timer, first, second, again, twin] = [
  section("ram", { kind: "start" }),
  section("timer"),
  section("demo-disk"),
  section("demo-iommu"),
  section("twin"),
  section("twin", { instanceId: 1 }),
];
const sections = [ram, timer, first, again, second, twin];

describe("a section put elsewhere in the stream", () => {
  it("is a whole one whose name is its own", () => {
    expect(sections.filter((each) => isMovable(sections, each))).toEqual([timer, first, second]);
    expect(moveInto(sections, twin, 0)).toBeUndefined();
  });

  it("goes before the next one that has a name of its own, or to the end", () => {
    expect(moveInto(sections, second, 0)).toEqual({ section: "demo-iommu", before: "timer" });
    expect(moveInto(sections, second, 2)).toEqual({ section: "demo-iommu", before: "demo-disk" });
    expect(moveInto(sections, timer, 6)).toEqual({ section: "timer", to: "last" });
    expect(moveInto(sections, timer, 3)).toEqual({ section: "timer", before: "demo-iommu" });
  });

  it("stays where it is dropped on its own place", () => {
    for (const gap of [2, 1, 0]) expect(moveInto(sections, timer, gap)).toBeUndefined();
    expect(moveInto(sections, second, 5)).toBeUndefined();
  });

  it("goes by steps as far as there is something to step over", () => {
    expect(moveTowards(sections, second, "earlier")).toEqual({ section: "demo-iommu", before: "demo-disk" });
    expect(moveTowards(sections, first, "later")).toEqual({ section: "demo-disk", to: "last" });
    expect(moveTowards(sections, timer, "later")).toEqual({ section: "timer", before: "demo-iommu" });
    expect(moveTowards(sections, timer, "earlier")).toBeUndefined();
    expect(moveTowards(sections, timer, "first")).toBeUndefined();
    expect(moveTowards(sections, second, "first")).toEqual({ section: "demo-iommu", before: "timer" });
    expect(moveTowards(sections, second, "last")).toBeUndefined();
  });

  it("is not said to load there by the order of creation", () => {
    const names = ["demo-iommu", "demo-disk"];
    const move = { section: "demo-iommu", before: "demo-disk" };
    expect(explain(simulation(names), order).why).not.toEqual([]);
    expect(explain(simulation(names, { moved: { move, same: { section: "demo-iommu" } } }), order).why).toEqual([]);
  });
});
