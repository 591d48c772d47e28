/** Indexes and lengths that a stream sets: how they are used, what holds them, and structs that other files see. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";
import { uses } from "./uses";

const header = "typedef struct Dev { uint32_t at; uint32_t n; uint8_t buf[64]; } Dev;\n";

const table = (rest = "", code = "") => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/dev.h"
${code}
const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${rest}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(at, Dev), VMSTATE_END_OF_LIST() } };
`;

const core = (body: string) => `#include "qemu/osdep.h"
#include "hw/dev.h"
void copy(void *to, size_t bytes);
void dev_put(Dev *s, uint32_t len) { ${body} }
`;

function found(body: string, { own = table(), path = "hw/x/core.c" } = {}) {
  const project = treeOf({ "include/hw/dev.h": header, "hw/x/dev.c": own, [path]: core(body) });
  return diagnoseFile(project, "hw/x/dev.c").filter(({ code }) => code === "index-unchecked");
}

const sum = "copy(s->buf + s->at, len);";

it("as an index and as the rest of a sum, with the place of the use", () => {
  expect(found(sum)[0]?.message).toContain("at is an index into buf, which has 64 elements");
  expect(found(sum)[0]?.related[0]).toMatchObject({
    message: "dev_put uses it as it is",
    range: { file: "hw/x/core.c" },
  });
  expect(found("s->buf[s->at] = len;")).toHaveLength(1);
});

it("but not behind a condition, nor beside another struct's array", () => {
  expect(found(`if (s->at + len > 64) { return; } ${sum}`)).toEqual([]);
  expect(found("copy(other->buf + s->at, len);")).toEqual([]);
  expect(found("copy(s->buf + s->at * 0, len);")).toEqual([]);
});

it("nor in another folder, nor once post_load looks at it", () => {
  expect(found(sum, { path: "hw/y/core.c" })).toEqual([]);
  const check =
    "static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; return s->at > 64 ? -1 : 0; }";
  expect(found(sum, { own: table(".post_load = dev_post_load,", check) })).toEqual([]);
});

const device = (code: string, { hooks = "", field = "VMSTATE_UINT32(pos, Dev)," } = {}) => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#define MIN(a, b) ((a) < (b) ? (a) : (b))
void *memcpy(void *to, const void *from, size_t bytes);
typedef struct Regs { uint32_t pos; uint32_t n; } Regs;
typedef struct Dev { uint32_t pos; uint32_t n; uint8_t small; int32_t sign; Regs regs; Regs others; uint8_t buf[16]; uint8_t big[256]; } Dev;
${code}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { ${field} VMSTATE_END_OF_LIST() } };
`;

const count = (text: string): number =>
  diagnoseFile(treeOf({ "hw/x/dev.c": text }), "hw/x/dev.c").filter(({ code }) => code === "index-unchecked").length;

const use = (body: string): string => `void dev_put(Dev *s, uint8_t *p, uint32_t k)\n{\n${body}\n}\n`;
const hook = (body: string): string =>
  `static int dev_post_load(void *opaque, int version_id)\n{\nDev *s = opaque;\n${body}\n}\n`;
const hooks = ".post_load = dev_post_load,";
const nested = { field: "VMSTATE_UINT32(regs.pos, Dev)," };

describe("a use is found", () => {
  it.each([
    ...uses,
    "uint32_t i; i = s->pos; s->buf[i] = 1;",
    "p = &s->buf[s->pos];",
    "memcpy(&s->buf[8], p, s->pos & 15);",
    "s->buf[s->pos % 17] = 1;",
    "if (s->n >= 16) { return; } s->buf[s->pos] = 1;",
    "s->buf[s->pos] = 1; if (s->pos >= 16) { return; }",
    "while (k) { s->buf[s->pos] = k--; s->pos = (s->pos + 1) % 16; }",
    "if (k) { goto put; } return; put: s->buf[s->pos] = 1;",
    "if (s->pos & 1) { s->buf[s->pos] = 1; }",
    "*((s->buf) + (s->pos)) = 1;",
    "*(&s->buf[0] + s->pos) = 1;",
    "uint8_t *to = s->buf; to[s->pos] = 1;",
    "uint8_t *to = (uint8_t *)&s->buf[0]; memcpy(to, p, s->pos);",
    "s->buf[MIN(s->pos, 99)] = 1;",
    "uint32_t i = MIN(s->pos, 99); s->buf[i] = 1;",
    "k = 0; while (k < s->pos) { s->buf[k++] = 1; }",
  ])("%s", (body) => expect(count(device(use(body)))).toBe(1));

  it.each(["s->buf[s->regs.pos] = 1;", "Regs *r = &s->regs; s->buf[r->pos] = 1;"])("in a nested struct: %s", (body) =>
    expect(count(device(use(body), nested))).toBe(1),
  );

  it("in a function that is handed it", () => {
    const at = (guard: string): string =>
      `static void dev_at(Dev *s, uint32_t at) { ${guard} s->buf[at] = 1; }\n${use("dev_at(s, s->pos);")}`;
    expect(count(device(at("")))).toBe(1);
    expect(count(device(at("if (at > 15) { return; }")))).toBe(0);
  });

  it("in a function that is handed the array too", () => {
    const put = (guard: string, given = "s->buf", set = ""): string =>
      `static void put(uint8_t *to, uint32_t at) { ${guard} ${set} to[at] = 1; }\n${use(`put(${given}, s->pos);`)}`;
    expect(count(device(put("")))).toBe(1);
    expect(count(device(put("", "&s->buf[0]")))).toBe(1);
    expect(count(device(put("if (at > 15) { return; }")))).toBe(0);
    expect(count(device(put("at %= 16;")))).toBe(0);
    expect(count(device(put("if (at > 254) { return; }", "s->big")))).toBe(0);
    expect(count(device(put("if (at > 254) { return; }")))).toBe(1);
    expect(count(device(put("", "s->buf", "to = other;")))).toBe(0);
  });

  it.each([
    "if (s->n > 15) { return -22; } return 0;",
    "if (s->pos > 16) { return -22; } return 0;",
    "if (s->pos > 16 || s->n > 3) { return -22; } return 0;",
    "if (s->pos > 16) { return -22; } if (s->n > 3) { return -22; } return 0;",
    "if (s->n > 3 || s->small == 2) { return -22; } return 0;",
    "s->buf[s->pos] = 0; if (s->pos > 15) { return -22; } return 0;",
    "return 0;",
  ])("behind a post_load that does not hold it: %s", (body) =>
    expect(count(device(hook(body) + use("s->buf[s->pos] = 1;"), { hooks }))).toBe(1),
  );
});

describe("nothing is found", () => {
  it.each([
    "s->buf[MIN(s->pos, 15)] = 1;",
    "s->buf[s->pos & 15] = 1;",
    "s->buf[s->pos % 16] = 1;",
    "if (s->pos >= 16) { return; } s->buf[s->pos] = 1;",
    "uint32_t i = s->pos; if (i >= 16) { return; } s->buf[s->pos] = 1;",
    "uint32_t i = s->pos; if (s->pos >= 16) { return; } s->buf[i] = 1;",
    "assert(s->pos < 16); s->buf[s->pos] = 1;",
    "g_return_if_fail(s->pos < 16); s->buf[s->pos] = 1;",
    "uint8_t *to = s->buf; to[s->pos & 15] = 1;",
    "uint8_t *to = s->buf; if (k) { to = s->big; } to[s->pos & 31] = 1;",
    "uint32_t *to = (uint32_t *)s->buf; to[s->pos] = 1;",
    "uint8_t *to = from, *from = to; to[s->pos] = 1; from[s->pos] = 1;",
    "s->buf[s->others.pos] = 1;",
    "for (k = 0; k < MIN(s->pos, 16); k++) { s->buf[k] = 1; }",
    "memcpy(s->buf, p, MIN(s->pos, sizeof(s->buf)));",
    "if (!dev_fits(s)) { return; } s->buf[s->pos] = 1;",
    "switch (s->pos & 0x7f) { case 16 ... 23: s->buf[((s->pos & 0x7f) - 16) * 2] = 1; break; }",
    "if ((s->pos & 0xff) == 3) { s->buf[s->pos & 0xff] = 1; }",
  ])("where the use is bounded: %s", (body) => {
    const fits = "static bool dev_fits(Dev *s) { return s->pos < 16; }\n";
    expect(count(device(fits + use(body)))).toBe(0);
  });

  it.each([
    "if (s->pos >= 16) { return -EINVAL; } return 0;",
    "if (s->n > 3 || s->pos >= ARRAY_SIZE(s->buf)) { return -EINVAL; } return 0;",
    "if (s->n > 3) { return -EINVAL; } else if (s->pos > 15) { return -EINVAL; } return 0;",
    "uint32_t i = s->pos; if (i > 15) { return -1; } return 0;",
    "int ret = 0; if (s->pos > 15) { ret = -EINVAL; } return ret;",
    "int ret = -EINVAL; if (s->pos > 15) { goto out; } ret = 0; out: return ret;",
    "return s->pos > 15 ? -EINVAL : 0;",
    "assert(s->pos < 16); return 0;",
    "s->pos = MIN(s->pos, 15); return 0;",
    "s->pos &= 15; return 0;",
    "s->pos %= 16; return 0;",
    "if (s->pos > 15) { s->pos = 0; } return 0;",
    "return dev_check(s);",
    "if (dev_check(s) < 0) { return -1; } return 0;",
    "dev_hold(s->pos); return 0;",
    "bool fits = s->pos < 16; if (!fits) { return -EINVAL; } return 0;",
    "bool fits = s->n < 4 && s->pos < 16; return fits ? 0 : -EINVAL;",
    "if (s->n == 3 && s->pos > 15) { return -EINVAL; } return 0;",
    "if (s->n == 3 && (s->pos > 15 || s->regs.n > 4)) { return -EINVAL; } return 0;",
    "if (s->n == 3 && (s->pos < 0 || s->pos > 15 || (!s->small && s->regs.n > 4))) { return -EINVAL; } return 0;",
    "if (s->n == 3 ? s->pos > 15 : s->small) { return -EINVAL; } return 0;",
    "if (s->n == 3) { if (s->pos < 16 && !s->small) { return 0; } return -EINVAL; } return 0;",
    "if (s->n == 3 && (s->pos == 17 || s->pos == 18 || s->pos == 19 || s->pos == 20 || s->pos == 21 || s->pos == 22 || s->pos > 22)) { return -1; } return 0;",
    "int ret = 0; if (s->n == 3 && (s->pos > 15 || s->small)) { ret = -EINVAL; } return ret;",
  ])("behind post_load: %s", (body) => {
    const helpers = `static int dev_check(Dev *s) { if (s->pos > 15) { return -EINVAL; } return 0; }
static void dev_fail(const char *why) { abort(); }
static void dev_hold(uint32_t at) { if (at > 15) { dev_fail("at"); } }
`;
    expect(count(device(helpers + hook(body) + use("s->buf[s->pos] = 1;"), { hooks }))).toBe(0);
  });

  it.each([
    "uint32_t i = s->sign; assert(s->sign >= 0 && s->sign < 16); s->buf[i] = 1;",
    "uint8_t i = s->sign; if (i > 15) { return; } s->buf[s->sign] = 1;",
    "uint32_t i = s->sign; if (k) { assert(s->sign >= 0 && s->sign < 16); s->buf[i] = 1; }",
  ])("where what bounds it has another type: %s", (body) =>
    expect(count(device(use(body), { field: "VMSTATE_INT32(sign, Dev)," }))).toBe(0),
  );

  it("where the type holds no more than there is", () => {
    expect(count(device(use("s->big[s->small] = 1;"), { field: "VMSTATE_UINT8(small, Dev)," }))).toBe(0);
    expect(count(device(use("s->buf[s->small] = 1;"), { field: "VMSTATE_UINT8(small, Dev)," }))).toBe(1);
  });
});

describe("what a check in post_load would do", () => {
  const device = (store: string): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
typedef struct Regs { uint8_t at; uint8_t bank[16]; } Regs;
static void regs_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Regs *s = opaque; if (addr) { ${store} } else { s->bank[s->at] = value; } }
static const MemoryRegionOps regs_ops = { .write = regs_write };
static const VMStateDescription vmstate_regs = { .name = "regs", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT8(at, Regs), VMSTATE_END_OF_LIST() } };
`;
  const finding = (store: string) => {
    const [first] = diagnoseFile(treeOf({ "hw/x/regs.c": device(store) }), "hw/x/regs.c").filter(
      ({ code }) => code === "index-unchecked",
    );
    return {
      message: first?.message,
      related: first?.related.map(({ message }) => message),
      fixes: first?.fixes.length,
    };
  };

  it.each(["s->at = value;", "s->at = value & 0x1f;", "if (value < 20) { s->at = value; }"])(
    "is to refuse guests that have set it so themselves: the place of use is named (%s)",
    (store) => {
      expect(finding(store)).toMatchObject({
        message: expect.stringContaining("check it where regs_write uses it"),
        related: ["regs_write uses it as it is", "regs_write sets it to whatever the guest writes"],
        fixes: 0,
      });
    },
  );

  it.each(["s->at = value & 0xf;", "s->at = value % 16;", "s->bank[0] = value;", "s->at = (s->at + 1) & 15;"])(
    "is to refuse corrupt streams only (%s)",
    (store) => {
      expect(finding(store)).toMatchObject({
        message: expect.stringContaining("Only a corrupt or hostile stream is out of range: let post_load refuse it."),
        fixes: 1,
      });
    },
  );

  it.each(["s->at++;", "s->at += value;", "regs_set(&s->at, value);", "s->at = regs_next(value);"])(
    "is not known (%s)",
    (store) => {
      expect(finding(store)).toMatchObject({
        message: expect.stringContaining("where the guest itself may set it so, check it where regs_write uses it"),
        fixes: 1,
      });
    },
  );
});
