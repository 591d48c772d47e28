/** -global: a property of all devices of a type, where the device's own options do not say otherwise. */
import { describe, expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { exampleTree, pciType } from "./tree";

const card = pciType("demo-card")
  .replace("#include", "typedef struct PCIDeviceClass { const char *romfile; } PCIDeviceClass;\n#include")
  .replace("dc->vmsd =", '((PCIDeviceClass *)klass)->romfile = "demo.rom";\n    dc->vmsd =');
const tree = exampleTree({ "hw/demo/card.c": card, "hw/demo/child.c": pciType("demo-child", { parent: "demo-card" }) });
const source = "-M q35 -device demo-card,addr=3,romsize=65536 -device demo-child,addr=4,romsize=65536";

let stream = new Uint8Array(0);
simulate(tree, { machine: source, observe: (bytes) => (stream = Uint8Array.from(bytes)) });

function loaded(globals: string, devices = "-M q35 -device demo-card,addr=3 -device demo-child,addr=4") {
  const report = simulateLoad(tree, stream, { machine: `${devices} ${globals}` });
  if (!report.ok) throw new Error(report.message);
  return report.value;
}

const differs = (path: string, bytes: string): string =>
  `Size mismatch: ${path}.rom: 0x10000 != ${bytes}: Invalid argument`;
const [own, child] = ["0000:00:03.0/demo-card", "0000:00:04.0/demo-child"] as const;

describe("-global", () => {
  it.each([
    ["of the type", "-global demo-card.romsize=131072", differs(own, "0x20000")],
    ["of a type that descends from it only", "-global demo-child.romsize=131072", differs(child, "0x20000")],
    ["of a type above", "-global pci-device.romsize=262144", differs(own, "0x40000")],
    ["with a key for each part", "-global driver=demo-card,property=romsize,value=131072", differs(own, "0x20000")],
    ["given twice", "-global demo-card.romsize=65536 -global demo-card.romsize=131072", differs(own, "0x20000")],
    ["without a file", "-global demo-card.romfile=", `Unknown ramblock "${own}.rom", cannot accept migration`],
  ])("%s", (_, globals, message) => {
    expect(loaded(globals).messages[0]).toBe(message);
  });

  it("gives way to what the device itself is given", () => {
    expect(loaded("-global demo-card.romsize=131072", source)).toMatchObject({ outcome: "completed", messages: [] });
  });

  it("is said to have no device", () => {
    const globals = "-global demo-crad.a=1 -global migration.a=1 -global demo-card.a=1";
    expect(loaded(globals).notes.filter((note) => note.includes("-global"))).toEqual([
      "-global migration.a=1 changes nothing here and is ignored",
      "-global demo-crad.a=1: no type demo-crad was read from the tree; it is ignored",
    ]);
    expect(loaded("-global demo-child.a=1", "-M q35 -device demo-card").notes).toEqual(
      expect.arrayContaining(["-global demo-child.a=1: no device here is a demo-child"]),
    );
  });

  it.each(["demo-card", "demo-card.romsize", ".romsize=1", "demo-card.=1", "driver=demo-card,value=1"])(
    "%s is refused",
    (text) => {
      expect(simulate(tree, { machine: `-M q35 -global ${text}` })).toEqual({
        ok: false,
        message: `-global ${text}: options 'driver', 'property', and 'value' are required`,
      });
    },
  );
});
