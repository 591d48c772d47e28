import { describe, expect, it } from "vitest";
import { tables } from "../tableFixture";

const state = `
typedef struct Port { uint32_t level; } Port;
typedef struct Dev { uint32_t a; uint32_t b; uint32_t n; Port ports[4]; uint8_t *data; uint8_t raw[8]; } Dev;
`;

/** One registered table; `rest` goes behind the versions. */
function table(fields: string, rest = "", versions = ".version_id = 1, .minimum_version_id = 1,"): string {
  return `
static const VMStateDescription vmstate_dev = {
    .name = "dev",
    ${versions}
    .fields = (const VMStateField[]) {
        ${fields}
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

const good = "VMSTATE_UINT32(a, Dev), VMSTATE_END_OF_LIST()";

function subsection(symbol: string, name: string, more = ".needed = dev_needed,"): string {
  return `
static const VMStateDescription ${symbol} = {
    .name = "${name}", .version_id = 1, .minimum_version_id = 1, ${more}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(b, Dev), VMSTATE_END_OF_LIST() }
};`;
}

const port = `
static const VMStateDescription vmstate_port = {
    .name = "dev/port", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(level, Port), VMSTATE_END_OF_LIST() }
};`;

const subsections = (...symbols: string[]) =>
  `.subsections = (const VMStateDescription * const []) { ${symbols.map((each) => `&${each}, `).join("")}NULL },`;

describe("lists", () => {
  it("misses the end of the fields, and adds it", () => {
    const broken = state + table("VMSTATE_UINT32(a, Dev),\n        VMSTATE_UINT32(b, Dev)");
    expect(tables(broken).of("missing-end-of-list")).toMatchObject([{ severity: "error" }]);
    const mended = tables(broken).fixed("missing-end-of-list");
    expect(mended).toContain("VMSTATE_UINT32(b, Dev),\n        VMSTATE_END_OF_LIST()");
    expect(tables(mended).of("missing-end-of-list")).toEqual([]);
  });

  it("misses the NULL behind subsections, and adds it", () => {
    const broken =
      state +
      subsection("vmstate_sub", "dev/sub") +
      table(good, ".subsections = (const VMStateDescription * const []) {\n        &vmstate_sub,\n    },");
    const mended = tables(broken).fixed("missing-end-of-list");
    expect(mended).toContain("&vmstate_sub,\n        NULL");
    expect(tables(mended).of("missing-end-of-list")).toEqual([]);
  });

  it("says which of two lists of subsections is lost", () => {
    const both = `${subsections("vmstate_one")}\n    ${subsections("vmstate_two")}`;
    const found = tables(
      state + subsection("vmstate_one", "dev/one") + subsection("vmstate_two", "dev/two") + table(good, both),
    );
    const [finding] = found.of("set-twice");
    expect(finding?.severity).toBe("error");
    expect(found.text.slice(finding?.range.start, finding?.range.end)).toContain("vmstate_one");
  });

  it("finds nothing in a table that is right", () => {
    const right = tables(state + subsection("vmstate_sub", "dev/sub") + table(good, subsections("vmstate_sub")));
    for (const code of [
      "missing-end-of-list",
      "set-twice",
      "field-never-sent",
      "subsection-prefix",
      "never-registered",
    ]) {
      expect(right.of(code), code).toEqual([]);
    }
  });
});

describe("versions", () => {
  it("refuses a minimum above the version, and lowers it", () => {
    const broken = state + table(good, "", ".version_id = 1,\n    .minimum_version_id = 2,");
    expect(tables(broken).fixed("minimum-above-version")).toContain(".minimum_version_id = 1");
  });

  it("are no sizes", () => {
    const found = (version: string) =>
      tables(state + table(good, "", `.version_id = ${version}, .minimum_version_id = ${version},`)).of(
        "version-from-size",
      );
    expect(found("sizeof(Dev)")).toMatchObject([{ severity: "warning" }]);
    expect(found("12")).toEqual([]);
  });

  it("finds fields that the version does not reach", () => {
    const found = tables(state + table("VMSTATE_UINT32_V(a, Dev, 2), VMSTATE_END_OF_LIST()"));
    expect(found.of("field-never-sent")).toMatchObject([{ severity: "error" }]);
    expect(found.fixed("field-never-sent")).toContain(".version_id = 2");
  });

  it("counts the version of a nested struct", () => {
    const nested = "VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 3, vmstate_port, Port), VMSTATE_END_OF_LIST()";
    expect(tables(state + port + table(nested)).of("field-never-sent")).toHaveLength(1);
  });

  it("leaves a field to its test function, and says that the version is idle", () => {
    const found = tables(state + table("VMSTATE_TEST(a, Dev, dev_old, 7), VMSTATE_END_OF_LIST()"));
    expect(found.of("field-never-sent")).toEqual([]);
    expect(found.of("version-ignored")).toMatchObject([{ severity: "information" }]);
    expect(found.fixed("version-ignored")).toContain("VMSTATE_TEST(a, Dev, dev_old, 0)");
  });

  it("compares the version of a list's field with that of its elements", () => {
    const list = (since: number) => `VMSTATE_LIST(ports, Dev, ${since}, vmstate_port, Port), VMSTATE_END_OF_LIST()`;
    expect(tables(state + port + table(list(1))).of("inner-version-mismatch")).toEqual([]);
    const [old] = tables(state + port + table(list(0))).of("inner-version-mismatch");
    expect(old?.message).toContain("too old");
  });
});

describe("subsections", () => {
  it("need their parent's name first, with or without a slash", () => {
    const named = (name: string) =>
      tables(state + subsection("vmstate_sub", name) + table(good, subsections("vmstate_sub"))).of("subsection-prefix");
    expect(named("device_sub")).toEqual([]);
    expect(named("dev/sub")).toEqual([]);
    expect(named("sub")).toMatchObject([{ severity: "error" }]);
    const wrong = state + subsection("vmstate_sub", "other/sub") + table(good, subsections("vmstate_sub"));
    expect(tables(wrong).fixed("subsection-prefix")).toBe(wrong.replace('"other/sub"', '"dev/sub"'));
    expect(named("dev")).toMatchObject([{ severity: "error" }]);
  });

  it("must not share a name", () => {
    const found = tables(
      state +
        subsection("vmstate_one", "dev/one") +
        subsection("vmstate_two", "dev/one") +
        table(good, subsections("vmstate_one", "vmstate_two")),
    );
    expect(found.of("duplicate-subsection")).toMatchObject([{ severity: "error" }]);
  });

  it("are listed once", () => {
    const twice = state + subsection("vmstate_one", "dev/one") + table(good, subsections("vmstate_one", "vmstate_one"));
    expect(tables(twice).of("duplicate-subsection")).toMatchObject([{ severity: "warning" }]);
    expect(
      tables(twice)
        .fixed("duplicate-subsection")
        .match(/&vmstate_one/g),
    ).toHaveLength(1);
  });

  it("are better not sent always", () => {
    const found = tables(state + subsection("vmstate_sub", "dev/sub", "") + table(good, subsections("vmstate_sub")));
    expect(found.of("subsection-always-sent")).toMatchObject([{ severity: "warning" }]);
  });

  it("can be taken by a nested struct of a name that they begin with", () => {
    const inner = port.replace('"dev/port"', '"dev"');
    const last =
      "VMSTATE_UINT32(a, Dev), VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 0, vmstate_port, Port), VMSTATE_END_OF_LIST()";
    const before =
      "VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 0, vmstate_port, Port), VMSTATE_UINT32(a, Dev), VMSTATE_END_OF_LIST()";
    const found = (fields: string) =>
      tables(state + inner + subsection("vmstate_sub", "dev/sub") + table(fields, subsections("vmstate_sub")));
    expect(found(last).of("subsection-stolen")).toHaveLength(1);
    expect(found(before).of("subsection-stolen")).toEqual([]);
  });
});

describe("nested descriptions", () => {
  const nested = "VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 0, vmstate_port, Port), VMSTATE_END_OF_LIST()";

  it("have no use for needed, and lose it by the fix", () => {
    const broken = state + port.replace(".fields", ".needed = port_needed,\n    .fields") + table(nested);
    expect(tables(broken).of("member-never-read")).toMatchObject([{ severity: "information" }]);
    expect(tables(broken).fixed("member-never-read")).not.toContain("port_needed");
  });

  it("must not hold themselves", () => {
    const own = port.replace("VMSTATE_UINT32(level, Port)", "VMSTATE_STRUCT(level, Port, 0, vmstate_port, Port)");
    expect(tables(state + own + table(nested)).of("nested-in-itself")).toMatchObject([{ severity: "error" }]);
  });
});

describe("state", () => {
  it("is the device's own struct, or begins with it", () => {
    const outer = `${state}typedef struct Outer { Dev dev; } Outer;\ntypedef struct Moved { uint64_t x; Dev dev; } Moved;\n`;
    const owner = (name: string) =>
      tables(outer + table(good).replace("sizeof(Dev)", `sizeof(${name})`)).of("state-type-mismatch");
    expect(owner("Dev")).toEqual([]);
    expect(owner("Outer")).toEqual([]);
    expect(owner("Moved")).toMatchObject([{ severity: "error" }]);
  });

  it("of another struct is information while the table is unmigratable", () => {
    const moved = `${state}typedef struct Moved { uint64_t x; Dev dev; } Moved;\n`;
    const blocked = table(good)
      .replace("sizeof(Dev)", "sizeof(Moved)")
      .replace(".fields", ".unmigratable = 1,\n    .fields");
    const message = expect.stringContaining("For now the table is .unmigratable");
    expect(tables(moved + blocked).of("state-type-mismatch")).toMatchObject([{ severity: "information", message }]);
  });

  it("is one struct for all fields of a table", () => {
    const fields = (owner: string) =>
      `VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(n, Dev), VMSTATE_UINT32(level, ${owner}), VMSTATE_END_OF_LIST()`;
    const found = (declared: string, owner: string) =>
      tables(`typedef struct Dev { ${declared} uint32_t a, n, level; } Dev;\n${table(fields(owner))}`).of(
        "state-type-mismatch",
      );
    const bus = "typedef struct Bus { uint64_t x; uint32_t level; } Bus;\n";
    const [finding, ...others] = tables(`${bus}typedef struct Dev { uint32_t a, n; } Dev;\n${table(fields("Bus"))}`).of(
      "state-type-mismatch",
    );
    expect(finding?.message).toContain("level is a member of Bus");
    expect(others).toEqual([]);
    expect(found("", "Dev")).toEqual([]);
    const first = tables(
      `typedef struct Base { uint32_t level; } Base;\ntypedef struct Dev { Base base; uint32_t a, n; } Dev;\n${table(fields("Base"))}`,
    ).of("state-type-mismatch");
    expect(first).toEqual([]);
  });

  it("is what hooks take it for", () => {
    const hook = (type: string) =>
      tables(
        `${state}static int dev_post_load(void *opaque, int version_id)\n{\n    ${type} *s = opaque;\n    return 0;\n}\n${table(good, ".post_load = dev_post_load,")}`,
      ).of("opaque-mismatch");
    expect(hook("Dev")).toEqual([]);
    expect(hook("Port")).toMatchObject([{ severity: "error" }]);
  });

  it("is not a pointer's own bytes", () => {
    const bytes = (member: string) =>
      tables(state + table(`VMSTATE_UNCHECKED(${member}, Dev, 8), VMSTATE_END_OF_LIST()`)).of("pointer-saved");
    expect(bytes("data")).toMatchObject([{ severity: "error" }]);
    expect(bytes("raw")).toEqual([]);
  });

  it("is not a pointer taken for the structs that it points to", () => {
    const array = (member: string) => `
