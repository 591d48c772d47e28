/** Members that no stream carries: what the destination's set-up code leaves in them decides what its tables expect. */
import { describe, expect, it } from "vitest";
import { machineOrder, type SimulationReport, simulate, simulateLoad } from "../../core/emulator";
import type { LoadableProject } from "../../core/project";
import { treeWith } from "../board/tree";

interface Parts {
  /** Fields behind the first one. */
  readonly fields?: string;
  /** Statements of instance_init. */
  readonly init: string;
  /** Of the table. */
  readonly hooks?: string;
  readonly code?: string;
  /** Statements of the machine's class_init. */
  readonly ofClass?: string;
  /** Other files of the tree. */
  readonly others?: Readonly<Record<string, string>>;
}

const struct =
  "typedef struct Bell { Object parent_obj; uint32_t reg; uint32_t ropes; uint32_t used; uint32_t extra; uint32_t *rest; } Bell;";

function bell(
  { fields = "", init, hooks = "", code = "", ofClass = "", others = {} }: Parts,
  change = (board: string) => board,
) {
  return treeWith(
    change(`
#include "all.h"
enum VMStateFlags { VMS_SINGLE = 1, VMS_POINTER = 2, VMS_VARRAY_UINT16 = 0x80, VMS_END = 0x10000 };
${struct}
#define FIELD(member) .name = #member, .offset = offsetof(Bell, member), .size = sizeof(uint32_t), .info = &vmstate_info_uint32
${code}
static const VMStateDescription vmstate_bell = {
    .name = "bell", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { { FIELD(reg), .flags = VMS_SINGLE }, ${fields} { .flags = VMS_END } },
};
static void bell_init(Object *obj)
{
    Bell *s = (Bell *)obj;
    ${init}
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static void church_init(MachineState *machine)
{
    object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = church_init;
    ${ofClass}
}
static const TypeInfo bell_info = { .name = "bell", .instance_size = sizeof(Bell), .instance_init = bell_init };
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
}
type_init(church_types)
`),
    others,
  );
}

const machine = "-M church";

