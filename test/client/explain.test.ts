import { describe, expect, it } from "vitest";
import { explain, isFault } from "../../client/shared/explain";
import type { Sentence } from "../../client/shared/sentence";
import type { SimulateEvent } from "../../server/protocol";
import { failure, order, section, simulation } from "./results";

const words = (sentences: readonly Sentence[]): readonly string[] =>
  sentences.map((sentence) => sentence.map((part) => part.text).join(""));

const fault: SimulateEvent = {
  kind: "dma-map",
  idstr: "demo-disk",
  address: "0x4000",
  translated: "0x4000",
  result: "no memory there",
  file: "hw/demo/ring.c",
  line: 8,
};

describe("the words above a simulation", () => {
  it("say that a guest arrived, with sizes", () => {
    const explanation = explain(simulation(["demo-disk", "demo-iommu"], { size: 1280 }), undefined);
    expect(explanation.verdict).toBe("good");
    expect(words(explanation.what)).toEqual([
      "2 sections, 1.25 KiB, all loaded.",
      "No device touched guest memory while it was loaded.",
      "It stands still for 3.0 ms of 300 ms allowed.",
    ]);
    expect(explanation.todo).toEqual([]);
  });

  it("warn of a dependency that only the order of creation kept", () => {
    const explanation = explain(simulation(["demo-iommu", "demo-disk"]), order);
    expect(words(explanation.why)).toEqual(["Only device creation order puts demo-iommu before demo-disk."]);
    expect(explanation.todo).toHaveLength(1);
  });

  it("begin with what was loaded too late", () => {
    const cause = {
      kind: "iommu-later",
      consumer: { idstr: "demo-disk", section: 4 },
      provider: { idstr: "demo-iommu", section: 7 },
      address: "0x4000",
      meant: "0x9000",
      became: "0x4000",
      text: "",
    } as const;
    const result = simulation(["demo-disk", "demo-iommu"], { outcome: "failed", failure: { ...failure, cause } });
    expect(words(explain(result, order).what).slice(0, 2)).toEqual([
      "demo-disk (section 4) is loaded before demo-iommu (section 7).",
      "0x4000 is an I/O address for 0x9000 in the guest's memory, and is taken for a physical one.",
    ]);
  });

  it("name no section where the stream is refused before the first", () => {
    const message = "Machine type received is 'pc-a' and local is 'pc-b'";
    const result = simulation(["demo-disk"], {
      outcome: "failed",
      failure: { ...failure, idstr: "", message, chain: [] },
    });
    const explanation = explain(result, order);
    expect(explanation.headline).toBe("The destination refuses the stream");
    expect(words(explanation.what)).toEqual([message]);
  });

  it("give QEMU's messages, the access, the way to it, the cause and the table to change", () => {
    const messages = ["demo-disk: the ring cannot be mapped", failure.message];
    const result = simulation(["demo-disk", "demo-iommu"], { outcome: "failed", failure, messages, events: [fault] });
    const explanation = explain(result, order);
    expect(explanation.headline).toBe("Loading stops at demo-disk");
    expect(words(explanation.what)).toEqual(messages);
    expect(words(explanation.why)).toEqual([
      "While it is loaded, demo-disk maps guest memory at 0x4000: no memory there.",
      "Call chain: demo_disk_post_load → demo_ring_map.",
      "demo-disk needs demo-iommu, which has the same priority: the order depends on device creation order (the command line).",
    ]);
    expect(words(explanation.todo)).toEqual([
      "Set .priority in vmstate_demo_iommu above MIG_PRI_DEFAULT: then it loads first, in whatever order devices are created.",
    ]);
    expect(explanation.todo[0]?.find((part) => part.kind === "link")).toMatchObject({
      file: "hw/demo/demo-iommu.c",
      line: 49,
    });
  });

  it("do not blame a provider that was loaded before", () => {
    const result = simulation(["demo-iommu", "demo-disk"], { outcome: "failed", failure });
    expect(words(explain(result, order).why)).toEqual(["Call chain: demo_disk_post_load → demo_ring_map."]);
    expect(explain(result, order).todo).toEqual([]);
  });

  it("take a loaded IOMMU for no fault", () => {
    const loaded: SimulateEvent = { kind: "iommu-loaded", idstr: "demo-iommu", result: "translating" };
    expect([loaded, fault].map(isFault)).toEqual([false, true]);
  });

  it("do not guess a cause that nothing names", () => {
    const other = { ...failure, idstr: "demo-timer", file: "", chain: [] };
    const explanation = explain(simulation(["demo-timer"], { outcome: "failed", failure: other }), order);
    expect(words(explanation.what)).toEqual([failure.message]);
    expect(explanation.why).toEqual([]);
    expect(explanation.todo).toEqual([]);
  });

  it("say which devices hold wrong state although QEMU is silent", () => {
    const sections = [section("demo-disk", { result: "wrong" }), section("demo-iommu")];
    const stale: SimulateEvent = { ...fault, kind: "dma-read", translated: "0x9000", result: "not the source's bytes" };
    const explanation = explain(simulation([], { outcome: "corrupted", sections, events: [stale] }), order);
    expect(explanation.verdict).toBe("wrong");
    expect(words(explanation.what)[0]).toMatch(/ in demo-disk\.$/);
    expect(words(explanation.why)[0]).toBe(
      "While it is loaded, demo-disk reads guest memory at 0x4000, taken for 0x9000: not the source's bytes.",
    );
  });
});
