import { createProject, type LoadableProject } from "../../core/project";

const header = `
typedef enum { MODULE_INIT_BLOCK, MODULE_INIT_QOM } module_init_type;
#define type_init(function) static void do_qemu_init_ ## function(void) { register_module_init(function, MODULE_INIT_QOM); }
typedef struct ObjectClass { void *type; } ObjectClass;
typedef struct Object { ObjectClass *class; struct Object *parent; } Object;
typedef struct ObjectProperty { char *name; void (*init)(Object *obj, struct ObjectProperty *property); } ObjectProperty;
typedef struct InterfaceInfo { const char *type; } InterfaceInfo;
typedef struct TypeInfo {
    const char *name;
    const char *parent;
    size_t instance_size;
    bool abstract;
    const InterfaceInfo *interfaces;
    void (*instance_init)(Object *obj);
    void (*instance_post_init)(Object *obj);
    void (*class_init)(ObjectClass *klass, void *data);
} TypeInfo;
typedef struct MachineState { Object parent_obj; const char *cpu_type; unsigned bells; } MachineState;
typedef struct MachineClass {
    ObjectClass parent_class;
    const char *name;
    const char *desc;
    const char **valid_cpu_types;
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

/** A tree with QEMU's beginnings and one file of a board. */
export function treeWith(board: string, more: Readonly<Record<string, string>> = {}): LoadableProject {
  const files = new Map([
    ["include/all.h", header],
    ["hw/core/machine.c", core],
    ["hw/demo/church.c", board],
    ...Object.entries(more),
  ]);
  const made = createProject({ paths: () => files.keys(), read: (path) => files.get(path) });
  for (const path of files.keys()) made.load(path);
  return made;
}
