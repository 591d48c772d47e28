import { describe, expect, it } from "vitest";
import { type BoardOptions, boardReport, buildBoard, memberOfDevice } from "../../core/board";
import type { Rec } from "../../core/board/run/values";
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
typedef struct QemuOpts { const char *driver; const char *id; const char *bus; const char *rope; struct QemuOpts *next; } QemuOpts;
typedef struct QemuOptsList { const char *name; QemuOpts *first; QemuOpts *last; } QemuOptsList;
typedef struct Error Error;
Error *error_fatal;
static QemuOptsList devices = { .name = "device" };
static QemuOptsList *known;
static int anonymous;
#define error_setg(errp, ...) error_setg_internal(errp, "church.c", 1, "add", __VA_ARGS__)
void qemu_add_opts(QemuOptsList *list) { known = list; }
QemuOptsList *qemu_find_opts(const char *group) { return known && !strcmp(group, known->name) ? known : NULL; }
const char *qemu_opt_get(QemuOpts *opts, const char *name) { return !strcmp(name, "driver") ? opts->driver : NULL; }
QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *text, bool implied)
{
    QemuOpts *opts = g_malloc0(sizeof(*opts));
    const char *value, *word;
    opts->driver = strtok(g_strdup(text), ",");
    while ((word = strtok(NULL, ",")) != NULL) {
        if (strstart(word, "rope=", &value)) {
            opts->rope = value;
        } else if (strstart(word, "id=", &value)) {
            opts->id = value;
        } else if (strstart(word, "bus=", &value)) {
            opts->bus = value;
        }
    }
    if (list->last) {
        list->last->next = opts;
    } else {
        list->first = opts;
    }
    list->last = opts;
    return opts;
}
int qemu_opts_foreach(QemuOptsList *list, int (*each)(void *opaque, QemuOpts *opts, Error **errp), void *opaque, Error **errp)
{
    QemuOpts *opts;
    for (opts = list->first; opts; opts = opts->next) {
        each(opaque, opts, errp);
    }
    return 0;
}
bool qdev_realize(DeviceState *dev, BusState *bus, void *errp);
void *qdev_device_add(QemuOpts *opts, Error **errp)
{
    DeviceClass *dc = (DeviceClass *)object_class_by_name(opts->driver);
    BusState *bus = NULL;
    DeviceState *dev;
    if (!dc) {
        error_setg(errp, "'%s' is not a valid device model name", opts->driver);
        return NULL;
    }
    if (opts->bus) {
        error_setg(errp, "Bus '%s' not found", opts->bus);
        return NULL;
    }
    if (dc->bus_type) {
        bus = ropes;
    }
    dev = (DeviceState *)object_new(opts->driver);
    if (opts->rope) {
        dev->rope = atoi(opts->rope);
    }
    dev->id = opts->id;
    object_property_add_child(container_get(object_get_root(), opts->id ? "/machine/peripheral" : "/machine/peripheral-anon"),
                              opts->id ? opts->id : g_strdup_printf("device[%d]", anonymous++), (Object *)dev);
    qdev_realize(dev, bus, errp);
    return dev;
}
void qemu_init(int argc, char **argv) { qemu_add_opts(&devices); }
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

const given = (...devices: readonly string[]) => devices.map((value) => ({ name: "device", value }));

function built(...devices: readonly string[]) {
  return builtWith({ options: given(...devices) });
}

function builtWith(settings: BoardOptions) {
  const tree = treeWith(tower);
  const board = buildBoard(tree, "tower", settings);
  if (board === undefined) throw new Error("no board");
  return { ...boardReport(tree, board), refusals: board.refusals };
}

describe("devices of a command line", () => {
  it("are made in order, by the tree's own code", () => {
    const { sections, open } = built("bell,rope=4,id=b", "hung-bell,rope=2", "bell,chardev=c");
    expect(open).toEqual([]);
    expect(sections.map(({ idstr, instanceId }) => [idstr, instanceId])).toEqual([
      ["bell", 4],
      ["rope", 2],
      ["bell", 0],
    ]);
  });

  it("keep what lies behind a first member that their code clears", () => {
    expect(built("bell,rope=7").sections.map(({ instanceId }) => instanceId)).toEqual([70]);
  });

  it("hold what their code puts into their members", () => {
    const board = buildBoard(treeWith(tower), "tower", { options: given("bell,rope=4,id=b") });
    const held = (path: string) =>
      board && memberOfDevice(board, { idstr: "bell", instanceId: 4 }, "DeviceState", path);
    expect(held("rope")).toBe(4n);
    expect(["id", "bus.name", "thread"].map(held)).toEqual([undefined, undefined, undefined]);
    expect(board && memberOfDevice(board, { idstr: "bell", instanceId: 9 }, "DeviceState", "rope")).toBeUndefined();
  });

  it("are said to be missing where they could not be made, each", () => {
    const { sections, refusals, refused } = built("bell,rope=13", "gong", "hung-bell,bus=other", "bell");
    expect(refused).toBeUndefined();
    expect(refusals).toEqual([
      { text: "-device bell,rope=13", message: "no rope 13", isSure: true },
      { text: "-device gong", message: "'gong' is not a valid device model name", isSure: true },
      { text: "-device hung-bell,bus=other", message: "Bus 'other' not found", isSure: true },
    ]);
    expect(sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it("have what -global gives to their type or to one above, unless they are given it themselves", () => {
    const options = given("bell,rope=4", "bell", "hung-bell");
    const globals = [
      { driver: "bell", property: "rope", value: "2" },
      { driver: "hung-bell", property: "rope", value: "3" },
    ];
    const { sections } = builtWith({ options, globals });
    expect(sections.map(({ idstr, instanceId }) => [idstr, instanceId])).toEqual([
      ["bell", 4],
      ["bell", 2],
      ["rope", 3],
    ]);
  });

  it("have memory of their own as long as their code makes it", () => {
    const options = given("bell,rope=128", "bell", "bell,rope=256,id=b");
    const board = buildBoard(treeWith(tower), "tower", { options });
    if (board === undefined) throw new Error("no board");
    const path = (device: Rec | undefined) => device && board.model.pathOf(device);
    expect(board.registry.blocks.map(({ name, bytes, device }) => [name, bytes, path(device)])).toEqual([
      ["bell.ram", 131_072, "/machine/peripheral-anon/device[0]"],
      ["bell.ram", 262_144, "/machine/peripheral/b"],
    ]);
  });

  it("end QEMU where they lack what -global gives them", () => {
    const { refusals } = builtWith({
      options: given("bell"),
      globals: [{ driver: "bell", property: "clapper", value: "2" }],
    });
    expect(refusals.map(({ message }) => message)).toEqual([
      "can't apply global bell.clapper=2: Property 'bell.clapper' not found",
    ]);
  });
});
