import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const device = (fields: string): string => `typedef struct Demo { uint32_t level, other; uint32_t regs[8]; } Demo;
static bool demo_has(void *opaque, int version_id) { return version_id > 1; }
static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        ${fields},
        VMSTATE_END_OF_LIST()
    },
};
`;

const found = (fields: string) => tables(device(fields)).of("member-twice");

it("is one finding for all copies of a member", () => {
  const level = "VMSTATE_UINT32(level, Demo)";
  expect(found(`${level}, VMSTATE_UINT32(other, Demo), ${level}`)).toMatchObject([
    { severity: "information", message: expect.stringContaining("saves level twice"), related: [{}] },
  ]);
  expect(found(`${level}, ${level}, ${level}`)).toMatchObject([
    {
      severity: "warning",
      message: expect.stringContaining("3 times, each time the same bytes, and other, of the same type"),
    },
  ]);
});

it.each([
  ["another version", "VMSTATE_UINT32(level, Demo), VMSTATE_UINT32_V(level, Demo, 2)"],
  ["a test function", "VMSTATE_UINT32(level, Demo), VMSTATE_TEST(level, Demo, demo_has, 0)"],
  ["another element", "VMSTATE_UINT32(regs[0], Demo), VMSTATE_UINT32(regs[1], Demo)"],
])("is silent of fields that differ: %s", (_, fields) => {
  expect(found(fields)).toEqual([]);
});
