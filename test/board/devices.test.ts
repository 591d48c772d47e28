import { describe, expect, it } from "vitest";
import { type BoardOptions, boardReport, buildBoard, memoryOfDevice } from "../../core/board";
import { treeWith } from "./tree";

const tower = `
#include "all.h"
typedef struct BusState { Object parent_obj; const char *name; } BusState;
typedef struct DeviceState { Object parent_obj; const char *id; BusState *bus; int rope; } DeviceState;
typedef struct DeviceClass { ObjectClass parent_class; const char *bus_type; } DeviceClass;
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static const VMStateDescription vmstate_rope = { .name = "rope", .version_id = 1 };
typedef struct Knot { int turns; } Knot;
typedef struct Cord { Knot first; int length; } Cord;
static BusState *ropes;
static BusState *qbus_find_recursive(BusState *bus, const char *name, const char *type)
{
    return name == NULL && !strcmp(type, "ropes") ? ropes : NULL;
}
void *qdev_device_add(void *opts) { return qbus_find_recursive(NULL, NULL, "ropes"); }
void *sysbus_get_default(void) { return NULL; }
static void set_rope(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_int(v, name, &((DeviceState *)obj)->rope, errp);
}
static void bell_init(Object *obj) { object_property_add(obj, "rope", "int", NULL, set_rope, NULL, NULL); }
static void bell_post_init(Object *obj) { qdev_prop_set_globals((DeviceState *)obj); }
bool qdev_realize(DeviceState *dev, BusState *bus, void *errp)
{
    if (dev->rope == 13) {
        error_report("no rope 13");
        exit(1);
    }
    if (dev->rope == 7) {
        Cord cord;
        cord.first.turns = 1;
        cord.length = 70;
        memset(&cord.first, 0, sizeof(Knot));
        dev->rope = cord.length + cord.first.turns;
    }
    dev->bus = bus;
    if (dev->rope > 100) {
        qemu_ram_set_idstr(qemu_ram_alloc(dev->rope * 1024, 0, dev, errp), "bell.ram", dev);
    }
    vmstate_register_with_alias_id(NULL, dev->rope, bus == ropes ? &vmstate_rope : &vmstate_bell, dev, -1, 0, NULL);
    return true;
}
static void tower_init(MachineState *machine) { ropes = (BusState *)object_new("ropes"); }
static void tower_class_init(ObjectClass *klass, void *data) { ((MachineClass *)klass)->init = tower_init; }
static void hung_class_init(ObjectClass *klass, void *data) { ((DeviceClass *)klass)->bus_type = "ropes"; }
static const TypeInfo ropes_info = { .name = "ropes" };
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init, .instance_post_init = bell_post_init };
static const TypeInfo hung_info = { .name = "hung-bell", .parent = "bell", .class_init = hung_class_init };
static const TypeInfo tower_info = { .name = "tower-machine", .parent = "machine", .class_init = tower_class_init };
static void tower_types(void)
{
    type_register_static(&ropes_info);
    type_register_static(&bell_info);
    type_register_static(&hung_info);
    type_register_static(&tower_info);
}
type_init(tower_types)
`;

type Given = NonNullable<BoardOptions["devices"]>[number];

const device = (type: string, ...properties: readonly (readonly [string, string])[]): Given => ({
  type,
  properties: new Map(properties),
  text: `-device ${type}`,
});

const built = (...devices: readonly Given[]) => builtWith({ devices });

function builtWith(settings: BoardOptions) {
  const tree = treeWith(tower);
  const board = buildBoard(tree, "tower", settings);
  if (board === undefined) throw new Error("no board");
  return boardReport(tree, board);
}

describe("devices of a command line", () => {
  it("are made in order, with their properties, on the bus that their class names", () => {
    const { sections, open } = built(
      device("bell", ["rope", "4"], ["id", "b"]),
      device("hung-bell", ["rope", "2"]),
      device("bell", ["chardev", "c"]),
    );
    expect(open).toEqual([]);
    expect(sections.map(({ idstr, instanceId, object }) => [idstr, instanceId, object])).toEqual([
      ["bell", 4, "/machine/peripheral/b"],
      ["rope", 2, "/machine/peripheral-anon/device[1]"],
      ["bell", 0, "/machine/peripheral-anon/device[2]"],
    ]);
  });

  it("keep what lies behind a first member that their code clears", () => {
    expect(built(device("bell", ["rope", "7"])).sections.map(({ instanceId }) => instanceId)).toEqual([70]);
  });

  it("are said to be missing where they could not be made, each", () => {
    const { sections, open, refused } = built(
      device("bell", ["rope", "13"]),
      device("gong"),
      device("hung-bell", ["bus", "other"]),
      device("bell"),
    );
    expect(refused).toBeUndefined();
    expect(open.filter(({ file }) => file === "")).toMatchObject([
      { text: "-device bell", reason: "ends QEMU: no rope 13" },
      { text: "-device gong", reason: "the tree has no such type" },
      { text: "-device hung-bell", reason: "its bus is not known" },
    ]);
    expect(sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it("have what -global gives to their type or to one above, unless they are given it themselves", () => {
    const devices = [device("bell", ["rope", "4"]), device("bell"), device("hung-bell")];
    const globals = [
      { driver: "bell", property: "rope", value: "2" },
      { driver: "hung-bell", property: "rope", value: "3" },
    ];
    const { sections } = builtWith({ devices, globals });
    expect(sections.map(({ idstr, instanceId }) => [idstr, instanceId])).toEqual([
      ["bell", 4],
      ["bell", 2],
      ["rope", 3],
    ]);
  });

  it("have memory of their own as long as their code makes it", () => {
    const devices = [device("bell", ["rope", "128"]), device("bell"), device("bell", ["rope", "256"], ["id", "b"])];
    const board = buildBoard(treeWith(tower), "tower", { devices });
    if (board === undefined) throw new Error("no board");
    const memory = (path: string): unknown => [...memoryOfDevice(board, `/machine/${path}`)];
    expect(memory("peripheral-anon/device[0]")).toEqual([["bell.ram", 131_072]]);
    expect(memory("peripheral-anon/device[1]")).toEqual([]);
    expect(memory("peripheral/b")).toEqual([["bell.ram", 262_144]]);
  });

  it("end QEMU where they lack what -global gives them", () => {
    const { open } = builtWith({
      devices: [device("bell")],
      globals: [{ driver: "bell", property: "clapper", value: "2" }],
    });
    expect(open.map(({ reason }) => reason)).toEqual([
      "ends QEMU: can't apply global bell.clapper=2: Property 'bell.clapper' not found",
    ]);
  });
});