typedef struct Dev { uint32_t a; uint32_t n; Port ${member}; } Dev;
${port}
${table(`{ .name = "ports", .num_offset = offsetof(Dev, n), .vmsd = &vmstate_port, .size = sizeof(Port), .flags = VMS_STRUCT|VMS_VARRAY_UINT32, .offset = offsetof(Dev, ports) }, VMSTATE_END_OF_LIST()`)}`;
    const found = (member: string) =>
      tables(`typedef struct Port { uint32_t level; } Port;\n${array(member)}`).of("pointer-saved");
    expect(found("*ports")).toMatchObject([{ severity: "error" }]);
    expect(found("ports[4]")).toEqual([]);
  });

  it("ends where the member ends", () => {
    const bytes = (count: number) =>
      tables(state + table(`VMSTATE_UNCHECKED(raw, Dev, ${count}), VMSTATE_END_OF_LIST()`)).of("field-beyond-member");
    expect(bytes(8)).toEqual([]);
    expect(bytes(9)).toHaveLength(1);
  });

  it("is as large as its info moves", () => {
    const single = `{ .name = "a", .size = 8, .info = &vmstate_info_uint32, .flags = VMS_SINGLE, .offset = offsetof(Dev, a) }`;
    expect(tables(state + table(`${single}, VMSTATE_END_OF_LIST()`)).of("info-size-mismatch")).toHaveLength(1);
  });
});

describe("counts", () => {
  const count = "VMSTATE_UINT32(n, Dev)";
  const array = "VMSTATE_COUNTED(ports, Dev, n, vmstate_port, Port)";
  const found = (...fields: string[]) => tables(state + port + table([...fields, "VMSTATE_END_OF_LIST()"].join(", ")));

  it("from the stream are checked before the array is loaded", () => {
    expect(found(count, array).of("count-unchecked")).toHaveLength(1);
    expect(found(count, `VMSTATE_VALIDATE("n", dev_n_ok)`, array).of("count-unchecked")).toEqual([]);
  });

  it("are checked where they are loaded: not in a version that no stream has", () => {
    const since = (of: string) => of.replace(/ \}$/, ", .version_id = 9 }");
    const own = (name: string, rest: string) => since(`{ .name = "${name}", ${rest} }`);
    const lateCount = own(
      "n",
      ".info = &vmstate_info_uint32, .size = 4, .flags = VMS_SINGLE, .offset = offsetof(Dev, n)",
    );
    const lateArray = own(
      "ports",
      ".vmsd = &vmstate_port, .num_offset = offsetof(Dev, n), .size = sizeof(Port), .flags = VMS_STRUCT | VMS_VARRAY_UINT32, .offset = offsetof(Dev, ports)",
    );
    const lateCheck = `{ .name = "n", .version_id = 9, .field_exists = dev_n_ok, .flags = VMS_ARRAY | VMS_MUST_EXIST }`;
    // a number that is not plain has no fix, which would bring the other finding
    const fixed = (...fields: string[]) =>
      tables(
        state +
          port +
          table([...fields, "VMSTATE_END_OF_LIST()"].join(", ")).replace("version_id = 1", "version_id = 0 + 1"),
      );
    expect(fixed(count, array).of("count-unchecked")).toHaveLength(1);
    expect(fixed(count, lateArray).of("field-never-sent")).toHaveLength(1);
    expect(fixed(count, lateArray).of("count-unchecked")).toEqual([]);
    expect(fixed(lateCount, array).of("count-unchecked")).toEqual([]);
    expect(fixed(lateArray, count).of("count-after-array")).toEqual([]);
    expect(found(count, lateCheck, array).of("count-unchecked")).toEqual([]);
  });

  it("are not below zero either, where a check compares them with the destination's own", () => {
    const atMost = (condition: string) =>
      tables(`${state}${port}
