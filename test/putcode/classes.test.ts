import { expect, it } from "vitest";
import { readClasses } from "../../core/putcode/classes";
import { exampleTree } from "../emulator/tree";

it.each([
  ["x86_64", 64],
  ["arm", 32],
])("code that is built once asks for %s's width with a function", (target, bits) => {
  const file = "target/demo/machine.c";
  const tree = exampleTree({ [file]: '#include "migration/vmstate.h"\n' }, target);
  const { source } = readClasses(tree);
  expect(source.evaluate("target_long_bits()", file)).toBe(bits);
  expect(source.evaluate("target_page_bits()", file)).toBeUndefined();
});
