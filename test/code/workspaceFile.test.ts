import { describe, expect, it } from "vitest";
import { diagnoseProject } from "../../core/check";
import { device, hook, iommu, tree } from "../check/orderFixture";

const card = device({
  name: "card",
  table: ".post_load = card_post_load,",
  code: hook("card_post_load", "our_dma_read(s->as, 0, 4);"),
});

function withFile(text: string, extra: Record<string, string> = {}) {
  return tree({ "iommu.c": iommu(""), "card.c": card, "../.vmstate.json": text, ...extra });
}

describe(".vmstate.json", () => {
  it("adds API functions, whose calls then count", () => {
    expect(tree({ "iommu.c": iommu(""), "card.c": card }).of("dma-before-iommu")).toEqual([]);
    const api = { effects: [{ names: "our_dma_{read,write}", kind: "dma-read", space: "device" }] };
    expect(withFile(JSON.stringify({ api })).of("dma-before-iommu")).toEqual(["card.c error", "iommu.c error"]);
  });
  it("is read again when it changes", () => {
    const t = withFile("{}");
    expect(t.of("dma-before-iommu")).toEqual([]);
    const api = { effects: [{ names: "our_dma_read", kind: "dma-read", space: "device" }] };
    t.project.update(".vmstate.json", JSON.stringify({ api }));
    expect(diagnoseProject(t.project).filter((d) => d.code === "dma-before-iommu")).toHaveLength(2);
    t.project.update(".vmstate.json", undefined);
    t.project.update("hw/card.c", `${card}\n`);
  });
  it("declares dependencies", () => {
    const dependencies = [{ consumer: "card", loadsAfter: "demo-iommu", reason: "ours" }];
    expect(withFile(JSON.stringify({ dependencies })).of("declared-order")).toEqual([
      "card.c warning",
      "iommu.c warning",
    ]);
  });
  it.each(["{", "[]", '{"api": {"effects": [{"names": "x", "kind": "nonsense"}]}}', '{"dependencies": [{}]}'])(
    "tells what it cannot read: %s",
    (text) => {
      expect(withFile(text).all.filter((d) => d.code === "workspace-file")).toHaveLength(1);
    },
  );
  it.each([`${"{a,b}".repeat(20)}`, "x".repeat(1001), "{".repeat(5000)])(
    "refuses names that stand for too many: %s",
    (names) => {
      for (const api of [
        { opaque: [names] },
        { effects: [{ names, kind: "irq" }] },
        { callThrough: [{ names, argument: 0 }] },
      ]) {
        const found = withFile(JSON.stringify({ api })).all.filter((d) => d.code === "workspace-file");
        expect(found.map(({ message }) => message)).toEqual([expect.stringContaining("stand for more than 100000")]);
      }
    },
  );
  it("counts all of its names together, and nested ones as they multiply", () => {
    const hundred = "{a,b,c,d,e}{{0,1},{2,3,4}}{x,y}{p,q}";
    const problems = (opaque: readonly string[]) =>
      withFile(JSON.stringify({ api: { opaque } })).all.filter((d) => d.code === "workspace-file");
    expect(problems(Array(1000).fill(hundred))).toEqual([]);
    expect(problems(Array(1001).fill(hundred))).toHaveLength(1);
  });
});
