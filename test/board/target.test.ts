import { describe, expect, it } from "vitest";
import { buildBoard } from "../../core/board";
import { treeWith } from "./tree";

/** A source that says how many rooms its target has, handed to the module system for a time of its own. */
const ofTarget = (rooms: number): string => `
#include "all.h"
#define TELLS(fn) static void fn##_tell(void) { register_module_init(fn, MODULE_INIT_TARGET_INFO); }
static void target_class_init(ObjectClass *klass, void *data) { set_rooms(${rooms}); }
static const TypeInfo target_info = {
    .name = "target-info-" TARGET_NAME, .parent = "target-info", .class_init = target_class_init,
};
static void target_types(void) { type_register_static(&target_info); }
TELLS(target_types)
`;

const targets = `
#include "all.h"
static const TypeInfo base_info = { .name = "target-info", .abstract = true };
static void base_types(void) { type_register_static(&base_info); }
type_init(base_types)
static int rooms, found;
void set_rooms(int n) { rooms = n; }
int target_rooms(void) { return found ? rooms : 0; }
void target_info_qom_set_target(void) { found = object_class_get_list("target-info", false) != NULL; }
`;

const inn = `
#include "all.h"
static const VMStateDescription vmstate_room = { .name = "room", .version_id = 1 };
static void inn_init(MachineState *machine)
{
    int i;
    for (i = 0; i < target_rooms(); i++) {
        vmstate_register_with_alias_id(NULL, i, &vmstate_room, machine, -1, 0, NULL);
    }
}
static void inn_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = inn_init;
}
static const TypeInfo inn_info = { .name = "inn-machine", .parent = "machine", .class_init = inn_class_init };
static void inn_types(void) { type_register_static(&inn_info); }
type_init(inn_types)
`;

describe("a board asks its target", () => {
  it.each([
    [
      "of what is beside the target's settings",
      { "configs/targets/x86_64-softmmu.c": ofTarget(3), "configs/targets/arm-softmmu.c": ofTarget(1) },
    ],
    [
      "of the stub where a target has nothing of its own",
      { "target-stub.c": ofTarget(3), "configs/targets/arm-softmmu.c": ofTarget(1) },
    ],
    ["of no stub where it has", { "a/target-stub.c": ofTarget(1), "configs/targets/x86_64-softmmu.c": ofTarget(3) }],
  ])("%s", (_what, files) => {
    const board = buildBoard(treeWith(inn, { "target.c": targets, ...files }), "inn");
    expect(board?.opens).toEqual([]);
    expect([...(board?.registry.handlers ?? [])].map(({ idstr, instanceId }) => [idstr, instanceId])).toEqual([
      ["room", 0],
      ["room", 1],
      ["room", 2],
    ]);
  });
});
