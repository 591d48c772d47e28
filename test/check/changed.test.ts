import { expect, it } from "vitest";
import { isChanged } from "../../core/check/changed";
import { treeOf } from "../tree";

const path = "hw/demo/device.c";
const before = `typedef struct Demo { uint32_t a; } Demo;
static void demo_write(Demo *s) { s->a = 1; }
static void demo_reset(Demo *s) { s->a = 0; }
`;

/** Whether the declaration that holds `word` counts as changed once the text is `after`. */
function changed(after: string, word: string, earlier: Readonly<Record<string, string>> = { [path]: before }): boolean {
  const start = after.indexOf(word);
  return isChanged(treeOf({ [path]: after }), treeOf(earlier), { file: path, start, end: start + word.length });
}

it("is what the author touched, wherever it has moved to", () => {
  const after = `static int other;\n${before.replace("= 1", "= 2")}`;
  expect(changed(after, "s->a = 2")).toBe(true);
  expect(changed(after, "s->a = 0")).toBe(false);
  expect(changed(after, "other")).toBe(true);
});

it("is not what was indented anew, and all of a new file", () => {
  expect(changed(before.replace("{ s->a = 1; }", "{\n    s->a = 1;\n}"), "s->a = 1")).toBe(false);
  expect(changed(before, "s->a = 1", {})).toBe(true);
});
