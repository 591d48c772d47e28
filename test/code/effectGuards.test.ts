import { describe, expect, it } from "vitest";
import { effectGuards, guardText, loadEffects } from "../../core/code";
import { treeOrder } from "../../core/order";
import { device, hook, iommu, tree } from "../check/orderFixture";

const guarded = (statements: string, code = ""): string =>
  device({
    name: "disk",
    table: ".post_load = disk_post_load,",
    code: code + hook("disk_post_load", statements),
  });

function guardsOf(card: string): readonly (string | undefined)[] {
  const { project } = tree({ "disk.c": card });
  const [description] = project.descriptionsIn("hw/disk.c");
  if (!description) throw new Error("no description");
  return loadEffects(project, description).map((effect) => guardText(effectGuards(project, effect)));
}

const read = "pci_dma_read(s, 0, 0, 4);";

describe("what an effect depends on", () => {
  it("is the conditions on the state along its chain of calls", () => {
    expect(guardsOf(guarded(read))).toEqual([undefined]);
    expect(guardsOf(guarded(`if (s->a & 1) { ${read} }`))).toEqual(["s->a & 1"]);
    const far = `static void disk_kick(Dev *s)\n{\n    if (!s->b) {\n        return;\n    }\n    ${read}\n}\n`;
    expect(guardsOf(guarded("if (s->a) disk_kick(s);", far))).toEqual(["s->a and s->b"]);
    expect(guardsOf(guarded(`if (s->a == 2) return 0; ${read}`))).toEqual(["not (s->a == 2)"]);
    expect(guardsOf(guarded(`if (!(s->a & 1)) return 0; ${read}`))).toEqual(["s->a & 1"]);
  });

  it("spells out locals that stand for state", () => {
    expect(guardsOf(guarded(`bool on = s->a & 1; if (on) { ${read} }`))).toEqual(["s->a & 1"]);
  });

  it("is not whether another call failed, nor what is not the device's", () => {
    expect(guardsOf(guarded(`int ret = 0; if (ret) return ret; if (check(s) < 0) return 1; ${read}`))).toEqual([
      undefined,
    ]);
    expect(guardsOf(guarded(`if (version_id > 2) { ${read} }`))).toEqual([undefined]);
  });

  it("may rule it out, by what a caller passes", () => {
    const raise = `static void card_check(Dev *s, int set)\n{\n    if (set) {\n        qemu_set_irq(s->as, 1);\n    }\n}\n`;
    const of = (argument: string) =>
      tree({ "disk.c": guarded(`card_check(s, ${argument});`, raise) }).of("irq-in-post-load");
    expect(of("0")).toEqual([]);
    expect(of("1")).toEqual(["disk.c information"]);
    expect(of("s->a")).toEqual(["disk.c information"]);
  });

  it("has its place, and shows in the order", () => {
    const card = guarded(`if (s->a) { ${read} }`);
    const { project } = tree({ "disk.c": card, "iommu.c": iommu("") });
    expect(treeOrder(project).edges[0]?.onlyIf).toBe("s->a");
    const [description] = project.descriptionsIn("hw/disk.c");
    const effect = description && loadEffects(project, description)[0];
    const range = effect && effectGuards(project, effect)[0]?.range;
    expect(project.text("hw/disk.c")?.slice(range?.start, range?.end)).toBe("s->a");
  });
});
