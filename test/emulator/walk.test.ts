import { describe, expect, it } from "vitest";
import { type SimulationOptions, simulate } from "../../core/emulator";
import { exampleTree } from "./tree";

function accesses(line: string, options: Partial<SimulationOptions> = {}) {
  const result = simulate(exampleTree(), { machine: line, ...options });
  if (!result.ok) throw new Error(result.message);
  return result.value.events.filter(({ kind }) => kind.startsWith("dma-"));
}

describe("how an access found its address", () => {
  it("is told for the destination as it was then, and for the source where they differ", () => {
    const [access] = accesses("-M q35 -m 16 -device demo-disk -device demo-iommu");
    expect(access?.walk).toEqual({
      iommu: "demo-iommu",
      requester: "00:00.0",
      access: "read",
      address: access?.address,
      steps: [],
      end: { kind: "untranslated", address: access?.address, why: "not-loaded" },
    });
    const { meant } = access ?? {};
    expect(meant?.steps).toMatchObject([{ entry: "mapping", index: 0, words: [] }]);
    expect(meant?.end).toMatchObject({ kind: "translated" });
    expect(meant?.bytes).toMatch(/^(?!0+$)[0-9a-f]{128}$/);
  });

  it("is told once where all was there", () => {
    const [access] = accesses("-M q35 -m 16 -device demo-iommu -device demo-disk");
    expect(access).toMatchObject({ result: "ok", walk: { end: { kind: "translated", address: access?.translated } } });
    expect(access?.meant).toBeUndefined();
  });

  it("says of an IOMMU that the guest has off that it is off, and of none that there is none", () => {
    const off = accesses("-M q35 -m 16 -device demo-iommu -device demo-disk", { remapping: false });
    expect(off[0]?.walk?.end).toMatchObject({ kind: "untranslated", why: "off" });
    const none = accesses("-M q35 -m 16 -device demo-disk");
    expect(none[0]?.walk?.end).toMatchObject({ kind: "untranslated", why: "no-iommu" });
    expect(none[0]?.walk?.iommu).toBeUndefined();
  });
});
