import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const code = "load-hook-positive";

const device = (body: string, hook = "post_load"): string => `
typedef struct Dev { uint32_t at; } Dev;
enum { FINE, BAD };
static int dev_post_load(void *opaque, int version_id)
{
    Dev *s = opaque;
    ${body}
}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, .${hook} = dev_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(at, Dev), VMSTATE_END_OF_LIST() } };
static const TypeInfo dev = { .name = "dev" };
`;

it("stands on the hook, with every such return, and its fix refuses", () => {
  const found = tables(device("if (s->at > 4) { return 1; } return s->at > 2 ? BAD : 0;"));
  const [finding, ...others] = found.of(code);
  expect(others).toEqual([]);
  expect(found.text.slice(finding?.range.start, finding?.range.end)).toContain("dev_post_load");
  expect(finding?.related.map(({ range }) => found.text.slice(range.start, range.end))).toEqual(["1", "BAD"]);
  expect(found.fixed(code)).toContain("return -EINVAL; } return s->at > 2 ? -EINVAL : 0;");
});

it("and on an error number without its sign", () => {
  expect(tables(device("return EINVAL;")).of(code)).toHaveLength(1);
});

it("and on what is put into a variable on the way out, or is the truth of a condition", () => {
  const out = (value: string): string =>
    `int ret = 0; if (s->at > 4) { ret = ${value}; goto out; } s->at = 1; out: return ret;`;
  expect(tables(device(out("EINVAL"))).of(code)).toHaveLength(1);
  expect(tables(device(out("-EINVAL"))).of(code)).toEqual([]);
  expect(tables(device("int ret = 1; ret = check(s); return ret;")).of(code)).toEqual([]);
  const truth = tables(device("return s->at > 4;"));
  expect(truth.of(code)).toHaveLength(1);
  expect(truth.fixed(code)).toContain("return s->at > 4 ? -EINVAL : 0;");
});

it("but not where the number is below zero, zero or not known", () => {
  for (const body of [
    "return -1;",
    "return 0;",
    "return FINE;",
    "return -EINVAL;",
    "return s->at;",
    "return check(s);",
  ]) {
    expect(tables(device(body)).of(code)).toEqual([]);
  }
});

it("nor on pre_load, whose every number but zero fails", () => {
  expect(tables(device("return 1;", "pre_load")).of(code)).toEqual([]);
});
