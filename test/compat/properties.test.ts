import { describe, expect, it } from "vitest";
import { compareTrees, treeSide } from "../../core/compat";
import { writtenBeforeSave } from "../../core/compat/written";
import { tables } from "../check/tableFixture";
import { expectLinear } from "../steps";

const machine = { major: 9, minor: 1 };

interface DeviceText {
  /** A list of compat properties, and whatever else comes before the table. */
  readonly before?: string;
  readonly fields?: string;
  readonly rest?: string;
  readonly properties?: string;
  /** Instead of `dc->vmsd`. */
  readonly realize?: string;
}

function device({ before = "", fields = "VMSTATE_UINT32(a, Dev),", rest = "", properties = "", realize }: DeviceText) {
  return `
#define DEFINE_PROP(_name, _state, _field, _prop, ...) \\
    { .name = (_name), .info = &(_prop), .offset = offsetof(_state, _field), __VA_ARGS__ }
#define DEFINE_PROP_BOOL(_n, _s, _f, _d) DEFINE_PROP(_n, _s, _f, qdev_prop_bool, .set_default = true, .defval.u = (bool)_d)
#define DEFINE_PROP_UINT8(_n, _s, _f, _d) DEFINE_PROP(_n, _s, _f, qdev_prop_uint8, .set_default = true, .defval.u = (uint8_t)_d)
#define DEFINE_PROP_BIT(_n, _s, _f, _b, _d) \\
    DEFINE_PROP(_n, _s, _f, qdev_prop_bit, .bitnr = (_b), .set_default = true, .defval.u = (bool)_d)
typedef struct Core { uint32_t flags; uint8_t level; } Core;
typedef struct Dev { uint32_t a; uint32_t n; bool x_new; Core core; } Dev;
#define DEV(obj) OBJECT_CHECK(Dev, obj, "dev")
static bool has_new(void *opaque) { Dev *s = DEV(opaque); return s->x_new; }
static bool has_level(void *opaque, int version_id) { Dev *s = container_of(opaque, Dev, core); return s->core.level >= 2; }
static bool has_bit(void *opaque, int version_id) { Dev *s = opaque; return !(s->core.flags & (1 << 1)); }
${before}
#define VMSTATE_UINT32_IF(m, s, f) { .name = #m, .field_exists = f, .size = 4, .info = &vmstate_info_uint32, \\
    .flags = VMS_SINGLE, .offset = offsetof(s, m) }
static const Property dev_properties[] = { ${properties} };
static const VMStateDescription vmstate_new = { .name = "dev/new", .version_id = 1, .minimum_version_id = 1,
    .needed = has_new, .fields = (const VMStateField[]) { VMSTATE_UINT32(n, Dev), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_early = { .name = "dev-early", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(n, Dev), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() }, ${rest} };
static void dev_realize(DeviceState *dev, Error **errp) { ${realize ?? ""} }
static void dev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
    dc->realize = dev_realize;
    device_class_set_props(dc, dev_properties);
}
static const TypeInfo dev_info = { .name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init };
DEFINE_TYPES(dev_info)
`;
}

/** What a guest of machine type 9.1 meets on the way from the version after to the one before, and there. */
function compare(old: DeviceText, next: DeviceText): readonly string[] {
  const [a, b] = [old, next].map((each) => tables(device(each)).project);
  if (a === undefined || b === undefined) throw new Error("two devices");
  return compareTrees(treeSide(a, "OLD", machine), treeSide(b, "NEW", machine))
    .filter(({ optional, verdict }) => optional !== true && verdict === "refused")
    .map(({ direction, certain, message }) => `${direction}${certain ? "" : "?"} ${message}`);
}

const subs = ".subsections = (const VMStateDescription * const []) { &vmstate_new, NULL },";
const isNew = 'DEFINE_PROP_BOOL("x-new", Dev, x_new, true),';
const list = (entry: string, name = "hw_compat_9_1") => `GlobalProperty ${name}[] = { { ${entry} }, };`;

