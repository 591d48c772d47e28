import { describe, expect, it } from "vitest";
import { memoryRows, movedBy, originOf, placeOfInterest, readAddress } from "../../client/shared/memory";
import type { SimulateEvent, SimulateWalk } from "../../server/protocol";

const regions = [{ name: "pc.ram", first: "0x0", last: "0xffff" }];
const walk: SimulateWalk = {
  iommu: "iommu",
  requester: "00:01.0",
  access: "read",
  address: "0x40000000",
  steps: [{ entry: "root-entry", index: 2, address: "0x1020", words: ["0x2001"], fields: [["CTP", "0x2000"]] }],
  end: { kind: "translated", address: "0x3000" },
};
const lost: SimulateWalk = { ...walk, steps: [], end: { kind: "untranslated", address: "0x40000000", why: "off" } };
const read: SimulateEvent = { kind: "dma-read", idstr: "disk", result: "no memory there", walk: lost, meant: walk };

describe("guest memory in words", () => {
  it("counts rows of zero, and names what is known of the others", () => {
    const bytes = `${"00".repeat(32)}0120${"00".repeat(30)}`;
    expect(memoryRows({ address: "0x1000", bytes, regions }, [read])).toEqual([
      { at: "0x1000", hex: "00 00 00 00 00 00 00 00", text: "........", zeros: 3, holds: [] },
      {
        at: "0x1020",
        hex: "01 20 00 00 00 00 00 00",
        text: ". ......",
        zeros: 3,
        holds: ["Root table, entry 2: CTP=0x2000"],
      },
    ]);
  });

  it("tells what devices do there, each once", () => {
    const at = (address: string, events: readonly SimulateEvent[]) =>
      memoryRows({ address, bytes: "00".repeat(8), regions }, events).map(({ holds }) => holds);
    expect(at("0x3000", [read, read])).toEqual([["disk was to find this"]]);
    expect(at("0x40000000", [read])).toEqual([["disk reads here while it loads"]]);
    const write: SimulateEvent = { kind: "dma-write", idstr: "nic", result: "ok", walk };
    expect(at("0x3000", [write])[0]?.[0]).toMatch(/^nic writes here while it loads; .*not known/);
  });

  it("says where bytes come from, and that they are generated", () => {
    const view = { address: "0x1000", bytes: "00", block: "pc.ram", regions };
    expect(originOf(view)).toEqual(["pc.ram. RAM's section brought no contents for this page: it is zero."]);
    expect(originOf({ ...view, sent: 256, holds: { kind: "tables", idstr: "iommu" } })).toEqual([
      "pc.ram. RAM's section brought this page, at byte 0x100 of the stream.",
      "Generated: tables of iommu, as a guest's driver would lay them out.",
    ]);
    expect(originOf({ ...view, sent: 256 })[1]).toMatch(/^Generated: /);
    expect(originOf({ address: "0x40000000", regions })).toEqual([
      "The guest has no memory at 0x40000000. It has pc.ram from 0x0 to 0xffff.",
    ]);
  });

  it("begins with what a wrong access was to find", () => {
    expect(placeOfInterest({ events: [read] })).toBe("0x3000");
    expect(placeOfInterest({ events: [] })).toBe("0x0");
  });

  it.each([
    [" 0x1F ", "0x1f"],
    ["1f", "0x1f"],
    ["", undefined],
    ["0x", undefined],
    ["0x12345678901234567", undefined],
    ["pc.ram", undefined],
  ])("reads %j as an address: %s", (text, address) => expect(readAddress(text)).toBe(address));

  it("ends where addresses do", () => {
    expect([movedBy("0x100", -256), movedBy("0x0", -256), movedBy("0xffffffffffffff00", 256)]).toEqual([
      "0x0",
      undefined,
      undefined,
    ]);
  });
});
