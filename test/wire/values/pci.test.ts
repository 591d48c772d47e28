import { describe, expect, it } from "vitest";
import { hasExpress } from "../../../core/wire/values/infos/pci";
import { decodePayload } from "../../../core/wire/values/search";
import { description, field, u8 } from "./description.fixture";

const question = "opaque->cap_present & QEMU_PCI_CAP_EXPRESS";

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
    expect(hasExpress(question, config(0x10))).toBe(true);
    expect(hasExpress(question, config(0x11))).toBe(false);
  });

  it("is no answer to another question", () => {
    expect(hasExpress("opaque->cap_present & QEMU_PCI_CAP_MSIX", config(0x10))).toBeUndefined();
  });
});

describe("a device that may be on either bus", () => {
  const space = (exists: string, size: number) =>
    field("config", { kind: "buffer" }, { exists, size: { kind: "fixed", size } });
  const device = description("PCIDevice", [space("is_not_pcie", 0x100), space("is_pcie", 0x1000), field("last", u8)]);
  const decode = (behind: number, capability: number) =>
    decodePayload(Uint8Array.from([...config(capability), ...new Uint8Array(behind)]), 0, device, 1, {
      fieldExists: (name) => ({ key: question, negated: name === "is_not_pcie" }),
    });

  it("is on a conventional one without the capability, which is no guess", () => {
    expect(decode(1, 0x11)).toMatchObject({ ok: true, decided: [] });
    expect(decode(0xf01, 0x10)).toMatchObject({ ok: true, decided: [] });
  });

  it("saves all of the space where no less fits, and that is a guess", () => {
    expect(decode(0xf01, 0x11)).toMatchObject({ ok: true, decided: [{ taken: "no" }] });
  });

  it("fails as one without the capability, though it would come farther with it", () => {
    const unknown = [1, 5, 12, ...new TextEncoder().encode("PCIDevice/no"), 0, 0, 0, 1];
    const payload = Uint8Array.from([...config(0x11), ...unknown, ...new Uint8Array(0x1000)]);
    const decoding = decodePayload(payload, 0, device, 1, {
      fieldExists: (name) => ({ key: question, negated: name === "is_not_pcie" }),
    });
    expect(decoding).toMatchObject({ ok: false, error: { errno: "ENOENT" } });
  });

  it("never has the capability in a short space", () => {
    expect(decode(1, 0x10)).toMatchObject({ ok: false });
  });
});
