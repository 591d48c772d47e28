import { describe, expect, it } from "vitest";
import { allCoverage, type Coverage, otherMembers } from "../../core/code";
import { coverageText } from "../../core/ide/text/coverage";
import { plainStyle } from "../../core/ide/text/style";
import { treeOf } from "../tree";

const device = (code: string): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { void *bus; uint32_t control; uint32_t count; uint32_t line[2]; uint32_t size; } Dev;
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(control, Dev), VMSTATE_END_OF_LIST() } };
${code}
static void dev_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->realize = dev_realize;
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev = { .name = "dev", .parent = "device", .class_init = dev_class_init };
`;

function coverage(code: string): readonly Coverage[] {
  return [...allCoverage(treeOf({ "hw/dev.c": device(code) }))];
}

function unsaved(code: string): readonly string[] {
  return coverage(code).flatMap((each) =>
    each.unsaved.map(({ name, writes }) => `${name} in ${writes.map((write) => write.function).join()}`),
  );
}

const realize =
  "static void dev_realize(DeviceState *d, Error **errp) { Dev *s = (Dev *)d; s->size = 4; dev_setup(s); }";
const setup = "static void dev_setup(Dev *s) { s->count = 0; }\n";

describe("state that is not migrated", () => {
  it("is what running code changes and no table saves", () => {
    const write = "static void dev_write(Dev *s, uint32_t v) { s->control = v; s->count++; s->line[v & 1] |= 1; }\n";
    expect(unsaved(`${setup}${write}${realize}`)).toEqual(["count in dev_write", "line in dev_write"]);
    expect(coverage(`${setup}${write}${realize}`)[0]).toMatchObject({ structName: "Dev", members: 4 });
  });

  it("is not what only setting up changes, also in helpers of its own", () => {
    expect(unsaved(`${setup}${realize}`)).toEqual([]);
  });

  it("is what a helper changes that running code calls as well", () => {
    const write = "static void dev_write(Dev *s) { dev_setup(s); }\n";
    expect(unsaved(`${setup}${write}${realize}`)).toEqual(["count in dev_setup"]);
  });

  it("is not what a load hook makes anew, nor what is only read or compared", () => {
    const code = "static bool dev_idle(Dev *s) { return s->count == 0 && s->line[0] <= 3; }\n";
    expect(unsaved(`${setup}${code}${realize}`)).toEqual([]);
  });

  it("is found at once behind a chain of helpers that only setting up calls", () => {
    const length = 5000;
    let chain = `static void h${length}(Dev *s) { s->count = 0; }\n`;
    for (let k = length - 1; k >= 0; k--) chain += `static void h${k}(Dev *s) { h${k + 1}(s); }\n`;
    const own = "static void dev_realize(DeviceState *d, Error **errp) { h0((Dev *)d); }";
    expect(unsaved(chain + own)).toEqual([]);
    expect(unsaved(`${chain}static void dev_write(Dev *s) { h0(s); }\n${own}`)).toEqual([`count in h${length}`]);
  });

  it("is not what a load hook makes anew behind a chain of helpers, or behind a long condition", () => {
    const length = 3000;
    const hook = (body: string): string =>
      `static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; ${body} return 0; }
