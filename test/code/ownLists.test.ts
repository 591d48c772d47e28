import { expect, it } from "vitest";
import { ownLists } from "../../core/code/ownLists";
import { exampleTree } from "../emulator/tree";

const device = (hook: string): string => `
#include "qemu/osdep.h"
#include "migration/vmstate.h"
typedef struct Peal { int loaded_len, built_len; uint64_t loaded[4], *built, rung[4]; } Peal;
static int peal_post_load(void *opaque, int version_id)
{
    Peal *s = opaque;
    int i, v;
    ${hook}
    return 0;
}
static const VMStateDescription vmstate_peal = {
    .name = "peal",
    .version_id = 1,
    .post_load = peal_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(loaded_len, Peal),
        VMSTATE_UINT64_ARRAY(loaded, Peal, 4),
        VMSTATE_UINT64_ARRAY(rung, Peal, 4),
        VMSTATE_END_OF_LIST()
    }
};
`;

it.each([
  ["that can refuse", "if (s->loaded[v] < s->built[i]) { return -1; }", [["loaded", "built"]]],
  ["the other way round", "if (s->built[i] != s->loaded[v]) { return -1; }", [["loaded", "built"]]],
  ["that cannot fail", "if (s->loaded[v] < s->built[i]) { v++; }", []],
  ["of two loaded ones", "if (s->loaded[v] < s->rung[i]) { return -1; }", []],
  ["of lengths", "if (s->loaded_len > s->built_len) { return -1; }", []],
])("a hook's comparison with a list of its own: %s", (_what, hook, expected) => {
  const tree = exampleTree({ "hw/toy/peal.c": device(hook) });
  const description = tree.description("vmstate_peal", "hw/toy/peal.c");
  const found = description === undefined ? undefined : ownLists(tree, description);
  expect(found?.map(({ loaded, own }) => [loaded, own])).toEqual(expected);
});
