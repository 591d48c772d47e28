import { beforeAll, describe, expect, it } from "vitest";
import { createProject, type LoadableProject } from "../../core/project/createProject";
import { openDiskTree } from "../../server/node/tree";
import { sourceTree } from "./tree";

/** Sizes that a real qemu-system-x86_64 10.0 prints in its -dump-vmstate. */
const sizes: readonly (readonly [type: string, file: string, bytes: number])[] = [
  ["PCIDevice", "hw/pci/pci.c", 2736],
  ["USBDevice", "hw/usb/bus.c", 5856],
  ["XHCIState", "hw/usb/hcd-xhci.c", 2914560],
  ["XHCIInterrupter", "hw/usb/hcd-xhci.c", 180288],
  ["VGACommonState", "hw/display/vga.c", 68112],
  ["NE2000State", "hw/net/ne2000.c", 57712],
  ["PCNetState", "hw/net/pcnet.c", 13024],
  ["OHCIState", "hw/usb/hcd-ohci.c", 10176],
  ["CtuCanCoreState", "hw/net/can/ctucan_core.c", 8744],
  ["ICH9LPCPMRegs", "hw/acpi/ich9.c", 6512],
  ["AHCIDevice", "hw/ide/ahci.c", 6088],
];

describe("on the real tree", () => {
  let project: LoadableProject;

  beforeAll(() => {
    const tree = openDiskTree(sourceTree("QEMU_SOURCE_10_0"));
    project = createProject(tree);
    for (const path of tree.paths()) project.load(path);
  });

  it.each(sizes)("sizeof(%s) is what QEMU says", (type, file, bytes) => {
    expect(project.evaluate(`sizeof(${type})`, file)).toEqual({ known: true, value: bytes });
  });

  it("knows the size of 99 of 100 fields and the length of all arrays", () => {
    let fields = 0;
    let unknownSizes = 0;
    let unknownNumbers = 0;
    for (const description of project.descriptions()) {
      for (const field of description.fields) {
        fields++;
        if (!field.size.known) unknownSizes++;
        if (!field.num.known) unknownNumbers++;
      }
    }
    expect(fields).toBeGreaterThan(6000);
    expect(unknownSizes / fields).toBeLessThan(0.01);
    expect(unknownNumbers).toBe(0);
  });
});