/** A stream of a bell with no field but the first, loaded into another one. */
function loaded(parts: Parts): SimulationReport {
  let stream = new Uint8Array(0);
  const saved = simulate(bell({ init: "" }), { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
  if (!saved.ok) throw new Error(saved.message);
  const report = simulateLoad(bell(parts), stream, { machine });
  if (!report.ok) throw new Error(report.message);
  return report.value;
}

const tested = {
  fields: "{ FIELD(extra), .field_exists = has_many, .flags = VMS_SINGLE },",
  code: "static bool has_many(void *opaque, int version_id) { return ((Bell *)opaque)->ropes > 1; }",
};

it("a test function goes by what set-up code leaves", () => {
  expect(loaded({ ...tested, init: "s->ropes = 1;" })).toMatchObject({ outcome: "completed", open: [] });
  expect(loaded({ ...tested, init: "s->ropes = 2;" })).toMatchObject({ outcome: "failed", open: [] });
});

it.each([
  "s->ropes = 1; if (has_ropes()) { s->ropes = 2; }",
  's->ropes = g_file_test("/sys/kernel/ropes", 2) ? 2 : 1;',
])("what it says is not known where set-up code sets the member by what is not known: %s", (init) => {
  expect(loaded({ ...tested, init })).toMatchObject({ outcome: "unknown" });
});

it("what it says is not known where code that loads changes the member", () => {
  const code = `${tested.code}
static int bell_pre_load(void *opaque)
{
    Bell *s = opaque;
    s->ropes = how_many();
    return 0;
}`;
  const { outcome, open } = loaded({ ...tested, code, hooks: ".pre_load = bell_pre_load,", init: "s->ropes = 1;" });
  expect(outcome).toBe("unknown");
  expect(open.map(({ idstr }) => idstr)).toEqual(["bell"]);
});

const temporary = `
struct BellTmp { Bell *parent; uint32_t *rest; uint16_t count; };
static void bell_tmp_count(struct BellTmp *tmp)
{
    tmp->rest = tmp->parent->rest + 1;
    tmp->count = tmp->parent->used - 1;
    if (tmp->parent->used == 0) {
        tmp->count = 0;
    }
}
static int bell_tmp_pre_load(void *opaque)
{
    struct BellTmp *tmp = opaque;
    bell_tmp_count(tmp);
    if (tmp->parent->used > tmp->parent->ropes) {
        return -EINVAL;
    }
    return 0;
}
static const VMStateDescription vmstate_bell_tmp = {
    .name = "bell-tmp", .pre_load = bell_tmp_pre_load,
    .fields = (const VMStateField[]) {
        { .name = "rest", .offset = offsetof(struct BellTmp, rest), .num_offset = offsetof(struct BellTmp, count),
          .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_VARRAY_UINT16 | VMS_POINTER },
        { .flags = VMS_END }
    },
};
`;

it.each([
  ["s->used = 1; s->ropes = 1;", "completed"],
  ["s->used = 0; s->ropes = 1;", "completed"],
  ["s->used = 3; s->ropes = 3;", "failed"],
])("a count that pre_load of a temporary struct takes from the struct around it: %s", (init, outcome) => {
  const fields =
    '{ .name = "tmp", .size = sizeof(struct BellTmp), .vmsd = &vmstate_bell_tmp, .info = &vmstate_info_tmp },';
  expect(loaded({ fields, code: temporary, init }).outcome).toBe(outcome);
});

it.each([
  ["0", "completed"],
  ["2", "failed"],
])("a count that set-up code of another folder leaves goes before what the device's own sets: %s", (count, outcome) => {
  const parts = {
    fields: "{ FIELD(extra), .num_offset = offsetof(Bell, ropes), .flags = VMS_VARRAY_UINT16 },",
    code: "static void bell_quiet(Bell *s) { s->ropes = 0; }\nvoid hang(Bell *s);",
    init: "hang(s);",
    others: { "hw/ropes/hang.c": `#include "all.h"\n${struct}\nvoid hang(Bell *s) { s->ropes = ${count}; }` },
  };
  expect(loaded(parts)).toMatchObject({ outcome, open: [] });
});

it.each([
  ["", "failed"],
  ['mc->desc = "old"; mc->is_old = 1;', "completed"],
])("a test function goes by the machine's class: %s", (set, outcome) => {
  const header = { "include/all.h": treeWith("").text("include/all.h") ?? "" };
  const others = Object.fromEntries(
    Object.entries(header).map(([path, text]) => [
      path,
      text.replace("const char *desc;", "const char *desc;\n    int is_old;"),
    ]),
  );
  const code = `
static bool is_new(void)
{
    MachineClass *mc = MACHINE_GET_CLASS(qdev_get_machine());
    return !mc->is_old;
}
static bool has_extra(void *opaque, int version_id) { return is_new(); }`;
  const fields = "{ FIELD(extra), .field_exists = has_extra, .flags = VMS_SINGLE },";
  expect(loaded({ fields, code, init: "", others, ofClass: set })).toMatchObject({ outcome, open: [] });
});

it.each([
  ["", "completed"],
  ["s->ropes_of[1] = &one_rope;", "failed"],
  ["if (has_ropes()) { s->ropes_of[1] = how_many(); }", "unknown"],
])("an element of an array of pointers is what set-up code leaves: %s", (init, outcome) => {
  const member = "uint32_t *rest;";
  const code = `
typedef struct Rope { uint32_t length; } Rope;
static Rope one_rope;
static const VMStateDescription vmstate_rope = {
    .name = "rope", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        { .name = "length", .offset = offsetof(Rope, length), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_SINGLE },
        { .flags = VMS_END }
    },
};`;
  const fields =
    '{ .name = "ropes_of", .offset = offsetof(Bell, ropes_of), .num = 2, .size = sizeof(Rope *), .vmsd = &vmstate_rope, ' +
    ".flags = VMS_ARRAY | VMS_STRUCT | VMS_ARRAY_OF_POINTER },";
  const tree = (text: string): LoadableProject =>
    bell({ code, fields, init: text }, (board) =>
      board
        .replace(member, `${member} struct Rope *ropes_of[2];`)
        .replace("VMS_SINGLE = 1,", "VMS_SINGLE = 1, VMS_ARRAY = 4, VMS_STRUCT = 8, VMS_ARRAY_OF_POINTER = 0x40,"),
    );
  let stream = new Uint8Array(0);
  const saved = simulate(bell({ init: "" }), { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
  if (!saved.ok) throw new Error(saved.message);
  const { offset, size } = saved.value.sections.find(({ idstr }) => idstr === "bell") ?? { offset: 0, size: 0 };
  const end = offset + size - 5;
  const both = Uint8Array.from([...stream.subarray(0, end), 0x30, 0x30, ...stream.subarray(end)]);
  const report = simulateLoad(tree(init), both, { machine });
  expect(report.ok && [report.value.outcome, report.value.messages.length > 0]).toEqual([
    outcome,
    outcome === "failed",
  ]);
});

const put = `
static int put_rest(QEMUFile *f, void *pv, size_t size, const VMStateField *field, JSONWriter *vmdesc)
{
    Bell *s = pv;
    uint32_t low = s->extra & 0xff;
    qemu_put_be32s(f, &low);
    return vmstate_save_state(f, &vmstate_inner, s, NULL);
}
static const VMStateInfo info_rest = { .name = "rest", .put = put_rest, .get = get_rest };
`;

it.each([
  ["extra & 4", "failed"],
  ["extra & 8", "completed"],
  ["extra & 0x100", "unknown"],
])("bits that code of an info has written decide a test function of its own table: %s", (test, outcome) => {
  const code = `
static bool is_there(void *opaque, int version_id) { Bell *s = opaque; return s->${test}; }
static const VMStateDescription vmstate_inner = {
    .name = "inner", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        { FIELD(used), .field_exists = is_there, .flags = VMS_SINGLE }, { .flags = VMS_END }
    },
};
${put}`;
  const fields = '{ .name = "rest", .info = &info_rest, .flags = VMS_SINGLE },';
  let stream = new Uint8Array(0);
  const plain = { code: code.replace("is_there, ", "never_there, "), fields, init: "" };
  const text = "static bool never_there(void *opaque, int version_id) { return false; }";
  const saved = simulate(bell({ ...plain, code: `${text}${plain.code}` }), {
    machine,
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  if (!saved.ok) throw new Error(saved.message);
  // the info's own word, in front of the section's footer
  stream[
    saved.value.sections.reduce((end, { idstr, offset, size }) => (idstr === "bell" ? offset + size : end), 0) - 6
  ] = 4;
  const report = simulateLoad(bell({ code, fields, init: "" }), stream, { machine });
  expect(report.ok && report.value.outcome).toBe(outcome);
});

it.each([
  ["s->clapper = g_malloc0(sizeof(Clapper)); s->clapper->notes = 0;", "completed"],
  ["s->clapper = g_malloc0(sizeof(Clapper)); s->clapper->notes = 2;", "failed"],
  ["s->clapper = g_malloc0(sizeof(Clapper)); s->clapper->notes = how_many();", "unknown"],
  ["s->clapper = NULL;", "unknown"],
])("a size that a macro makes of a member behind a pointer is what set-up code leaves: %s", (init, outcome) => {
  const code = `
#define NOTE_BYTES(n) ((n) * 2)
#define NOTES_SIZE(bell) NOTE_BYTES((bell)->clapper->notes)
static int put_notes(QEMUFile *f, void *pv, size_t size, const VMStateField *field, JSONWriter *vmdesc)
{
    Bell *s = container_of(pv, Bell, clapper);
    qemu_put_buffer(f, s->clapper->sounds, NOTES_SIZE(s));
    return 0;
}
static const VMStateInfo info_notes = { .name = "notes", .put = put_notes, .get = get_notes };`;
  const fields =
    '{ .name = "clapper", .offset = offsetof(Bell, clapper), .size = 0, .info = &info_notes, .flags = VMS_SINGLE },';
  let stream = new Uint8Array(0);
  const saved = simulate(bell({ init: "" }), { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
  if (!saved.ok) throw new Error(saved.message);
  const tree = bell({ code, fields, init }, (board) =>
    board
      .replace("uint32_t *rest;", "uint32_t *rest; struct Clapper *clapper;")
      .replace("typedef struct Bell", "typedef struct Clapper { uint8_t *sounds; uint32_t notes; } Clapper;\n$&"),
  );
  const report = simulateLoad(tree, stream, { machine });
  expect(report.ok && report.value.outcome).toBe(outcome);
});

it("what properties of a type put into an object inside its own is gone when that is initialised", () => {
  const tree = (count: string) =>
    treeWith(`
#include "all.h"
typedef struct Clapper { Object parent_obj; uint32_t count; } Clapper;
typedef struct Tower { Object parent_obj; uint32_t own; Clapper clapper; } Tower;
static void tower_init(Object *obj)
{
    Tower *s = (Tower *)obj;
    s->clapper.count = 4;
    object_initialize(&s->clapper, sizeof(s->clapper), "clapper");
    if (s->clapper.count == ${count}) {
        exit(1);
    }
}
static void church_init(MachineState *machine) { object_new("tower"); }
static void church_class_init(ObjectClass *klass, void *data) { ((MachineClass *)klass)->init = church_init; }
static const TypeInfo clapper_info = { .name = "clapper", .instance_size = sizeof(Clapper) };
static const TypeInfo tower_info = { .name = "tower", .instance_size = sizeof(Tower), .instance_init = tower_init };
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void)
{
    type_register_static(&clapper_info);
    type_register_static(&tower_info);
    type_register_static(&church_info);
}
type_init(church_types)
`);
  expect(machineOrder(tree("4"), "-M church").ok).toBe(true);
  expect(machineOrder(tree("0"), "-M church").ok).toBe(false);
});

describe("a field that has to be as the destination has it", () => {
  const fields =
    '{ .name = "ropes", .offset = offsetof(Bell, ropes), .size = sizeof(uint32_t), .info = &vmstate_info_uint32_equal, .flags = VMS_SINGLE },';
  const code = "static void bell_reset(DeviceState *dev) { Bell *s = (Bell *)dev; s->used = 1; RESET }";
  const registered = "device_class_set_legacy_reset(dc, bell_reset);";

  /** A stream of a bell of seven ropes, loaded into one of others. */
  function loading(init: string, reset = ""): SimulationReport {
    const parts = {
      fields,
      init,
      code: `${code.replace("RESET", reset)} static void more(void *dc) { ${registered} }`,
    };
    const project = bell(parts);
    let stream = new Uint8Array(0);
    const saved = simulate(project, { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
    if (!saved.ok) throw new Error(saved.message);
    const payload = Buffer.from(stream).indexOf("bell") + 4 + 8;
    new DataView(stream.buffer).setUint32(payload + 4, 7);
    const report = simulateLoad(project, stream, { machine });
    if (!report.ok) throw new Error(report.message);
    return report.value;
  }

  it("loads where it is", () => {
    expect(loading("s->ropes = 7;")).toMatchObject({ outcome: "completed", open: [] });
  });

  it("fails where it is not", () => {
    const { outcome, messages } = loading("s->ropes = 8;");
    expect([outcome, messages[0]]).toEqual(["failed", "8 != 7"]);
  });

  it.each([
    ["7", "completed"],
    ["9", "failed"],
  ])("is compared with what a reset always leaves: %s", (left, outcome) => {
    expect(loading("s->ropes = 8;", `s->ropes = ${left};`)).toMatchObject({ outcome });
  });

  it.each([
    ["a reset may set it", "s->ropes = 8;", "if (s->used) { s->ropes = 9; }"],
    ["a reset sets it to what is not known", "s->ropes = 8;", "s->ropes = s->used;"],
    ["a reset sets it twice", "s->ropes = 8;", "s->ropes = 9; s->ropes = 10;"],
    ["set-up code sets it to what is not known", "s->ropes = how_many();", ""],
  ])("is not compared where %s", (_, init, reset) => {
    expect(loading(init, reset)).toMatchObject({ outcome: "completed" });
  });
});
