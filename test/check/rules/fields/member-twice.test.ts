import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const level = "VMSTATE_UINT32(level, Demo)";

/** `before`: other tables; `more`: members of the table itself. The guest's writes change `other`. */
const device = (
  fields: string,
  before = "",
  more = "",
): string => `typedef struct Demo { uint32_t level, other; uint32_t regs[8]; } Demo;
static bool demo_has(void *opaque, int version_id) { return version_id > 1; }
static void demo_write(void *opaque, uint64_t addr, uint64_t value) { Demo *s = opaque; s->other = value; }
${before}
static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = 2,
    .minimum_version_id = 1,
    ${more}
    .fields = (const VMStateField[]) {
        ${fields},
        VMSTATE_END_OF_LIST()
    },
};
`;

const found = (...parts: Parameters<typeof device>) => tables(device(...parts)).of("member-twice");

it("is one finding for all copies of a member", () => {
  expect(found(`${level}, VMSTATE_UINT32(other, Demo), ${level}`)).toMatchObject([
    { severity: "information", message: expect.stringContaining("saves level twice"), related: [{}] },
  ]);
  const message = expect.stringContaining("3 times, each time the same bytes, and other, of the same type, not at all");
  expect(found(`${level}, ${level}, ${level}`)).toMatchObject([{ severity: "warning", message }]);
});

it("misses no member that a subsection's subsection saves", () => {
  const subsection = (symbol: string, name: string, fields: string, inner: string): string =>
    `static const VMStateDescription ${symbol} = { .name = "${name}", .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() }, ${inner} };\n`;
  const list = (symbol: string): string => `.subsections = (const VMStateDescription * const []) { &${symbol}, NULL },`;
  const deep = subsection("vmstate_deep", "demo/sub/deep", "VMSTATE_UINT32(other, Demo),", "");
  const sub = subsection("vmstate_sub", "demo/sub", "", list("vmstate_deep"));
  const [finding] = found(`${level}, ${level}`, deep + sub, list("vmstate_sub"));
  expect(finding).toMatchObject({ severity: "information" });
});

it.each([
  ["another version", `${level}, VMSTATE_UINT32_V(level, Demo, 2)`],
  ["a test function", `${level}, VMSTATE_TEST(level, Demo, demo_has, 0)`],
  ["another element", "VMSTATE_UINT32(regs[0], Demo), VMSTATE_UINT32(regs[1], Demo)"],
])("is silent of fields that differ: %s", (_, fields) => {
  expect(found(fields)).toEqual([]);
});
