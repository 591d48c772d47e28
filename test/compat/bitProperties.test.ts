import { expect, it } from "vitest";
import { machineProperties } from "../../core/compat/properties";
import { exampleTree, pciType } from "../emulator/tree";

it("a bit that two types have by properties of their own is known where both say the same", () => {
  const bits = (name: string, high: boolean) => `static Property ${name}[] = {
    DEFINE_PROP_BIT("low", demo_ring_State, reg, 0, true), DEFINE_PROP_BIT("high", demo_ring_State, reg, 1, ${high}),
};`;
  const device = `${pciType("demo-ring")}\n${bits("old_props", false)}\n${bits("new_props", true)}`;
  const tree = exampleTree({ "hw/demo/ring.c": device });
  const known = machineProperties(tree, undefined).member("reg", "hw/demo/ring.c");
  expect(known && [known.mask & 3n, known.value & 1n]).toEqual([1n, 1n]);
});
