/** Main memory and option ROMs are blocks of RAM: a destination that has others refuses the stream before any device. */
import { plainStyle } from "../../core/ide/text/style";
import { simulationText } from "../../core/ide/text/simulation";
import { simulationHtml } from "../../core/ide/text/simulationHtml";
import { describe, expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { exampleTree, pciType } from "./tree";

const card = pciType("demo-card")
  .replace("#include", "typedef struct PCIDeviceClass { const char *romfile; } PCIDeviceClass;\n#include")
  .replace("dc->vmsd =", '((PCIDeviceClass *)klass)->romfile = "demo.rom";\n    dc->vmsd =');
const plain = pciType("demo-plain", { parent: "demo-card" }).replace(
  "dc->vmsd =",
  "((PCIDeviceClass *)klass)->romfile = NULL;\n    dc->vmsd =",
);
const tree = exampleTree({ "hw/demo/card.c": card, "hw/demo/plain.c": plain });

const source = "-M q35 -m 64 -device demo-card,addr=3 -device demo-plain,addr=4";
const rom = "0000:00:03.0/demo-card.rom";
const unknown = `Unknown ramblock "${rom}", cannot accept migration`;

let stream = new Uint8Array(0);
simulate(tree, { machine: source, observe: (bytes) => (stream = Uint8Array.from(bytes)) });

describe.each([
  ["a stream of its own", (to: string) => simulate(tree, { machine: source, destinationMachine: to })],
  ["a given stream", (to: string) => simulateLoad(tree, stream, { machine: to })],
])("%s", (_, run) => {
  it.each([
    ["the same", source, undefined],
    ["more memory", source.replace("-m 64", "-m 128"), "Size mismatch: ram: 0x4000000 != 0x8000000: Invalid argument"],
    ["less memory", source.replace("-m 64", "-m 32"), "Size mismatch: ram: 0x4000000 != 0x2000000: Invalid argument"],
    ["the card elsewhere", source.replace("addr=3", "addr=7"), unknown],
    ["no card", source.replace("-device demo-card,addr=3", ""), unknown],
    ["another card there", source.replace("demo-card", "demo-plain"), unknown],
    ["no ROM file", source.replace("addr=3", "addr=3,romfile="), unknown],
    ["no ROM bar", source.replace("addr=3", "addr=3,rombar=0"), unknown],
    [
      "a longer ROM",
      source.replace("addr=3", "addr=3,romsize=524288"),
      `Size mismatch: ${rom}: 0x40000 != 0x80000: Invalid argument`,
    ],
    ["one more card", `${source} -device demo-card,addr=9`, undefined],
  ])("on %s", (_name, to, message) => {
    const report = run(to);
    if (!report.ok) throw new Error(report.message);
    const { outcome, messages, sections } = report.value;
    expect(messages).toEqual(
      message === undefined
        ? []
        : [
            message,
            "error while loading state for instance 0x0 of device 'ram'",
            "load of migration failed: Invalid argument",
          ],
    );
    expect(outcome).toBe(message === undefined ? "completed" : "failed");
    if (message !== undefined) expect(sections.find(({ result }) => result === "failed")?.idstr).toBe("ram");
  });

  it("refuses a card without a ROM elsewhere by its section", () => {
    const report = run(source.replace("addr=4", "addr=8"));
    if (!report.ok) throw new Error(report.message);
    expect(report.value.messages[0]).toMatch(/^Unknown .*section or instance '0000:00:04.0\/demo-plain' 0\./);
  });
});

describe("a given stream", () => {
  it("completes on the condition that files have the lengths that it has", () => {
    const report = simulateLoad(tree, stream, { machine: source });
    if (!report.ok) throw new Error(report.message);
    const condition = `the destination's ROM files are as long as in the stream: ${rom} (0x40000)`;
    expect(report.value.assumed).toEqual([condition]);
    const text = simulationText(report.value, { style: plainStyle, all: false });
    expect(text).toContain(`The migration completes, if\n  ${condition}\n`);
    expect(simulationHtml(report.value)).toContain("The guest arrives, if");
  });
});
