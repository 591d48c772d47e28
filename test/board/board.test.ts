import { describe, expect, it } from "vitest";
import { boardReport, buildBoard, machineTypes } from "../../core/board";
import type { LoadableProject } from "../../core/project";
import { treeWith } from "./tree";

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
  return treeWith(church);
}

describe("a board from its source", () => {
  it("lists machine types with what their class says", () => {
    expect(machineTypes(project()).types).toMatchObject([
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
