import { expect, it } from "vitest";
import { badConfig } from "../../core/emulator/migration/givenConfig";

const own = {
  config: [0x34, 0x12, 5, undefined, 1],
  cmask: [0xff, 0xff, 0xff, 0xff, 0x0f],
  wmask: [0, 0x0f, 0, 0, 0],
  w1cmask: [0, 0, 4, 0, 0],
};

it.each([
  ["the same", [0x34, 0x12, 5, 0, 1], undefined],
  ["what a guest may write", [0x34, 0x1f, 5, 0, 1], undefined],
  ["what a guest may clear", [0x34, 0x12, 1, 0, 1], undefined],
  ["what is not compared", [0x34, 0x12, 5, 0, 0xf1], undefined],
  ["what is not known", [0x34, 0x12, 5, 9, 1], undefined],
  ["another device", [0x35, 0x12, 5, 0, 1], 0],
  ["the first of two", [0x34, 0x22, 5, 0, 2], 1],
])("finds configuration space that QEMU refuses: %s", (_, bytes, index) => {
  expect(badConfig(Uint8Array.from(bytes), own)?.index).toBe(index);
});

it("says it in QEMU's words", () => {
  expect(badConfig(Uint8Array.from([0x34, 0x22]), own)?.message).toBe(
    "get_pci_config_device: Bad config data: i=0x1 read: 22 device: 12 cmask: ff wmask: f w1cmask:0",
  );
});
