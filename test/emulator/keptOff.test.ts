import { describe, expect, it } from "vitest";
import { simulate } from "../../core/emulator";
import { exampleFiles, exampleTree } from "./tree";

/** The example's IOMMU with regions that it switches; `enabled` is asked for before they translate. */
function treeWith(enabled: string) {
  const file = "hw/demo/demo-iommu.c";
  const text = exampleFiles()[file] ?? "";
  const switching = `
typedef struct DemoSpace { DemoIOMMU *unit; IOMMUMemoryRegion iommu; MemoryRegion direct; bool is_translated; } DemoSpace;

static void demo_iommu_switch(DemoSpace *space)
{
    DemoIOMMU *unit = space->unit;
    if (${enabled}) {
        memory_region_set_enabled(&space->direct, false);
        memory_region_set_enabled(MEMORY_REGION(&space->iommu), true);
    } else {
        memory_region_set_enabled(MEMORY_REGION(&space->iommu), false);
        memory_region_set_enabled(&space->direct, true);
    }
}

static void demo_iommu_new_space(DemoIOMMU *unit, DemoSpace *space)
{
    memory_region_init_iommu(&space->iommu, sizeof(space->iommu), TYPE_DEMO_IOMMU_MEMORY_REGION, OBJECT(unit), "demo", UINT64_MAX);
    demo_iommu_switch(space);
}

static const Property demo_iommu_properties[] = {
    DEFINE_PROP_BOOL("remap", DemoIOMMU, remap, false),
};
`;
  const at = text.indexOf("static const VMStateDescription");
  const written = `${text.slice(0, at)}${switching}${text.slice(at)}`.replace(
    "bool dmar_enabled;",
    "bool dmar_enabled;\n    bool remap;",
  );
  return exampleTree({
    [file]: written.replace("    DemoIOMMU *iommu = opaque;", "$&\n    demo_iommu_switch(iommu->space);"),
  });
}

function loaded(enabled: string, options: string) {
  const result = simulate(treeWith(enabled), {
    machine: `-M q35 -m 16 -device demo-iommu${options} -device demo-disk`,
  });
  if (!result.ok) throw new Error(result.message);
  const { outcome, notes, events } = result.value;
  const accesses = events.filter(({ kind }) => kind === "dma-read" || kind === "dma-write" || kind === "dma-map");
  return {
    outcome,
    notes: notes.filter((note) => note.includes("translates nothing")),
    isTranslated: accesses.some(({ address, translated }) => address !== translated),
  };
}

describe("an IOMMU whose regions a property keeps off", () => {
  it("leaves devices to the guest's memory, and says which property", () => {
    const { outcome, notes, isTranslated } = loaded("space->is_translated && unit->remap", "");
    expect([outcome, isTranslated]).toEqual(["completed", false]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^demo-iommu translates nothing with remap=off \(hw\/demo\/demo-iommu\.c:\d+\): devices use/,
      ),
    ]);
  });

  it.each([
    ["unit->remap", ",remap=on"],
    ["space->is_translated", ""],
    ["unit->remap || space->is_translated", ""],
    ["!unit->remap", ""],
  ])("translates where %s may hold with -device demo-iommu%s", (enabled, options) => {
    const { notes, isTranslated } = loaded(enabled, options);
    expect([notes, isTranslated]).toEqual([[], true]);
  });
});
