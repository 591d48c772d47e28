import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const device = (struct: string, field: string): string => `typedef struct Demo { ${struct} } Demo;
static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        ${field},
        VMSTATE_END_OF_LIST()
    },
};
`;

const messages = (struct: string, field: string): string[] =>
  tables(device(struct, field))
    .of("no-such-member")
    .map(({ message }) => message);

it("names the struct and the member that comes near, and puts it in", () => {
  const found = tables(device("uint32_t level;", "VMSTATE_UINT32(levle, Demo)"));
  expect(found.of("no-such-member")[0]).toMatchObject({ severity: "error" });
  expect(found.of("no-such-member")[0]?.message).toBe(
    "Demo has no member levle: QEMU does not build with it; did you mean level?",
  );
  expect(found.fixed("no-such-member")).toContain("VMSTATE_UINT32(level, Demo)");
});

it("goes along a path, through elements and anonymous structs", () => {
  const struct = "struct { uint32_t head; } ring[2]; struct { uint32_t inner; };";
  expect(messages(struct, "VMSTATE_UINT32(ring[1].tail, Demo)")[0]).toContain("Demo has no member ring.tail");
  expect(messages(struct, "VMSTATE_UINT32(ring[1].head, Demo)")).toEqual([]);
  expect(messages(struct, "VMSTATE_UINT32(inner, Demo)")).toEqual([]);
});

it.each([
  ["the struct is not to be seen", "uint32_t level;", "VMSTATE_UINT32(levle, Other)"],
  ["a part of it is not understood", "uint32_t level; DECLARE_STATE(x);", "VMSTATE_UINT32(levle, Demo)"],
  ["the struct inside is not to be seen", "struct Unseen inner;", "VMSTATE_UINT32(inner.levle, Demo)"],
])("is silent where %s", (_, struct, field) => {
  expect(messages(struct, field)).toEqual([]);
});
