import { describe, expect, it } from "vitest";
import { compareFile, compareTrees, treeSide } from "../../core/compat";
import type { TreeFinding } from "../../core/compat";
import { tables } from "../check/tableFixture";

const structs = `
typedef struct Port { uint32_t level; uint16_t mode; } Port;
typedef struct Dev {
    uint32_t a; uint32_t b; uint16_t c; uint8_t d; uint64_t e; uint8_t raw[8]; uint32_t list[4]; Port ports[2];
    bool x_new; uint32_t n;
} Dev;
`;

interface DeviceText {
  readonly fields: string;
  readonly versions?: string;
  readonly rest?: string;
  readonly before?: string;
  readonly name?: string;
}

/** A device `dev` with one table. */
function device({
  fields,
  versions = ".version_id = 1, .minimum_version_id = 1,",
  rest = "",
  before = "",
  name = "dev",
}: DeviceText): string {
  return `${structs}${before}
static const VMStateDescription vmstate_dev = {
    .name = "${name}",
    ${versions}
    .fields = (const VMStateField[]) {
        ${fields}
        VMSTATE_END_OF_LIST()
    },
    ${rest}
};
static void dev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev_info = { .name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init };
DEFINE_TYPES(dev_info)
`;
}

function compare(old: DeviceText, next: DeviceText, machine = { major: 9, minor: 2 }): readonly TreeFinding[] {
  const [a, b] = [old, next].map((each) => tables(device(each)).project);
  if (a === undefined || b === undefined) throw new Error("two devices");
  return compareTrees(treeSide(a, "OLD", machine), treeSide(b, "NEW", machine));
}

const verdicts = (found: readonly TreeFinding[]) =>
  found.map(({ direction, verdict, certain }) => `${direction} ${verdict}${certain ? "" : "?"}`);

const two = "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev),";
const port = (fields: string, versions = ".version_id = 1,") => `
static const VMStateDescription vmstate_port = { .name = "port", ${versions}
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };`;
const ports = "VMSTATE_STRUCT_ARRAY(ports, Dev, 2, 0, vmstate_port, Port),";
const sub = (name: string, fields: string, more = "") => `
static const VMStateDescription vmstate_sub = { .name = "${name}", .version_id = 1, .minimum_version_id = 1, ${more}
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };`;
const subs = ".subsections = (const VMStateDescription * const []) { &vmstate_sub, NULL },";

describe("what a stream does not notice", () => {
  it("is a rename of a field", () => {
    expect(compare({ fields: two }, { fields: "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(n, Dev)," })).toEqual([]);
  });

  it("is the name and the version of a nested description", () => {
    const old = { fields: ports, before: port("VMSTATE_UINT32(level, Port),") };
    const next = {
      fields: ports,
      before: port("VMSTATE_UINT32(level, Port),", ".version_id = 7,").replace('"port"', '"other"'),
    };
    expect(compare(old, next)).toEqual([]);
  });

  it("is a field that becomes as many unused bytes", () => {
    expect(compare({ fields: two }, { fields: "VMSTATE_UINT32(a, Dev), VMSTATE_UNUSED(4)," })).toEqual([]);
  });

  it("is a constant by another name", () => {
    expect(
      compare(
        { fields: "VMSTATE_UINT32_ARRAY(list, Dev, 4)," },
        { fields: "VMSTATE_UINT32_ARRAY(list, Dev, LIST),", before: "#define LIST (2 + 2)\n" },
      ),
    ).toEqual([]);
  });
});

