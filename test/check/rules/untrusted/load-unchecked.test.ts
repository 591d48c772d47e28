/** Numbers that a load function takes out of a QEMUFile: how they are used, and what holds them. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";
import { uses } from "./uses";

const device = (load: string, code = "", table = "") => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#define MIN(a, b) ((a) < (b) ? (a) : (b))
void *memcpy(void *to, const void *from, size_t bytes);
typedef struct Regs { uint32_t pos; } Regs;
typedef struct Dev { uint32_t pos; uint32_t n; uint8_t small; int32_t sign; Regs regs; Regs others; uint8_t buf[16];
    uint8_t big[256]; uint8_t *data; } Dev;
void error_report(const char *fmt, ...) { }
${code}
static int dev_load(QEMUFile *f, void *opaque, int version_id)
{
    Dev *s = opaque; uint8_t *p = s->data; uint32_t k; int ret;
    ${load}
    return 0;
}
${table}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() } };
`;

const found = (load: string, code = "", table = "") =>
  diagnoseFile(treeOf({ "hw/x/dev.c": device(load, code, table) }), "hw/x/dev.c").filter(
    ({ code: each }) => each === "load-unchecked",
  );
const count = (load: string, code = "", table = ""): number => found(load, code, table).length;

const read = "s->pos = qemu_get_be32(f);";

describe("a use is found", () => {
  it.each([
    ...uses,
    "qemu_get_buffer(f, s->buf, s->pos);",
    "qemu_get_buffer(f, &s->buf[8], s->pos & 15);",
    "k = 0; while (k < s->pos) { s->buf[k++] = qemu_get_byte(f); }",
    "if (s->n >= 16) { return -1; } s->buf[s->pos] = 1;",
    "s->buf[s->pos] = 1; if (s->pos >= 16) { return -1; }",
    // of a pointer nobody knows the room, and nothing holds the value
    "qemu_get_buffer(f, s->data, s->pos);",
    "s->data[s->pos] = 1;",
    'error_report("%u", s->pos); s->data[s->pos] = 1;',
    "for (k = 0; k < s->pos; k++) { s->data[k] = qemu_get_byte(f); if (s->data[k] == 9) { return -1; } }",
  ])("%s", (use) => expect(count(read + use)).toBe(1));

  it.each([
    "uint32_t v = qemu_get_be32(f); s->buf[v] = 1;",
    "uint32_t v; v = qemu_get_be32(f); s->buf[v] = 1;",
    "uint32_t v; qemu_get_be32s(f, &v); s->buf[v] = 1;",
    "uint8_t v; qemu_get_8s(f, &v); s->buf[v] = 1;",
    "s->n = s->pos = qemu_get_be32(f); s->buf[s->pos] = 1;",
    "s->buf[qemu_get_byte(f)] = 1;",
    "s->regs.pos = qemu_get_be16(f); s->buf[s->regs.pos] = 1;",
    "Regs *r = &s->regs; r->pos = qemu_get_be32(f); s->buf[s->regs.pos] = 1;",
    "s->pos = MIN(qemu_get_be32(f), 16); s->buf[s->pos] = 1;",
    "s->sign = (int32_t)qemu_get_be32(f); if (s->sign > 15) { return -1; } s->buf[s->sign] = 1;",
  ])("however it is read: %s", (load) => expect(count(load)).toBe(1));

  it.each(["s->buf[s->pos] = 1;", "k = s->pos; s->big[k] = 1;", "for (k = 0; k < s->pos; k++) { s->buf[k] = 1; }"])(
    "in another function: %s",
    (use) => {
      const [finding] = found(read, "", `void dev_put(Dev *s, uint32_t k)\n{\n${use}\n}`);
      expect(finding?.message).toContain("in dev_put without a check");
    },
  );

  it("in a function that is handed it", () => {
    const at = (guard: string) => `static void dev_at(Dev *s, uint32_t at) { ${guard} s->buf[at] = 1; }\n`;
    expect(count(`${read} dev_at(s, s->pos);`, at(""))).toBe(1);
    expect(count(`${read} dev_at(s, s->pos);`, at("if (at > 15) { return; }"))).toBe(0);
  });
});

describe("nothing is found", () => {
  it.each([
    "s->buf[MIN(s->pos, 15)] = 1;",
    "s->buf[s->pos & 15] = 1;",
    "s->buf[s->pos % 16] = 1;",
    "s->pos &= 15; s->buf[s->pos] = 1;",
    "if (s->pos >= 16) { return -EINVAL; } s->buf[s->pos] = 1;",
    "if (s->pos > ARRAY_SIZE(s->buf)) { ret = -EINVAL; goto out; } qemu_get_buffer(f, s->buf, s->pos); out: return ret;",
    "assert(s->pos < 16); s->buf[s->pos] = 1;",
    "s->buf[s->others.pos] = 1;",
    "s->pos = 0; s->buf[s->pos] = 1;",
    "for (k = 0; k < MIN(s->pos, 16); k++) { s->buf[k] = 1; }",
    "for (k = 0; k < s->pos; k++) { if (k == 16) { break; } s->buf[k] = 1; }",
    "qemu_get_buffer(f, s->buf, MIN(s->pos, sizeof(s->buf)));",
    "if (!dev_fits(s)) { return -EINVAL; } s->buf[s->pos] = 1;",
    "if (s->pos > 100) { return -1; } s->data[s->pos] = 1;",
    "s->data = g_malloc(s->pos); qemu_get_buffer(f, s->data, s->pos);",
    "dev_grow(s, s->pos); qemu_get_buffer(f, s->data, s->pos);",
    "qemu_get_buffer(f, dev_room(s), s->pos);",
    "s->data[s->small] = 1;",
  ])("where the use is bounded: %s", (use) => {
    const helpers = `static bool dev_fits(Dev *s) { return s->pos < 16; }
static void dev_grow(Dev *s, uint32_t n) { s->data = g_realloc(s->data, n); }
static uint8_t *dev_room(Dev *s) { return s->data; }\n`;
    expect(count(read + use, helpers)).toBe(0);
  });

  it("where the type holds no more, or a pointer's room may be as much", () => {
    expect(count("s->small = qemu_get_byte(f); s->big[s->small] = 1;")).toBe(0);
    expect(count("s->small = qemu_get_byte(f); s->data[s->small] = 1;")).toBe(0);
  });

  it.each([
    ["the load function refuses it", `${read} if (s->pos >= 16) { return -EINVAL; }`, ""],
    ["the load function sets something else", `${read} s->pos = 3;`, ""],
    ["the other function does", read, "if (s->pos >= 16) { return; }"],
  ])("in another function where %s", (_, load, guard) =>
    expect(count(load, "", `void dev_put(Dev *s)\n{\n${guard} s->buf[s->pos] = 1;\n}`)).toBe(0),
  );

  it("behind the table's post_load that refuses it", () => {
    const text = (limit: number) =>
      `${device(
        read,
        "",
        `void dev_put(Dev *s) { s->buf[s->pos] = 1; }
static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; return s->pos >= ${limit} ? -EINVAL : 0; }`,
      ).replace(".name =", ".post_load = dev_post_load, .name =")}`;
    const messages = (limit: number) =>
      diagnoseFile(treeOf({ "hw/x/dev.c": text(limit) }), "hw/x/dev.c").filter(({ code }) => code === "load-unchecked");
    expect(messages(16)).toEqual([]);
    expect(messages(17)).toHaveLength(1);
  });
});

it("follows a member to files of the folder that hand it back", () => {
  const put = "void dev_put(Dev *s, uint32_t at) { s->data[at] = 1; }";
  const bus = (guard: string) => `#include "hw/dev.h"\nvoid bus_write(Dev *s) { ${guard} dev_put(s, s->pos); }\n`;
  const header = "typedef struct Dev { uint32_t pos; uint8_t *data; } Dev;\nvoid dev_put(Dev *s, uint32_t at);\n";
  const own = `#include "hw/dev.h"\n${put}
int dev_load(QEMUFile *f, Dev *s) { s->pos = qemu_get_be32(f); return 0; }\n`;
  const of = (guard: string) =>
    diagnoseFile(treeOf({ "include/hw/dev.h": header, "hw/x/dev.c": own, "hw/x/bus.c": bus(guard) }), "hw/x/dev.c");
  expect(of("").map(({ code }) => code)).toContain("load-unchecked");
  expect(of("if (s->pos > 7) { return; }").map(({ code }) => code)).not.toContain("load-unchecked");
});
