import { describe, expect, it } from "vitest";
import { boardReport, buildBoard, machineTypes } from "../../core/board";
import { createProject, type LoadableProject } from "../../core/project";

const header = `
typedef enum { MODULE_INIT_BLOCK, MODULE_INIT_QOM } module_init_type;
#define type_init(function) static void do_qemu_init_ ## function(void) { register_module_init(function, MODULE_INIT_QOM); }
typedef struct ObjectClass { void *type; } ObjectClass;
typedef struct Object { ObjectClass *class; struct Object *parent; } Object;
typedef struct TypeInfo {
    const char *name;
    const char *parent;
    bool abstract;
    void (*instance_init)(Object *obj);
    void (*class_init)(ObjectClass *klass, void *data);
} TypeInfo;
typedef struct MachineState { Object parent_obj; unsigned bells; } MachineState;
typedef struct MachineClass {
    ObjectClass parent_class;
    const char *name;
    const char *desc;
    void (*init)(MachineState *machine);
} MachineClass;
typedef struct VMStateDescription { const char *name; int version_id; } VMStateDescription;
`;

const core = `
#include "all.h"
static const TypeInfo machine_info = { .name = "machine", .abstract = true };
static const TypeInfo container_info = { .name = "container" };
static void machine_types(void)
{
    type_register_static(&machine_info);
    type_register_static(&container_info);
}
type_init(machine_types)
void machine_run_board_init(MachineState *machine)
{
    MachineClass *mc = (MachineClass *)object_get_class((Object *)machine);
    mc->init(machine);
}
`;

const church = `
#include "all.h"
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static void bell_init(Object *obj)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static void church_init(MachineState *machine)
{
    unsigned i;
    for (i = 0; i < 3; i++) {
        object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
    }
    machine->bells = i;
    if (machine->bells == 3 && !machine->parent_obj.parent) {
        object_new("bell");
    }
    if (host_has_ropes()) {
        object_new("bell");
    }
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->desc = "Church with bells";
    mc->init = church_init;
}
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init };
static const TypeInfo church_info = {
    .name = "church-machine", .parent = "machine", .class_init = church_class_init,
};
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
}
type_init(church_types)
`;

function project(): LoadableProject {
  const files = new Map([
    ["include/all.h", header],
    ["hw/core/machine.c", core],
    ["hw/demo/church.c", church],
  ]);
  const made = createProject({ paths: () => files.keys(), read: (path) => files.get(path) });
  for (const path of files.keys()) made.load(path);
  return made;
}

describe("a board from its source", () => {
  it("lists machine types with what their class says", () => {
    expect(machineTypes(project())).toMatchObject([
      { name: "church", description: "Church with bells", file: "hw/demo/church.c" },
    ]);
  });

  it("makes what the board's code makes, in order, with QEMU's instance ids and the line that registers", () => {
    const tree = project();
    const board = buildBoard(tree, "church");
    const report = board === undefined ? undefined : boardReport(tree, board);
    expect(report?.sections.map(({ idstr, instanceId, object }) => [idstr, instanceId, object])).toEqual([
      ["bell", 0, "/machine/bell[0]"],
      ["bell", 1, "/machine/bell[1]"],
      ["bell", 2, "/machine/bell[2]"],
    ]);
    expect(report?.sections[0]).toMatchObject({ type: "bell", at: { file: "hw/demo/church.c", line: 6 } });
    const machine = report?.objects.children.find(({ name }) => name === "machine");
    expect(machine?.children.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["bell[0]", "bell[1]", "bell[2]"]),
    );
  });

  it("says where it could not decide", () => {
    const tree = project();
    const board = buildBoard(tree, "church");
    const report = board === undefined ? undefined : boardReport(tree, board);
    expect(report?.open).toMatchObject([
      { file: "hw/demo/church.c", text: "host_has_ropes()", reason: "what host_has_ropes() gives" },
    ]);
  });

  it("knows no machine that the target does not have", () => {
    expect(buildBoard(project(), "chapel")).toBeUndefined();
  });
});
