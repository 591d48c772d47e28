import { describe, expect, it } from "vitest";
import { type SimulationOptions, type SimulationReport, simulate, simulateLoad } from "../../core/emulator";
import type { Project } from "../../core/project";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { exampleTree, pciType } from "./tree";

const machine = "-M q35 -m 16 -device demo-disk -device demo-iommu";
const table = "hw/demo/demo-iommu.c";

function report(project: Project, options: Partial<SimulationOptions> = {}): SimulationReport {
  const result = simulate(project, { machine, ...options });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

function withPriority(): Project {
  const tree = exampleTree();
  const text = tree.text(table) ?? "";
  tree.update(table, text.replace(/(\.version_id = \d+,)/, "$1 .priority = MIG_PRI_IOMMU,"));
  return tree;
}

describe("a simulated migration", () => {
  it("fails where a device loads before its IOMMU, with QEMU's words and the line of C", () => {
    const { outcome, failure, messages, sections } = report(exampleTree());
    expect(outcome).toBe("failed");
    expect(failure).toMatchObject({
      idstr: "0000:00:00.0/demo-disk",
      message: "error while loading state for instance 0x0 of device '0000:00:00.0/demo-disk'",
      file: "hw/demo/ring.c",
    });
    expect(failure?.chain.map((step) => step.function)).toEqual([
      "demo_disk_post_load",
      "demo_disk_restart",
      "demo_ring_map",
    ]);
    expect(messages.at(-1)).toMatch(/^load of migration failed: /);
    const disk = sections.find(({ idstr }) => idstr === failure?.idstr);
    expect(disk).toMatchObject({ result: "failed" });
    expect(failure?.offset).toBeGreaterThan(disk?.offset ?? Number.POSITIVE_INFINITY);
    expect(sections.at(-1)).toMatchObject({ idstr: "demo-iommu", result: "not loaded" });
  });

  it("says in one sentence what was loaded too late, and what that made of the address", () => {
    const cause = report(exampleTree()).failure?.cause;
    const numbers = { disk: cause?.consumer.section ?? 0, iommu: cause?.provider.section ?? 0 };
    expect(numbers.disk).toBeLessThan(numbers.iommu);
    expect(cause).toMatchObject({
      kind: "iommu-later",
      consumer: { idstr: "0000:00:00.0/demo-disk" },
      provider: { idstr: "demo-iommu" },
    });
    const [, address, meant] = /(0x\w+) is an I\/O address for (0x\w+) in/.exec(cause?.text ?? "") ?? [];
    expect([cause?.address, cause?.meant]).toEqual([address, meant]);
    expect(address).not.toBe(meant);
    expect(cause?.became).toBe(address);
    expect(cause?.text).toContain(
      `demo-disk (section ${numbers.disk}) is loaded before demo-iommu (section ${numbers.iommu}). `,
    );
  });

  it("says so of an IOMMU that is not sent, and blames none where all was there", () => {
    const gone = report(withPriority(), { drop: ["demo-iommu"] }).failure?.cause;
    expect(gone).toMatchObject({ kind: "iommu-not-sent", provider: { idstr: "demo-iommu" } });
    expect(gone?.text).toContain("needs demo-iommu, which is not in the stream.");
    expect(report(withPriority(), { drop: ["ram"] }).failure?.cause).toBeUndefined();
  });

  it("completes without what the stream has not, and says what keeps its reset state", () => {
    const tree = withPriority();
    const missing = (notes: readonly string[]) =>
      notes.filter((note) => note.startsWith("the stream has no section for "));
    const more = "-M q35 -m 16 -smp 2 -device demo-disk -device demo-iommu -device demo-nic";
    let stream: Uint8Array = new Uint8Array(0);
    const observe = (bytes: Uint8Array) => {
      stream = bytes;
    };
    const alike = report(tree, { observe });
    const larger = report(tree, { destinationMachine: more });
    const [said = "", ...rest] = missing(larger.notes);
    expect([alike.outcome, missing(alike.notes), larger.outcome, rest]).toEqual(["completed", [], "completed", []]);
    expect(said).toContain("0000:00:01.0/demo-nic 0");
    expect(said).not.toContain("demo-disk");
    expect(missing(report(tree, { drop: ["demo-disk"] }).notes)).toEqual([
      expect.stringContaining(" 0000:00:00.0/demo-disk 0:"),
    ]);
    for (const [to, notes] of [
      [machine, []],
      [more, [said]],
    ] as const) {
      const given = simulateLoad(tree, stream, { machine: to });
      expect(given.ok && missing(given.value.notes)).toEqual(notes);
    }
    const disk = alike.sections.find(({ idstr }) => idstr.endsWith("/demo-disk"));
    const cut = simulateLoad(tree, stream.subarray(0, (disk?.offset ?? 0) + 10), { machine });
    expect(cut).toMatchObject({ ok: true, value: { outcome: "failed" } });
    expect(cut.ok && missing(cut.value.notes)).toEqual([]);
  });

  it.each([
    ["in the head of a section", 3, "", /^Unable to read ID string for section \d+$/, "Invalid argument"],
    ["before its version", 5 + 1 + 22 + 2, "", /Failed to read instance\/version ID: -5$/, "Input/output error"],
    ["in its state", 5 + 1 + 22 + 8 + 2, "0000:00:00.0/demo-disk", /^Failed to load /, "Input/output error"],
  ])("breaks off %s", (_, behind, idstr, message, reason) => {
    const tree = withPriority();
    let stream: Uint8Array = new Uint8Array(0);
    const { sections } = report(tree, { observe: (bytes) => (stream = Uint8Array.from(bytes)) });
    const disk = sections.find((section) => section.idstr === "0000:00:00.0/demo-disk");
    const broken = simulateLoad(tree, stream.subarray(0, (disk?.offset ?? 0) + behind), { machine });
    if (!broken.ok) throw new Error(broken.message);
    const { failure, messages, outcome } = broken.value;
    expect(outcome).toBe("failed");
    expect(failure?.idstr).toBe(idstr);
    expect(messages[0]).toMatch(message);
    expect(messages.at(-1)).toBe(`load of migration failed: ${reason}`);
  });

  it("goes on with QEMU's own buffer, and says so, where the tree's address_space_map has bytes for some", () => {
    const tree = exampleTree({
      "hw/core/physmem.c": `
void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen, bool is_write, MemTxAttrs attrs)
{
    size_t used = qatomic_read(&as->bounce_buffer_size);

    return used < as->max_bounce_buffer_size ? bounce(as, addr, plen) : NULL;
}
`,
    });
    const { outcome, messages, failure, events } = report(tree);
    expect([outcome, messages]).toEqual(["corrupted", []]);
    expect(failure?.idstr).toBe("0000:00:00.0/demo-disk");
    expect(events.find(({ kind }) => kind === "dma-map")?.result).toBe("no memory there, a bounce buffer instead");
  });

  it("completes once the IOMMU has its priority, and translates the disk's address", () => {
    const { outcome, failure, events, sections } = report(withPriority());
    expect([outcome, failure]).toEqual(["completed", null]);
    expect(sections.every(({ result }) => result === "loaded")).toBe(true);
    expect(sections.filter(({ kind }) => kind === "full").map(({ idstr }) => idstr)).toEqual([
      "demo-iommu",
      "0000:00:00.0/demo-disk",
    ]);
    const access = events.find(({ kind }) => kind === "dma-map");
    expect(access).toMatchObject({ result: "ok", address: "0x40000000" });
    expect(access?.translated).not.toBe(access?.address);
  });

  it("fails again when the section is sent last", () => {
    const moved = report(withPriority(), { moves: [{ section: "demo-iommu", to: "last" }] });
    expect(moved.outcome).toBe("failed");
    expect(simulate(withPriority(), { machine, moves: [{ section: "nobody", to: "last" }] })).toMatchObject({
      ok: false,
    });
  });

  it("does not depend on the order while the guest has the IOMMU off", () => {
    expect(report(exampleTree(), { remapping: false }).outcome).toBe("completed");
  });

  it("calls it corrupted where the code does not look whether its DMA worked", () => {
    const silent = exampleTree({
      "hw/toy/reader.c":
        `#include "system/dma.h"\nstatic int toy_reader_post_load(void *opaque, int version_id)\n{\n    uint32_t index;\n` +
        `    pci_dma_read(opaque, 0, &index, 4);\n    return 0;\n}\n` +
        pciType("toy-reader", { extra: ".post_load = toy_reader_post_load," }),
    });
    const { outcome, failure, messages } = report(silent, {
      machine: "-M q35 -m 16 -device toy-reader -device demo-iommu",
    });
    expect(outcome).toBe("corrupted");
    expect(messages).toEqual([]);
    expect(failure).toMatchObject({ idstr: "0000:00:00.0/toy-reader", file: "hw/toy/reader.c", line: 4 });
  });

  it("says what it takes the guest to have done where the access depends on the device's state", () => {
    const guarded = exampleTree({
      "hw/toy/reader.c":
        `#include "system/dma.h"\nstatic int toy_reader_post_load(void *opaque, int version_id)\n{\n    uint32_t index;\n` +
        `    ToyReader *s = opaque;\n    if (s->running) {\n        pci_dma_read(opaque, 0, &index, 4);\n    }\n    return 0;\n}\n` +
        pciType("toy-reader", { extra: ".post_load = toy_reader_post_load," }),
    });
    const line = "-M q35 -m 16 -device toy-reader -device demo-iommu";
    const tooEarly = report(guarded, { machine: line });
    expect(tooEarly.failure?.message).toContain("wrong data, if s->running, and QEMU says nothing");
    expect(tooEarly.notes.filter((note) => note.includes("in use by the guest"))).toEqual([
      "0000:00:00.0/toy-reader is taken to be in use by the guest: it does this DMA only if s->running",
    ]);
    const idle = report(guarded, { machine: line, remapping: false });
    expect([idle.outcome, idle.notes.filter((note) => note.includes("in use"))]).toEqual(["completed", []]);
  });

  it("assumes nothing of a device that cannot hold at once", () => {
    const either = exampleTree({
      "hw/toy/reader.c":
        `#include "system/dma.h"\nstatic int toy_reader_post_load(void *opaque, int version_id)\n{\n    uint32_t index;\n` +
        `    ToyReader *s = opaque;\n    if (s->mode == 1) {\n        pci_dma_read(opaque, 0, &index, 4);\n    }\n` +
        `    if (s->mode == 2) {\n        pci_dma_read(opaque, 8, &index, 4);\n    }\n    return 0;\n}\n` +
        pciType("toy-reader", { extra: ".post_load = toy_reader_post_load," }),
    });
    const { notes } = report(either, { machine: "-M q35 -m 16 -device toy-reader -device demo-iommu" });
    expect(notes.filter((note) => note.includes("in use by the guest"))).toEqual([
      "0000:00:00.0/toy-reader is taken to be in use by the guest: it does this DMA only if s->mode == 1; DMA under another condition may follow",
    ]);
  });

  it("refuses to start with a device that cannot be migrated", () => {
    const tree = exampleTree({ "hw/toy/stuck.c": pciType("toy-stuck", { extra: ".unmigratable = 1," }) });
    const { messages, failure } = report(tree, { machine: "-M q35 -device toy-stuck" });
    expect(messages).toEqual(["State blocked by non-migratable device '0000:00:00.0/toy-stuck'"]);
    const text = tree.text("hw/toy/stuck.c");
    expect(failure?.line).toBe(text?.split("\n").findIndex((each) => each.includes("VMStateDescription vmstate_")));
    expect(failure?.line).toBeGreaterThan(0);
  });

  it("says the same for the same seed, and sends other bytes for another", () => {
    const tree = withPriority();
    expect(report(tree, { seed: 7 })).toEqual(report(tree, { seed: 7 }));
    expect(report(tree, { seed: 8 }).outcome).toBe("completed");
  });

  it("stops when it is cancelled, and tells how far it is", () => {
    const steps: number[] = [];
    const stopped = simulate(withPriority(), {
      machine,
      cancelled: () => steps.length > 2,
      progress: (done) => steps.push(done),
    });
    expect(stopped).toEqual({ ok: false, message: "the simulation was cancelled" });
    expect(steps.length).toBe(3);
  });

  it("sends RAM in rounds, the pages written meanwhile again", () => {
    const { ram, sections } = report(withPriority());
    expect(ram.rounds.length).toBeGreaterThan(1);
    expect(ram.rounds[0]?.zero).toBeGreaterThan(4000);
    expect(sections.slice(0, 2).map(({ kind }) => kind)).toEqual(["start", "part"]);
  });

  it("describes its stream behind it, so that it can be read without the tree", () => {
    const sent = (line: string): Uint8Array => {
      const streams: Uint8Array[] = [];
      report(withPriority(), { machine: line, observe: (bytes) => streams.push(Uint8Array.from(bytes)) });
      return streams[0] ?? new Uint8Array(0);
    };
    const { trailer, sections, error } = inspectStream(memorySource(sent(machine)));
    expect(error).toBeUndefined();
    expect([...(trailer?.content?.devices.keys() ?? [])]).toEqual(["demo-iommu 0", "0000:00:00.0/demo-disk 0"]);
    const disk = sections.find(({ event }) => event.idstr === "0000:00:00.0/demo-disk")?.byTrailer;
    expect(disk?.ok === true && disk.state.fields.map(({ name }) => name)).toEqual([
      "parent_obj",
      "ring",
      "control",
      "sectors",
      "serial",
    ]);
    const without = sent(machine.replace("q35", "q35,suppress-vmdesc=on"));
    expect(inspectStream(memorySource(without)).trailer).toBeUndefined();
  });

  it("stops the guest once the rest fits the downtime, which a slower link makes later", () => {
    const link = { bandwidth: 2 ** 20, dirtyRate: 2 ** 19 };
    const most = report(withPriority(), { link: { ...link, downtimeLimit: 1000 } });
    const least = report(withPriority(), { link: { ...link, downtimeLimit: 10 } });
    expect(least.ram.rounds.length).toBeGreaterThan(most.ram.rounds.length);
    const { timing, ram, sections } = least;
    const standing = sections.filter(({ kind }) => kind === "end" || kind === "full");
    expect(timing.downtime).toBeGreaterThan(standing.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
    expect(timing.downtime).toBeLessThan(timing.total / 2);
    expect(ram.rounds.at(-1)?.milliseconds).toBeLessThanOrEqual(11);
    expect(timing.total).toBeCloseTo((least.size / 2 ** 20) * 1000);
  });

  it("says when the guest writes faster than the link carries, and ends all the same", () => {
    const { outcome, notes, ram } = report(withPriority(), {
      link: { bandwidth: 2 ** 16, dirtyRate: 2 ** 30, downtimeLimit: 1 },
    });
    expect(outcome).toBe("completed");
    expect(ram.rounds.length).toBe(31);
    expect(notes.join()).toMatch(/writes faster than the link carries: \d+ bytes are left after 30 rounds/);
  });

  it("sends early state behind RAM's head and before its pages", () => {
    const tree = exampleTree({ "hw/toy/early.c": pciType("toy-early", { extra: ".early_setup = true," }) });
    const { outcome, sections } = report(tree, { machine: "-M q35 -m 1 -device toy-early" });
    expect(outcome).toBe("completed");
    expect(sections.slice(0, 3).map(({ kind, idstr }) => `${kind} ${idstr}`)).toEqual([
      "start ram",
      "full 0000:00:00.0/toy-early",
      "part ram",
    ]);
  });

  it("fails where the destination's version reads more than the source's wrote", () => {
    const narrow = pciType("toy-nic");
    const field = "VMSTATE_UINT32(reg, toy_nic_State),";
    const wide = exampleTree({ "hw/toy/nic.c": narrow.replace(field, `${field} ${field}`) });
    const line = "-M q35 -m 1 -device toy-nic";
    const tree = exampleTree({ "hw/toy/nic.c": narrow });
    expect(report(tree, { machine: line, destination: tree }).outcome).toBe("completed");
    const { outcome, failure } = report(tree, { machine: line, destination: wide });
    expect([outcome, failure?.idstr, failure?.file]).toEqual(["failed", "0000:00:00.0/toy-nic", "hw/toy/nic.c"]);
  });

  it("does not load into a destination that lacks a device", () => {
    const target = withPriority();
    const lacking = exampleTree();
    lacking.update("hw/demo/demo-disk.c", (lacking.text("hw/demo/demo-disk.c") ?? "").replace(/dc->vmsd = [^;]*;/, ""));
    const { outcome, messages } = report(target, { destination: lacking });
    expect(outcome).toBe("failed");
    expect(messages[0]).toMatch(/^Unknown section or instance '0000:00:00.0\/demo-disk' 0\. Make sure/);
  });
});
