import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SimulationReport, simulate, simulateLoad } from "../../core/emulator";
import type { SimulationOptions } from "../../core/emulator";
import { exampleTree } from "./tree";

const tree = exampleTree();
const machine = "-M q35 -m 1 -device demo-iommu -device demo-disk -device demo-nic";

function report(options: Partial<SimulationOptions> = {}): SimulationReport {
  const result = simulate(tree, { machine, ...options });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const whole = report();
const place = (idstr: string) => {
  const section = whole.sections.find((each) => each.idstr === idstr);
  if (section === undefined) throw new Error(idstr);
  return section;
};

describe("a damaged stream", () => {
  it("that breaks off in a section fails there", () => {
    const disk = place("0000:00:00.0/demo-disk");
    const at = disk.offset + disk.size - 10;
    const { outcome, failure, messages, sections } = report({ damage: { kind: "cut", at } });
    expect(outcome).toBe("failed");
    expect(failure?.idstr).toBe("0000:00:00.0/demo-disk");
    expect(failure?.offset).toBeLessThanOrEqual(at);
    expect(messages.at(-1)).toBe("load of migration failed: Input/output error");
    expect(sections.find(({ idstr }) => idstr === "0000:00:01.0/demo-nic")?.result).toBe("not loaded");
  });

  it("with a footer that is gone is told from one of another section", () => {
    const { offset, size, idstr } = place("demo-iommu");
    const lost = report({ damage: { kind: "flip", at: offset + size - 5 } });
    expect(lost.messages[0]).toBe(`Missing section footer for ${idstr}`);
    const other = report({ damage: { kind: "flip", at: offset + size - 1 } });
    expect(other.messages[0]).toMatch(/^Mismatched section id in footer for demo-iommu - read 0x[0-9a-f]+ expected 0x/);
  });

  it("whose section has lost its footer fails behind that section, whatever comes next", () => {
    const { offset, size } = place("0000:00:00.0/demo-disk");
    const lost = report({ damage: { kind: "footer", section: "demo-disk" } });
    expect(lost.outcome).toBe("failed");
    expect(lost.messages[0]).toBe("Missing section footer for 0000:00:00.0/demo-disk");
    expect(lost.failure?.offset).toBe(offset + size - 5);
    const unknown = simulate(tree, { machine, damage: { kind: "footer", section: "demo-dusk" } });
    expect(unknown).toMatchObject({ ok: false, message: expect.stringContaining("no section 'demo-dusk'") });
  });

  it("with a broken head is refused with QEMU's words", () => {
    expect(report({ damage: { kind: "flip", at: 0 } }).messages[0]).toBe("Not a migration stream");
    expect(report({ damage: { kind: "flip", at: 8 } }).messages[0]).toBe("Configuration section missing");
    expect(report({ damage: { kind: "flip", at: 13 } }).messages[0]).toMatch(
      /^Machine type received is '.35' and local is 'q35'$/,
    );
  });

  it("gives a report with a place for any damage at any byte", () => {
    const kind = fc.constantFrom("cut" as const, "flip" as const);
    fc.assert(
      fc.property(kind, fc.nat(whole.size - 1), (how, at) => {
        const { outcome, failure } = report({ damage: { kind: how, at } });
        if (outcome !== "failed") return;
        expect(failure?.offset).toBeGreaterThanOrEqual(0);
        expect(failure?.message.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a given stream", () => {
  it("of any bytes gives a report or a message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const given = simulateLoad(tree, bytes, { machine });
        if (given.ok) expect(given.value.outcome).toBe("failed");
      }),
    );
  });

  it("names no machine: says how to give one", () => {
    const header = Uint8Array.of(0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3, 0);
    expect(simulateLoad(tree, header)).toEqual({
      ok: false,
      message: "the stream names no machine: give the command line that it was saved with",
    });
  });

  it.each([
    ["QEVN\0\0\0\x03", "Not a migration stream", "Invalid argument"],
    ["QEVM\0\0\0\x04", "Unsupported migration stream version", "Operation not supported"],
    ["QEVM\0\0\0\x02", "SaveVM v2 format is obsolete and don't work anymore", "Operation not supported"],
  ])("that begins with %j fails as QEMU does", (start, message, meaning) => {
    const bytes = Uint8Array.from(start, (letter) => letter.charCodeAt(0));
    expect(loaded(bytes)).toEqual([message, `load of migration failed: ${meaning}`]);
  });

  it("of another machine type is refused by a destination that was named", () => {
    const other = Uint8Array.from(stream);
    other[14] = 0x36;
    expect(loaded(other, machine)).toEqual([
      "Machine type received is 'q65' and local is 'q35'",
      "load of migration failed: Invalid argument",
    ]);
  });

  it("that is whole completes", () => {
    expect(loaded(stream, machine)).toEqual([]);
  });

  it.each(["demo-iommu", "0000:00:01.0/demo-nic"])("with bytes left behind %s has no footer there", (idstr) => {
    expect(loaded(behind(idstr, Uint8Array.of(0, 0, 0, 0)))).toEqual([
      `Missing section footer for ${idstr}`,
      "load of migration failed: Invalid argument",
    ]);
  });

  it("with a subsection that the table does not have fails with its section", () => {
    const extra = Uint8Array.of(5, 12, ...letters("demo-nic/not"), 0, 0, 0, 1, 0x11);
    expect(loaded(behind("0000:00:01.0/demo-nic", extra))).toEqual([
      "error while loading state for instance 0x0 of device '0000:00:01.0/demo-nic'",
      "load of migration failed: No such file or directory",
    ]);
  });

  it("with a section that nobody registered is refused", () => {
    const renamed = Uint8Array.from(stream);
    renamed.set(letters("demo-iomnu"), place("demo-iommu").offset + 6);
    expect(loaded(renamed)[0]).toMatch(/^Unknown s.* 'demo-iomnu' 0\. Make sure/);
  });
});

let stream = new Uint8Array(0);
simulate(tree, { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });

const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

/** What the destination prints. */
function loaded(bytes: Uint8Array, on?: string): readonly string[] {
  const report = simulateLoad(tree, bytes, on === undefined ? {} : { machine: on });
  if (!report.ok) throw new Error(report.message);
  return report.value.messages;
}

/** The stream with bytes put in before a section's footer. */
function behind(idstr: string, bytes: Uint8Array): Uint8Array {
  const { offset, size } = place(idstr);
  const at = offset + size - 5;
  return Uint8Array.from([...stream.subarray(0, at), ...bytes, ...stream.subarray(at)]);
}