static const VMStateDescription vmstate_more = { .name = "dev/more", .version_id = 1, .post_load = dev_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(size, Dev), VMSTATE_END_OF_LIST() } };\n`;
    const write = "static void dev_write(Dev *s) { s->count++; }\n";
    let chain = `static void h${length}(Dev *s) { s->count = 0; }\n`;
    for (let k = length - 1; k >= 0; k--) chain += `static void h${k}(Dev *s) { h${k + 1}(s); }\n`;
    expect(unsaved(`${setup}${chain}${hook("h0(s);")}${write}${realize}`)).toEqual([]);
    const asked = `if (s->control${" && s->size".repeat(10_000)}) { s->count = 0; }`;
    expect(unsaved(`${setup}${hook(asked)}${write}${realize}`)).toEqual([]);
  });

  it.each([
    "(*s).count = v;",
    "(s)->count = v;",
    "uint32_t *c = &s->count; *c |= v;",
    "uint32_t *c = &s->line[1]; *c = v;",
    "(v & 1) ? s->count++ : 0;",
    "if (s->control == 1 && --s->count == 0) { return; }",
  ])("is what %s changes", (statement) => {
    const write = `static void dev_write(Dev *s, uint32_t v) { ${statement} }\n`;
    const [finding] = unsaved(`${setup}${write}${realize}`);
    expect(finding).toMatch(/^(?:count|line) in dev_write$/);
  });

  it("is what a helper changes that is given its address, through another one as well", () => {
    const put = "static void dev_put(uint32_t *reg, uint32_t v) { uint32_t *r = reg; *r = v; }\n";
    const mask = "static void dev_mask(unsigned at, uint32_t *reg, uint32_t v) { dev_put(reg, v & 3); }\n";
    const write = "static void dev_write(Dev *s, uint32_t v) { dev_put(&s->count, v); dev_mask(0, s->line, v); }\n";
    expect(unsaved(`${setup}${put}${mask}${write}${realize}`)).toEqual(["count in dev_put", "line in dev_put"]);
    const own = "static void dev_realize(DeviceState *d, Error **errp) { Dev *s = (Dev *)d; dev_put(&s->count, 4); }";
    expect(unsaved(`${put}${own}`)).toEqual([]);
  });

  it("is not what only a copy has, nor what a pointer in it leads to", () => {
    const code =
      "static uint32_t dev_next(Dev *s) { uint32_t count = s->count; count++; Dev copy = *s; copy.count = 1; return count; }\n";
    expect(unsaved(`${setup}${code}${realize}`)).toEqual([]);
  });

  it("is not another struct's member of that name", () => {
    const code =
      "typedef struct Other { uint32_t count; } Other;\nstatic void other_write(Other *o) { o->count = 1; }\n";
    expect(unsaved(`${setup}${code}${realize}`)).toEqual([]);
  });
});

describe("every other member has its reason", () => {
  const code = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Chan { uint32_t at; } Chan;
typedef struct Dev { uint32_t ctl; uint32_t speed; uint32_t level; uint32_t mode; uint32_t size; uint32_t count; uint32_t *regs; Chan *chans; void *bus; } Dev;
static const Property dev_properties[] = { DEFINE_PROP_UINT32("speed", Dev, speed, 0) };
static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; s->level = s->ctl & 1; if (s->ctl & HAS_MODE) { s->mode = 1; } return 0; }
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, .post_load = dev_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(ctl, Dev), VMSTATE_END_OF_LIST() } };
static void dev_realize(DeviceState *d, Error **errp) { Dev *s = (Dev *)d; s->size = 4; }
static void dev_write(Dev *s, uint32_t v) { s->regs[v] = v; s->chans[v].at = v; s->level = v; }
`;
  const project = treeOf({ "hw/dev.c": code });
  const [found] = [...allCoverage(project)];

  it("from saved to not looked at", () => {
    expect(found && otherMembers(project, found)).toEqual([
      { name: "ctl", why: "saved" },
      { name: "speed", why: "property" },
      { name: "level", why: "rebuilt", by: "dev_post_load" },
      { name: "mode", why: "rebuilt", by: "dev_post_load", asked: ["HAS_MODE"] },
      { name: "size", why: "unchanged" },
      { name: "count", why: "unchanged" },
      { name: "regs", why: "unseen" },
      { name: "chans[]", why: "unseen" },
    ]);
  });

  it("and nothing says that all is saved where not all was seen", () => {
    const text = coverageText(project, [...allCoverage(project)], plainStyle);
    expect(text).toBe(
      "1 state struct: every member that is seen to change while the guest runs is saved; 1 struct of them with members behind pointers, which nobody has looked at (--type NAME names them).\n",
    );
    const reasons = coverageText(project, [...allCoverage(project)], plainStyle, true);
    expect(reasons).toContain(
      "  set again after loading: level (dev_post_load), mode (dev_post_load, under a condition: HAS_MODE)\n",
    );
    expect(reasons).toContain("  behind pointers, not looked at: regs, chans[]\n");
  });
});

describe("every member that is not saved says why it is reported, or why not", () => {
  const code = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { uint32_t ctl; uint32_t lost; uint32_t seen; uint32_t made; uint32_t host; uint32_t left; void *timer; } Dev;
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(ctl, Dev), VMSTATE_END_OF_LIST() } };
static void dev_redraw(Dev *s) { s->host = width(); draw(s->left); }
static void dev_refresh(void *opaque) { Dev *s = opaque; draw(s->host); dev_redraw(s); }
static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    Dev *s = opaque;
    s->lost = value;
    s->seen++;
    s->made = s->ctl & 3;
    if (s->made) { dev_go(s); }
    s->left = addr;
}
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; return s->lost; }
static const MemoryRegionOps dev_ops = { .read = dev_read, .write = dev_write };
`;
  const project = treeOf({ "hw/dev.c": code });

  it("by what goes by it and who sets it", () => {
    const text = coverageText(project, [...allCoverage(project)], plainStyle, true);
    const said = [...text.matchAll(/uint32_t (\w+) .*; (.*)\n/g)].map(([, name, why]) => [name, why]);
    expect(said).toEqual([
      ["lost", "reported as state-not-saved"],
      ["seen", "not reported: nobody goes by it"],
      ["made", "not reported: dev_write sets it anew before it goes by it"],
      ["host", "not reported: no access of the guest is seen to set it"],
      ["left", "not reported: dev_redraw goes by it, and nothing shows that it finds what an earlier access left"],
    ]);
  });

  it("but only where reasons are asked for", () => {
    expect(coverageText(project, [...allCoverage(project)], plainStyle)).not.toContain("reported");
  });
});

it("the count of an array is not sent with it", () => {
  const code = (more: string): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { uint32_t n; uint32_t list[8]; } Dev;
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${more}
        { .name = "list", .num_offset = offsetof(Dev, n), .size = sizeof(uint32_t), .info = &vmstate_info_uint32,
          .flags = VMS_VARRAY_UINT32, .offset = offsetof(Dev, list) }, VMSTATE_END_OF_LIST() } };
static void dev_write(Dev *s, uint32_t v) { s->list[s->n] = v; s->n++; }
`;
  const unsaved = (more: string) =>
    [...allCoverage(treeOf({ "hw/dev.c": code(more) }))].flatMap((each) => each.unsaved.map(({ name }) => name));
  expect(unsaved("")).toEqual(["n"]);
  expect(unsaved("VMSTATE_UINT32(n, Dev),")).toEqual([]);
});