describe("state behind a device property", () => {
  it("that the machine type's list keeps off is right", () => {
    const before = list('"dev", "x-new", "off"');
    expect(compare({}, { before, properties: isNew, rest: subs })).toEqual([]);
  });

  it("that no list names keeps a guest from going back, and the property and the list are named", () => {
    const [first] = compare({}, { before: list('"dev", "other", "off"'), properties: isNew, rest: subs });
    expect(first).toContain("new->old NEW sends subsection dev/new");
    expect(first).toContain("x-new of dev decides: it is on by default and not in hw_compat_9_1");
  });

  it("that only an older list names says which", () => {
    const before = list('"dev", "x-new", "off"', "hw_compat_8_0");
    expect(compare({}, { before, properties: isNew, rest: subs }).join()).toContain("hw_compat_8_0 sets it");
  });

  it("is not switched off by an entry for another device", () => {
    const before = list('"other-dev", "x-new", "off"');
    expect(compare({}, { before, properties: isNew, rest: subs })).toHaveLength(1);
  });

  it("follows a number and container_of", () => {
    const next = {
      fields: "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32_IF(n, Dev, has_level),",
      properties: 'DEFINE_PROP_UINT8("x-level", Dev, core.level, 2),',
    };
    expect(compare({}, { ...next, before: list('"dev", "x-level", "1"') })).toEqual([]);
    expect(compare({}, next).join()).toContain("x-level of dev decides");
  });

  it("follows a bit whose property is yet to be written: nobody sets it", () => {
    const fields = "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32_IF(n, Dev, has_bit),";
    const other = 'DEFINE_PROP_BIT("x-old", Dev, core.flags, 0, false),';
    expect(compare({}, { fields, properties: other })).toHaveLength(2);
    const bit = `${other} DEFINE_PROP_BIT("x-off", Dev, core.flags, 1, false),`;
    expect(compare({}, { fields, properties: bit, before: list('"dev", "x-off", "on"') })).toEqual([]);
  });

  it("whose default changed is another state on the same machine type", () => {
    const fields = "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32_IF(n, Dev, has_level),";
    const level = (by: number) => `DEFINE_PROP_UINT8("x-level", Dev, core.level, ${by}),`;
    expect(compare({ fields, properties: level(2) }, { fields, properties: level(2) })).toEqual([]);
    expect(compare({ fields, properties: level(1) }, { fields, properties: level(2) })).toHaveLength(2);
  });

  it("that the device's own code switches on cannot be kept off by a list", () => {
    const before = `${list('"dev", "x-new", "off"')}
void make(DeviceState *dev, bool wanted) { qdev_prop_set_bit(dev, "x-new", wanted); }`;
    const found = compare({}, { before, properties: isNew, rest: subs });
    expect(found.join()).toContain("the device's own code sets it");
    const mended = before.replace('qdev_prop_set_bit(dev, "x-new", wanted)', 'qdev_prop_set_bit(dev, "x-new", false)');
    expect(compare({}, { before: mended, properties: isNew, rest: subs })).toEqual([]);
  });
});

describe("a section behind a device property", () => {
  const realize = "Dev *s = DEV(dev); if (s->x_new) { vmstate_register(VMSTATE_IF(s), 0, &vmstate_early, s); }";

  it("is not in the streams of machine types that keep it off", () => {
    expect(compare({}, { realize, properties: isNew, before: list('"dev", "x-new", "off"') })).toEqual([]);
  });

  it("is refused by a version that does not know it", () => {
    const found = compare({}, { realize, properties: isNew });
    expect(found.join()).toContain("NEW sends a section dev-early for dev");
    expect(found.join()).toContain("x-new of dev decides");
  });
});

describe("what a stream says before it is loaded", () => {
  const tested = (number: number, fields: string, set = `s->core.level = ${number};`) => ({
    before: `
static int dev_pre_save(void *opaque) { Dev *s = opaque; ${set} return 0; }
static bool since_7(void *opaque, int version_id) { Dev *s = DEV(opaque); return MIN(version_id, s->core.level) >= 7; }
`,
    fields: `{ .name = "level", .size = 1, .info = &vmstate_info_uint8, .flags = VMS_SINGLE, .offset = offsetof(Dev, core.level) }, ${fields}`,
    rest: ".pre_save = dev_pre_save,",
    version: number,
  });
  const versioned = ({ before, fields, rest, version }: ReturnType<typeof tested>) =>
    device({ before, fields, rest }).replace('"dev", .version_id = 1', `"dev", .version_id = ${version}`);

  it("decides test functions of the loader", () => {
    const old = tables(versioned(tested(6, "VMSTATE_UINT32(a, Dev),"))).project;
    const since = "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32_IF(n, Dev, since_7),";
    const next = tables(versioned(tested(7, since))).project;
    const found = compareTrees(treeSide(old, "OLD", machine), treeSide(next, "NEW", machine));
    expect(found.filter(({ direction }) => direction === "old->new")).toEqual([]);
  });

  it.each([
    ["s->core.level = 6;", 6n],
    ["s->n = s->core.level = 6;", 6n],
    ["s->core.level = vmstate_dev.version_id;", 6n],
    ["if (s->n) s->core.level = 6;", undefined],
    ["if (s->n) return 0; s->core.level = 6;", undefined],
    ["s->core.level = 6; s->core.level++;", undefined],
    ["s->core.level = s->n;", undefined],
  ])("is known where pre_save always sets it to a number: %s", (set, level) => {
    const { project } = tables(versioned(tested(6, "VMSTATE_UINT32(a, Dev),", set)));
    expect(writtenBeforeSave(project, "level")).toBe(level);
  });

  it("is read in steps that grow with the function", () => {
    expectLinear((n) => {
      const { project } = tables(versioned(tested(6, "VMSTATE_UINT32(a, Dev),", "s->core.level = ".repeat(n))));
      writtenBeforeSave(project, "level");
    }, 500);
  });
});

describe("a value that loading compares", () => {
  const same = (assigned: string) => ({
    before: `#define VMSTATE_SAME(m, s) { .name = #m, .size = 4, .info = &vmstate_info_uint32_equal, .flags = VMS_SINGLE, .offset = offsetof(s, m) }\n`,
    fields: "VMSTATE_SAME(n, Dev),",
    realize: `Dev *s = DEV(dev); ${assigned}`,
  });

  it("may be refused where the other version sets it to something else", () => {
    expect(compare(same("s->n = 1 << 3;"), same("s->n = 8;"))).toEqual([]);
    const found = compare(same("s->n = 1 << 3;"), same("s->n = 9;"));
    expect(found).toHaveLength(2);
    expect(found[0]).toContain("old->new? NEW refuses the stream if dev/n differs from its own");
  });
});
