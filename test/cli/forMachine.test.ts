import { describe, expect, it } from "vitest";
import { forMachine } from "../../cli/diff/forMachine";
import { compareTrees } from "../../core/compat";
import { treeSide } from "../../core/compat/treeSide";
import { treeWith } from "../board/tree";

/** A board with a bell, in a tree that also has an organ; `registers` is what each does when it is made. */
function church(registers: (table: string) => string): string {
  const device = (name: string): string => `
static const VMStateDescription vmstate_${name} = { .name = "${name}", .version_id = 1 };
static void ${name}_init(Object *obj)
{
    ${registers(`vmstate_${name}`)}
}
static const TypeInfo ${name}_info = { .name = "${name}", .instance_init = ${name}_init };
`;
  return `
#include "all.h"
${device("bell")}
${device("organ")}
static void church_init(MachineState *machine)
{
    object_property_add_child((Object *)machine, "bell", object_new("bell"));
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = church_init;
}
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&organ_info);
    type_register_static(&church_info);
}
type_init(church_types)
`;
}

describe("what a comparison says of a machine that was named", () => {
  const oldProject = treeWith(church(() => ""));
  const newProject = treeWith(
    church((table) => `vmstate_register_with_alias_id(NULL, -1, &${table}, obj, -1, 0, NULL);`),
  );
  const found = compareTrees(treeSide(oldProject, "old", undefined), treeSide(newProject, "new", undefined));
  const ofSection = (name: string) => found.find(({ section }) => section === name);

  it("is that a section came for what every such machine has", () => {
    const bell = ofSection("bell");
    expect(bell).toMatchObject({ direction: "new->old", optional: true, certain: false });
    const told = bell && forMachine("church", { oldProject, newProject }).told(bell);
    expect(told).toMatchObject({ verdict: "refused", certain: true });
    expect(told).not.toHaveProperty("optional");
    expect(told?.message).toContain("The board always makes one.");
  });

  it("is that of another device what it is of none", () => {
    const organ = ofSection("organ");
    expect(organ).toMatchObject({ optional: true });
    expect(organ && forMachine("church", { oldProject, newProject }).told(organ)).toBe(organ);
  });
});