describe("fields", () => {
  it("that go are bytes too many, and the other way round bytes that lack", () => {
    const found = compare({ fields: two }, { fields: "VMSTATE_UINT32(a, Dev)," });
    expect(verdicts(found)).toEqual(["old->new refused", "new->old refused"]);
    expect(found[0]?.message).toBe("OLD sends dev/b (4 bytes), and NEW does not expect it.");
    expect(found[0]?.offset).toBe(4);
  });

  it("in the middle are named, though what follows has the same size", () => {
    const [first] = compare(
      { fields: `${two} VMSTATE_UINT32(n, Dev),` },
      { fields: "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(n, Dev)," },
    );
    expect(first?.message).toContain("dev/b");
  });

  it("that change places are loaded with wrong values", () => {
    expect(verdicts(compare({ fields: two }, { fields: "VMSTATE_UINT32(b, Dev), VMSTATE_UINT32(a, Dev)," }))).toEqual([
      "old->new wrong-values",
      "new->old wrong-values",
    ]);
  });

  it("of which one goes and one comes at the end are read from the wrong place", () => {
    const found = compare(
      { fields: "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev)," },
      { fields: "VMSTATE_UINT32(b, Dev), VMSTATE_UINT32(n, Dev)," },
    );
    expect(verdicts(found)).toEqual(["old->new wrong-values", "new->old wrong-values"]);
    expect(found[0]?.message).toContain("dev/b");
  });

  it("of the same size and another unit are loaded with wrong values", () => {
    const found = compare({ fields: "VMSTATE_UINT64(e, Dev)," }, { fields: "VMSTATE_BUFFER(raw, Dev)," });
    expect(verdicts(found)).toEqual(["old->new wrong-values", "new->old wrong-values"]);
  });

  it("of an array that grows are counted", () => {
    const [first] = compare(
      { fields: "VMSTATE_UINT32_ARRAY(list, Dev, 3)," },
      { fields: "VMSTATE_UINT32_ARRAY(list, Dev, 4)," },
    );
    expect(first?.message).toContain("4 bytes more are expected");
  });

  it("of nested descriptions count for every element", () => {
    const old = { fields: ports, before: port("VMSTATE_UINT32(level, Port),") };
    const next = { fields: ports, before: port("VMSTATE_UINT32(level, Port), VMSTATE_UINT16(mode, Port),") };
    expect(verdicts(compare(old, next))).toEqual(["old->new refused", "new->old refused"]);
  });

  it("of a nested description's later version are read in any case", () => {
    const old = { fields: ports, before: port("VMSTATE_UINT32(level, Port),") };
    const next = {
      fields: ports,
      before: port("VMSTATE_UINT32(level, Port), VMSTATE_UINT32_V(mode, Port, 2),", ".version_id = 2,"),
    };
    expect(verdicts(compare(old, next))).toContain("old->new refused");
  });
});

describe("a test function that takes the object for another struct", () => {
  const code = (member: string) => `
typedef struct Plug { uint64_t pad; uint32_t index; } Plug;
typedef struct Outer { uint32_t x; uint32_t y; ${member} uint64_t z; } Outer;
static bool plug_index(void *opaque, int version_id) { Plug *s = opaque; return s->index; }`;
  const fields = "VMSTATE_TEST(x, Outer, plug_index, 0),";
  const wrong = (old: string, next: string) => compare({ fields, before: code(old) }, { fields, before: code(next) });

  it("reads what stands there, which may be otherwise in the other version", () => {
    const [up, down, ...rest] = wrong("uint32_t flags;", "uint32_t mode;");
    expect(rest).toEqual([]);
    expect([up, down]).toMatchObject([
      { verdict: "refused", certain: false, direction: "old->new" },
      { verdict: "refused", certain: false, direction: "new->old" },
    ]);
    expect(up?.message).toContain("plug_index reads index of a Plug where a Outer is, byte 0x8: flags in OLD");
    expect(up?.message).toContain("byte 0x8: mode in NEW");
  });

  it("is no difference of the two versions while both read the same", () => {
    expect(wrong("uint32_t flags;", "uint32_t flags;")).toEqual([]);
  });
});

describe("versions", () => {
  it("that rise with a new field let old streams in, and no new ones out", () => {
    const next = {
      fields: `${two} VMSTATE_UINT32_V(n, Dev, 2),`,
      versions: ".version_id = 2, .minimum_version_id = 1,",
    };
    expect(verdicts(compare({ fields: two }, next))).toEqual(["old->new defaults", "new->old refused"]);
  });

  it("whose minimum rises too are declared breaks", () => {
    const found = compare(
      { fields: two },
      { fields: "VMSTATE_UINT32(a, Dev),", versions: ".version_id = 2, .minimum_version_id = 2," },
    );
    expect(found.map(({ declared }) => declared)).toEqual([true, true]);
  });
});

