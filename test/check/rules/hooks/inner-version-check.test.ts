import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const code = "inner-version-check";

const hook = (body: string): string => `
static int part_post_load(void *opaque, int version_id)
{
    Part *s = opaque;
    ${body}
    return 0;
}`;

const part = `.version_id = 2, .minimum_version_id = 0, .post_load = part_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(mode, Part), VMSTATE_END_OF_LIST() } };`;

const nested = (body: string, more = "", field = "VMSTATE_STRUCT(part, Dev, 0, vmstate_part, Part)"): string => `
typedef struct Part { uint32_t mode; } Part;
typedef struct Dev { Part part; } Dev;
enum { FIRST = 1, SECOND };
${hook(body)}
static const VMStateDescription vmstate_part = { .name = "part", ${part}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${field}, VMSTATE_END_OF_LIST() } };
${more}
static const TypeInfo dev = { .name = "dev" };
`;

it.each([
  "version_id < 2",
  "version_id <= FIRST",
  "version_id == 1",
  "SECOND > version_id",
  "s->mode && version_id < 2",
])("stands on what is never so, with the version that is always given: %s", (condition) => {
  const { of, text } = tables(nested(`if (${condition}) { s->mode = 3; }`));
  const [finding, ...others] = of(code);
  expect(others).toEqual([]);
  expect(text.slice(finding?.range.start, finding?.range.end)).toBe(condition.replace("s->mode && ", ""));
  expect(finding?.related.map(({ message }) => message)).toEqual(["version 2"]);
});

it("arms of a switch, and what is denied", () => {
  const found = (body: string): readonly string[] => {
    const { of, text } = tables(nested(body));
    return of(code).map(({ range }) => text.slice(range.start, range.end));
  };
  expect(found("switch (version_id) { case FIRST: s->mode = 3; break; case 2: break; }")).toEqual(["FIRST"]);
  expect(found("if (!(version_id >= 2)) { s->mode = 3; }")).toEqual(["!(version_id >= 2)"]);
  expect(found("if (!(version_id >= 3)) { s->mode = 3; }")).toEqual([]);
});

it.each(["version_id < 3", "version_id <= 2", "version_id == 2", "version_id >= 2", "version_id < (int)s->mode"])(
  "not on what may be so: %s",
  (condition) => {
    expect(tables(nested(`if (${condition}) { s->mode = 3; }`)).of(code)).toEqual([]);
  },
);

const older = "if (version_id < 2) { s->mode = 3; }";

it("nor where the hook works the version out itself", () => {
  expect(tables(nested(`version_id = s->mode; ${older}`)).of(code)).toEqual([]);
});

it("nor where a section, a subsection, a list, code or another table's hook brings the stream's version", () => {
  expect(
    tables(nested(older, "static void dev_init(Part *p) { vmstate_register(0, 0, &vmstate_part, p); }")).of(code),
  ).toEqual([]);
  expect(tables(nested(older, "", "VMSTATE_LIST(part, Dev, 1, vmstate_part, Part)")).of(code)).toEqual([]);
  const load =
    "static int dev_load(QEMUFile *f, Part *p, int v) { return vmstate_load_state(f, &vmstate_part, p, v); }";
  expect(tables(nested(older, load)).of(code)).toEqual([]);
  const subsection = `static const VMStateDescription vmstate_all = { .name = "all", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(mode, Part), VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription * const []) { &vmstate_part, NULL } };`;
  expect(tables(nested(older, subsection)).of(code)).toEqual([]);
  const shared = `static const VMStateDescription vmstate_other = { .name = "other", ${part}`;
  expect(tables(nested(older, shared)).of(code)).toEqual([]);
});
