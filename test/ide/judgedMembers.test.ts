import { expect, it } from "vitest";
import { judgedMemberAt, judgedMembers } from "../../core/ide/table/members";
import { treeOf } from "../tree";

const path = "hw/demo/device.c";
const source = `#include "hw/qdev-core.h"
typedef struct DemoState {
    DeviceState parent_obj;
    uint32_t control;
    uint32_t level;
    uint32_t size;
    uint32_t lost;
    uint32_t kind;
} DemoState;
static void demo_update(DemoState *s)
{
    s->level = s->control & 1;
}
static void demo_write(DemoState *s, uint64_t value)
{
    s->control = value;
    s->lost = value;
    demo_update(s);
}
static int demo_post_load(void *opaque, int version_id)
{
    demo_update(opaque);
    return 0;
}
static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = demo_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, DemoState),
        VMSTATE_END_OF_LIST()
    },
};
static const Property demo_properties[] = { DEFINE_PROP_UINT32("size", DemoState, size, 4), };
`;

it("says of each member of a struct whether it arrives, and why", () => {
  const found = judgedMembers(treeOf({ [path]: source }), path);
  expect(found.map(({ range }) => source.slice(range.start, range.end)).sort()).toEqual([
    ...["control", "kind", "level", "lost", "size"],
  ]);
  expect(Object.fromEntries(found.map(({ name, fate }) => [name, fate]))).toEqual({
    control: "saved",
    level: "rebuilt",
    size: "property",
    lost: "unsaved",
    kind: "unchanged",
  });
  expect(found.find(({ name }) => name === "lost")?.why).toBe(
    "Not saved: demo_write sets it while the guest runs, and no table of DemoState has it",
  );
});

it("finds the member at a place of its declaration alone", () => {
  const project = treeOf({ [path]: source });
  expect(judgedMemberAt(project, path, source.indexOf("level;"))?.why).toBe(
    "Not saved: demo_update sets it again after loading",
  );
  expect(judgedMemberAt(project, path, source.indexOf("s->level"))).toBeUndefined();
});