describe("sections and subsections", () => {
  it("that are renamed are not found", () => {
    expect(verdicts(compare({ fields: two }, { fields: two, name: "dev.new" }))).toEqual([
      "old->new refused",
      "new->old refused",
    ]);
  });

  it("that come may be refused by the old side", () => {
    const next = {
      fields: two,
      before: sub("dev/sub", "VMSTATE_UINT32(n, Dev),", ".needed = dev_needed,"),
      rest: subs,
    };
    expect(verdicts(compare({ fields: two }, next))).toEqual(["new->old refused?"]);
    const always = { ...next, before: sub("dev/sub", "VMSTATE_UINT32(n, Dev),") };
    expect(verdicts(compare({ fields: two }, always))).toEqual(["old->new defaults", "new->old refused"]);
  });
});

describe("machine types", () => {
  const property = `
static bool dev_needed(void *opaque) { Dev *s = opaque; return s->x_new; }
static const Property dev_properties[] = { DEFINE_PROP_BOOL("x-new", Dev, x_new, true), };
`;
  const list = (version: string) => `GlobalProperty hw_compat_${version}[] = { { "dev", "x-new", "off" }, };\n`;
  const next = (version: string) => ({
    fields: two,
    before: `${version === "" ? "" : list(version)}${property}${sub("dev/sub", "VMSTATE_UINT32(n, Dev),", ".needed = dev_needed,")}`,
    rest: subs,
  });

  it("that switch a subsection off keep it out of old streams", () => {
    expect(compare({ fields: two }, next("9_2"), { major: 9, minor: 2 })).toEqual([]);
  });

  it("of which the list is forgotten, or is another one's, are found", () => {
    expect(verdicts(compare({ fields: two }, next(""), { major: 9, minor: 2 }))).toContain("new->old refused");
    expect(verdicts(compare({ fields: two }, next("9_1"), { major: 9, minor: 2 }))).toContain("new->old refused");
  });

  it("older than the list have it too", () => {
    expect(compare({ fields: two }, next("9_2"), { major: 8, minor: 0 })).toEqual([]);
  });
});

describe("an edited file", () => {
  const path = "hw/demo/device.c";
  function edited(old: DeviceText, next: DeviceText) {
    const now = tables(device(next));
    return { now, found: compareFile({ project: tables(device(old)).project, label: "v9.2.0" }, now.project, path) };
  }

  it("shows the break on the field, and keeps the bytes of one that goes by the fix", () => {
    const { now, found } = edited(
      { fields: `${two} VMSTATE_UINT32(n, Dev),` },
      { fields: "VMSTATE_UINT32(a, Dev),\n        VMSTATE_UINT32(n, Dev)," },
    );
    const [finding] = found;
    expect(finding).toMatchObject({ code: "stream-refused", severity: "error" });
    const edit = finding?.fixes[0]?.edits[0];
    if (edit === undefined) throw new Error("no fix");
    const mended = now.text.slice(0, edit.range.start) + edit.text + now.text.slice(edit.range.end);
    expect(mended).toContain("VMSTATE_UNUSED(4),\n        VMSTATE_UINT32(n, Dev)");
  });

  it("offers to send a new field from the next version on", () => {
    const { found } = edited({ fields: two }, { fields: `${two}\n        VMSTATE_UINT32(n, Dev),` });
    const texts = found.flatMap((each) => each.fixes.flatMap((fix) => fix.edits.map((edit) => edit.text)));
    expect(texts).toContain("VMSTATE_UINT32_V(n, Dev, 2)");
    expect(texts).toContain(".version_id = 2");
  });

  it("finds nothing where nothing changed", () => {
    expect(edited({ fields: two }, { fields: two }).found).toEqual([]);
  });
});