static int get_int32_le(QEMUFile *f, void *pv, size_t size, const VMStateField *field)
{ int32_t *cur = pv; int32_t loaded; qemu_get_sbe32s(f, &loaded); if (${condition}) { *cur = loaded; return 0; } return -1; }
const VMStateInfo vmstate_info_int32_le = { .name = "int32 le", .get = get_int32_le };
${table(`{ .name = "n", .info = &vmstate_info_int32_le, .size = 4, .flags = VMS_SINGLE, .offset = offsetof(Dev, n) }, ${array}, VMSTATE_END_OF_LIST()`)}`)
        .of("count-unchecked")
        .map(({ message }) => message);
    expect(atMost("loaded >= 0 && loaded <= *cur")).toEqual([]);
    expect(atMost("loaded <= *cur")).toEqual([expect.stringContaining("get_int32_le refuse what is below zero")]);
  });

  it("come before the array", () => {
    expect(found(array, count).of("count-after-array")).toHaveLength(1);
    expect(found(count, array).of("count-after-array")).toEqual([]);
  });

  it("are checked by a function", () => {
    expect(found(count, `VMSTATE_VALIDATE("n", NULL)`, array).of("validate-without-test")).toHaveLength(1);
  });
});

describe("names", () => {
  it("of tables that nobody uses are reported", () => {
    expect(tables(state + table(good) + port).of("never-registered")).toMatchObject([{ severity: "warning" }]);
  });

  it("of a table that nobody uses are set in the class_init that is there", () => {
    const device = (also: string): string =>
      state + table(good).replace("    dc->vmsd = &vmstate_dev;", "\n    dc->realize = dev_realize;") + also;
    expect(tables(device("")).fixed("never-registered")).toContain(
      "DEVICE_CLASS(klass);\n\n    dc->vmsd = &vmstate_dev;\n    dc->realize",
    );
    const other = `static const TypeInfo two = { .name = "two", .parent = "device", .class_init = dev_class_init };
DEFINE_TYPES(two)\n`;
    expect(tables(device(other)).of("never-registered")[0]?.fixes).toEqual([]);
  });

  it("taken from a type are written out", () => {
    const typed = `#define TYPE_DEV "dev"\n${state}${table(good).replace('"dev"', "TYPE_DEV")}`;
    expect(tables(typed).fixed("name-from-type")).toContain('.name = "dev"');
  });

  it("are silenced by a comment", () => {
    const quiet = table(good).replace(".name", "/* vmstate: ignore field-never-sent: known */\n    .name");
    const fields = "VMSTATE_UINT32_V(a, Dev, 2), VMSTATE_END_OF_LIST()";
    expect(tables(state + quiet.replace(good, fields)).of("field-never-sent")).toEqual([]);
  });
});
