/** Counts that a stream sets before the array that they count: what holds them to the array's length. */
import { describe, expect, it } from "vitest";
import { tables } from "../../tableFixture";

interface Text {
  /** Returned by the test between count and array. */
  readonly test?: string;
  readonly info?: string;
  readonly type?: string;
  readonly flags?: string;
  readonly code?: string;
}

const device = ({
  test,
  info = "vmstate_info_uint32",
  type = "uint32_t",
  flags = "VMS_VARRAY_UINT32",
  code = "",
}: Text) => `
#define MIN(a, b) ((a) < (b) ? (a) : (b))
typedef struct Dev { ${type} n; uint32_t k; uint32_t list[8]; uint32_t *data; } Dev;
${code}
static bool dev_n_ok(void *opaque, int version_id) { Dev *s = opaque; ${test ?? "return true;"} }
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        { .name = "n", .info = &${info}, .size = sizeof(${type}), .flags = VMS_SINGLE, .offset = offsetof(Dev, n) },
        ${test === undefined ? "" : '{ .name = "ok", .field_exists = dev_n_ok, .flags = VMS_ARRAY | VMS_MUST_EXIST },'}
        { .name = "list", .num_offset = offsetof(Dev, n), .size = sizeof(uint32_t), .info = &vmstate_info_uint32,
          .flags = ${flags}, .offset = offsetof(Dev, ${flags.includes("POINTER") ? "data" : "list"}) },
        VMSTATE_END_OF_LIST() } };
`;

const count = (text: Text): number => tables(device(text)).of("count-unchecked").length;

describe("a test between count and array", () => {
  it.each([
    "return s->n <= 8;",
    "return s->n < 9;",
    "return 8 >= s->n;",
    "return s->n <= ARRAY_SIZE(s->list);",
    "if (s->n > 8) { return false; } return true;",
    "uint32_t n = s->n; return n <= 8;",
    "return !(s->n > 8);",
    "assert(s->n <= 8); return true;",
    "return s->n <= MIN(s->k, 8);",
    "return s->n <= s->k;",
    "return elsewhere(s);",
    "return s->n == MIN(s->n, 8);",
    "s->n = MIN(s->n, 8); return true;",
    "s->n &= 7; return true;",
    "s->n %= 9; return true;",
  ])("holds it: %s", (test) => expect(count({ test })).toBe(0));

  it.each([
    "return s->n <= 9;",
    "return s->k <= 8;",
    "return true;",
    "return s->n > 0;",
    "s->n = MIN(s->n, 99); return true;",
    "s->n &= 15; return true;",
    "s->n %= 10; return true;",
  ])("does not: %s", (test) => expect(count({ test })).toBe(1));
});

it("is found where the count's type can hold more than there is", () => {
  expect(count({})).toBe(1);
  expect(count({ info: "vmstate_info_int32", type: "int32_t", flags: "VMS_VARRAY_INT32" })).toBe(1);
});

it("of memory behind a pointer is found unless a test leaves less than the stream can hold", () => {
  const flags = "VMS_VARRAY_UINT32 | VMS_POINTER";
  expect(count({ flags })).toBe(1);
  expect(count({ flags, test: "return s->k < 9;" })).toBe(1);
  expect(count({ flags, test: "return s->n < 999;" })).toBe(0);
  expect(count({ flags, test: "return s->n <= s->k;" })).toBe(0);
});

describe("an info of the device's own", () => {
  const own = (body: string): Text => ({
    info: "info_n",
    code: `static int get_n(QEMUFile *f, void *pv, size_t size, const VMStateField *field) { uint32_t *n = pv; ${body} }
static const VMStateInfo info_n = { .name = "n", .get = get_n };`,
  });
  it.each([
    ["uint32_t v = qemu_get_be32(f); if (v > 8) { return -EINVAL; } *n = v; return 0;", 0],
    ["uint32_t v = qemu_get_be32(f); if (v != *n) { return -EINVAL; } return 0;", 0],
    ["uint32_t v = qemu_get_be32(f); if (v > 9) { return -EINVAL; } *n = v; return 0;", 1],
    ["*n = qemu_get_be32(f); return 0;", 1],
    ["*n = MIN(qemu_get_be32(f), 8); return 0;", 0],
  ])("%s", (body, findings) => expect(count(own(body))).toBe(findings));
});

it("counts what a multiplied array loads for each", () => {
  const multiplied = (factor: string): string =>
    device({ test: "return s->n <= 4;", flags: "VMS_VARRAY_UINT32 | VMS_MULTIPLY_ELEMENTS" }).replace(
      ".num_offset",
      `.num = ${factor}, .num_offset`,
    );
  expect(tables(multiplied("2")).of("count-unchecked")).toEqual([]);
  expect(tables(multiplied("3")).of("count-unchecked")[0]?.message).toContain("3 times as many elements");
});
