import { expect, test } from "vitest";
import { memberValues } from "../../core/putcode/memberValues";
import type { PutSource } from "../../core/putcode";
import { bareTree } from "../tree";

const device = `
struct Ring { int size; int step; };
static Property ring_properties[] = {
    DEFINE_PROP_UINT32("slots", Dev, slots, 24),
};
static void dev_init(Dev *s)
{
    // s->size = 99;
    s->size = UNIT * 2;
    s->step = s->other;
    ring_create(&s->rx[0], s->size + 1);
    ring_create(&s->tx, 6);
}
`;

test("values of a member come from assignments, properties and what is handed over with its address", () => {
  const project = bareTree({
    "hw/a.c": device,
    "hw/b.c": "static void other(Dev *s) { s->size = 3; }",
    "other/c.c": "static void far(Dev *s) { s->size = 5; }",
  });
  const evaluate = (text: string): number | undefined => {
    const value = project.evaluate(text.replace("UNIT", "8"), "hw/a.c");
    return value.known ? value.value : undefined;
  };
  const source = { evaluate } as Partial<PutSource> as PutSource;
  const values = memberValues(project, source);
  expect(values.assigned("dev.size", "hw/a.c")).toEqual([16, 3]);
  expect(values.assigned("step", "hw/a.c")).toEqual([]);
  expect(values.assigned("slots", "hw/a.c")).toEqual([24]);
  expect(values.passed("rx", "hw/a.c").slice(0, 2)).toEqual([17, 4]);
  expect(values.passed("tx", "hw/a.c")[0]).toBe(6);
});
