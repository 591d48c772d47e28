import { describe, expect, it } from "vitest";
import { isExpress } from "../../../core/wire/values/infos/pci";

const question = "opaque -> cap_present & QEMU_PCI_CAP_EXPRESS";

/** Configuration space with one capability at 0x40. */
function config(capability: number): Uint8Array {
  const bytes = new Uint8Array(0x100);
  bytes.set([0x10], 0x06);
  bytes.set([0x40], 0x34);
  bytes.set([capability, 0], 0x40);
  return bytes;
}

describe("whether configuration space is PCI Express'", () => {
  it("is said by its capability", () => {
    expect(isExpress(question, config(0x10), 300)).toBe(true);
    expect(isExpress(question, config(0x10), 5000)).toBe(true);
  });

  it("is said by the bytes that are left where it would not fit", () => {
    expect(isExpress(question, config(0x11), 0xfff)).toBe(false);
  });

  it("is not said by a missing capability: on a conventional bus such a device has none", () => {
    expect(isExpress(question, config(0x11), 0x1000)).toBeUndefined();
  });

  it("is no answer to another question", () => {
    expect(isExpress("opaque -> cap_present & QEMU_PCI_CAP_MSIX", config(0x10), 300)).toBeUndefined();
  });
});
