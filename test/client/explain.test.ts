import { describe, expect, it } from "vitest";
import type { Sentence } from "../../client/shared/explain";
import { explain } from "../../client/shared/explain";
import type { OrderResult, SimulateResult } from "../../server/protocol";

const order: OrderResult = {
  tree: "file:///tree",
  levels: [{ name: "MIG_PRI_DEFAULT", value: 2, comment: "" }],
  entries: [
    {
      idstr: "demo-iommu",
      instanceId: 0,
      sectionId: 4,
      description: "demo-iommu",
      symbol: "vmstate_demo_iommu",
      type: "demo-iommu",
      level: "MIG_PRI_DEFAULT",
      file: "hw/demo/demo-iommu.c",
      line: 49,
    },
  ],
  edges: [
    {
      consumer: "demo-disk",
      provider: "demo-iommu",
      kind: "dma",
      holds: false,
      by: "creation",
      slack: 0,
      reason: "It maps guest memory in post_load.",
      evidence: [
        {
          file: "hw/demo/ring.c",
          line: 8,
          text: "demo_ring_map calls dma_memory_map",
          range: { file: "hw/demo/ring.c", start: 100, end: 114 },
        },
      ],
    },
    {
      consumer: "demo-nic",
      provider: "demo-bridge",
      kind: "bus-number",
      holds: true,
      by: "level",
      slack: 2,
      reason: "",
      evidence: [],
    },
  ],
  cycles: [],
};

const completed: SimulateResult = {
  tree: "file:///tree",
  machine: "-M q35",
  milliseconds: 3,
  outcome: "completed",
  sections: [
    { offset: 0, size: 1000, kind: "full", idstr: "demo-disk", instanceId: 0, level: "MIG_PRI_DEFAULT", result: "ok" },
    {
      offset: 1000,
      size: 280,
      kind: "full",
      idstr: "demo-iommu",
      instanceId: 0,
      level: "MIG_PRI_DEFAULT",
      result: "ok",
    },
  ],
  events: [],
  failure: null,
};

const words = (sentences: readonly Sentence[]): readonly string[] =>
  sentences.map((sentence) => sentence.map((part) => part.text).join(""));

describe("the words above a simulation", () => {
  it("say that a guest arrived, with sizes", () => {
    const explanation = explain(completed, undefined);
    expect(explanation.verdict).toBe("good");
    expect(words(explanation.what)).toEqual([
      "2 sections, 1.25 KiB, all loaded.",
      "No device touched guest memory while it was loaded.",
    ]);
    expect(explanation.todo).toEqual([]);
  });

  it("warn of a dependency that only the order of creation kept", () => {
    const explanation = explain(completed, order);
    expect(words(explanation.why)[0]).toContain("demo-disk needs demo-iommu");
    expect(explanation.todo).toHaveLength(1);
  });

  it("name the device, QEMU's message, the cause and the table to change", () => {
    const failure = {
      idstr: "demo-disk",
      offset: 0,
      message: "load of migration failed: Operation not permitted",
      file: "hw/demo/demo-disk.c",
      line: 27,
    };
    const events = [{ kind: "map", idstr: "demo-disk", address: 0x4000, result: "fault: no translation" }];
    const explanation = explain({ ...completed, outcome: "failed", failure, events }, order);
    expect(explanation.headline).toBe("Loading stops at demo-disk");
    expect(words(explanation.what)).toEqual([
      "QEMU says: load of migration failed: Operation not permitted",
      "Raised at hw/demo/demo-disk.c:28.",
    ]);
    expect(words(explanation.why)).toEqual([
      "While it was loaded, demo-disk reached for guest address 0x4000: fault: no translation.",
      "demo-disk needs demo-iommu, but it is not loaded by then. It maps guest memory in post_load. hw/demo/ring.c:9",
    ]);
    expect(explanation.todo[0]?.find((part) => part.kind === "link")).toEqual({
      kind: "link",
      text: "vmstate_demo_iommu",
      file: "hw/demo/demo-iommu.c",
      line: 49,
    });
  });

  it("do not guess a cause that nothing names", () => {
    const failure = { idstr: "demo-timer", offset: 0, message: "bad", file: "", line: 0 };
    const explanation = explain({ ...completed, outcome: "failed", failure }, order);
    expect(explanation.why).toEqual([]);
    expect(explanation.todo).toEqual([]);
  });

  it("say which devices read wrong memory although QEMU is silent", () => {
    const events = [{ kind: "read", idstr: "demo-disk", address: "0x10", translated: "0x20", result: "stale" }];
    const explanation = explain({ ...completed, outcome: "corrupted", events }, order);
    expect(explanation.verdict).toBe("wrong");
    expect(words(explanation.what)[0]).toContain("demo-disk");
  });
});
