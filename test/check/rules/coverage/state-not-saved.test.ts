/** Registers and deadlines that a table forgets. */
import { describe, expect, it } from "vitest";
import { diagnoseFile, diagnoseProject } from "../../../../core/check";
import { accessHandlers } from "../../../../core/code/accessHandlers";
import { expectLinear } from "../../../steps";
import { treeOf } from "../../../tree";
import { type Files, holdFixes } from "../../holdFixes";

interface Parts {
  readonly fields?: string;
  readonly hooks?: string;
  readonly code?: string;
  readonly properties?: string;
}

const timer = (parts: Parts): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { uint32_t control; uint32_t divider; uint8_t bank[4]; int64_t next; void *timer; } Dev;
${parts.code ?? ""}
static const Property dev_properties[] = { ${parts.properties ?? ""} };
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${parts.hooks ?? ""}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(control, Dev), ${parts.fields ?? ""}
        VMSTATE_END_OF_LIST() } };
static void dev_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev = { .name = "dev", .parent = "device", .class_init = dev_class_init };
`;

const write = `static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Dev *s = opaque; s->divider = value; s->bank[addr & 3] = value; }
`;
const read = `static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{ Dev *s = opaque; return addr ? s->divider : s->bank[0]; }
`;

const path = "hw/timer/dev.c";

function found(parts: Parts) {
  return diagnoseFile(treeOf({ [path]: timer(parts) }), path).filter(({ code }) => code === "state-not-saved");
}

it("a register that the guest writes and reads back is told with both places", () => {
  const [both, ...others] = found({ code: write + read });
  expect(others).toEqual([]);
  expect(both?.message).toContain("dev does not save divider and bank");
  expect(both?.related.map(({ message }) => message)).toEqual([
    "dev_write sets it",
    "dev_read reads it",
    "divider is declared here",
    "bank is declared here",
  ]);
});

it.each([
  ["../mine/dev.c", 1],
  ["devices/timer/dev.c", 1],
  ["tests/unit/dev.c", 0],
])("in whatever folder the device is kept: %s", (file, count) => {
  const code = timer({ code: write + read });
  expect(diagnoseFile(treeOf({ [file]: code }), file).filter((each) => each.code === "state-not-saved")).toHaveLength(
    count,
  );
});

it.each([
  ["", "warning"],
  ["tcg_global_mem_new_i32(env, offsetof(Dev, divider), 0);", "information"],
  ["tcg_gen_ld_i32(value, env, offsetof(struct Cpu, dev[which].divider));", "warning"],
  ["tcg_global_mem_new_i32(env, offsetof(Dev, control), 0);", "warning"],
  ["memcpy(bytes + offsetof(Dev, divider), value, 4);", "warning"],
])("what generated code has too is somebody's to judge: %s", (call, severity) => {
  const decisive = read.replace("addr ? s->divider : s->bank[0]", "s->divider ? 4 : 1");
  const translate = `static void translate_init(void *env, int which) { ${call} }`;
  const tree = treeOf({ [path]: timer({ code: write + decisive }), "hw/timer/tcg/translate.c": translate });
  const told = diagnoseFile(tree, path).filter(({ code }) => code === "state-not-saved");
  expect(told.map((each) => [each.severity, each.message.includes("does not save divider")])).toEqual([
    [severity, true],
  ]);
});

it("its fixes save it in a subsection, or from the next version on", () => {
  const reads = (what: string): string => read.replace("addr ? s->divider : s->bank[0]", what);
  const files: Files = new Map([[path, timer({ code: write + reads("s->divider") })]]);
  const bank: Files = new Map([[path, timer({ code: write + reads("s->bank[0]") })]]);
  const diagnose = (each: Files) => diagnoseProject(treeOf(Object.fromEntries(each)));
  const titles = (each: Files) =>
    diagnose(each)
      .filter(({ code }) => code === "state-not-saved")
      .map(({ fixes }) => fixes.map(({ title }) => title));
  expect(titles(files)).toEqual([
    [
      "Save it in a subsection dev/divider, sent while not 0",
      "Save it from version 2 on (older QEMU will refuse the stream)",
    ],
  ]);
  // the tree has no VMSTATE_UINT8_ARRAY_V
  expect(titles(bank)).toEqual([["Save it in a subsection dev/bank, sent while not 0"]]);
  holdFixes(files, diagnose(files), diagnose);
});

it("not what is saved, made anew by a load hook or its helper, or set by a property and no value of the guest's", () => {
  const both = write + read;
  expect(found({ code: both, fields: "VMSTATE_UINT32(divider, Dev), VMSTATE_UINT8_ARRAY(bank, Dev, 4)," })).toEqual([]);
  const load = `static void dev_update(Dev *s) { s->divider = s->control; s->bank[0] = 0; }
static int dev_post_load(void *opaque, int version_id) { dev_update(opaque); return 0; }
`;
  expect(found({ code: both + load, hooks: ".post_load = dev_post_load," })).toEqual([]);
  const properties = 'DEFINE_PROP_UINT32("divider", Dev, divider, 0), DEFINE_PROP_ARRAY("bank", Dev, bank)';
  expect(found({ code: both.replaceAll("= value", "= s->control"), properties })).toEqual([]);
});

it("a register that code goes by, though the guest never reads it", () => {
  const [finding, ...others] = found({
    code: `${write}static uint32_t dev_ticks(Dev *s) { return s->divider * 2; }\n`,
  });
  expect(finding?.message).toContain("The guest writes it, and dev_ticks goes by it");
  expect(others).toEqual([]);
  const flag = `static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; s->divider = 1; }
static uint32_t dev_redraw(Dev *s) { return s->divider; }
`;
  expect(found({ code: flag })).toEqual([]);
});

it("a handler counts by where it is registered, whatever its name", () => {
  const put = write.replace("dev_write", "dev_poke");
  const get = read.replace("dev_read", "dev_peek");
  const ops = (members: string): string => `static const MemoryRegionOps dev_ops = { ${members} };\n`;
  const both = found({ code: put + get + ops(".write = dev_poke, .read = dev_peek") });
  expect(both.map(({ related }) => related[1]?.message)).toEqual(["dev_peek reads it"]);
  expect(found({ code: put + get + ops(".read = dev_peek") })).toEqual([]);
  const infos = 'static const RegisterAccessInfo regs[] = { { .name = "D", .post_write = dev_after } };\n';
  const { writes, reads } = accessHandlers(treeOf({ [path]: timer({ code: infos + ops(".read = dev_peek") }) }), path);
  expect([...writes]).toEqual([["dev_after", 1]]);
  expect([...reads]).toEqual(["dev_peek"]);
});

it("not what is only traced, nor what only reset sets", () => {
  expect(found({ code: write })).toEqual([]);
  expect(
    found({ code: `static void dev_reset(DeviceState *d) { Dev *s = (Dev *)d; s->divider = 1; }\n${read}` }),
  ).toEqual([]);
});

it("a deadline that is counted on from its last value", () => {
  const tick =
    "static void dev_tick(void *opaque) { Dev *s = opaque; s->next += 1000; timer_mod(s->timer, s->next); }\n";
  const [finding] = found({ code: tick });
  expect(finding?.message).toContain("dev_tick arms a timer with it");
  const anew =
    "static void dev_tick(void *opaque) { Dev *s = opaque; s->next = now() + 1; timer_mod(s->timer, s->next); }\n";
  expect(found({ code: anew })).toEqual([]);
});

it("an index that is counted on where it is used", () => {
  const put =
    "static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; s->bank[s->divider++] = value; }\n";
  const get =
    "static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; return s->bank[s->divider++]; }\n";
  const members = found({ code: put + get }).map(({ message }) => /save (\w+)/.exec(message)?.[1]);
  expect(members).toEqual(["divider", "bank"]);
});

it.each(["s->divider[", "trace_x(s->divider ", "timer_mod(s->timer, ", "for (i = 0 ", "case 1 "])(
  "takes twice the steps for twice the text that repeats %s and closes nothing",
  (piece) => {
    const open = "static void dev_write(void *opaque, hwaddr addr, uint64_t value) { Dev *s = opaque; ";
    expectLinear((n) => {
      expect(found({ code: `${open}${piece.repeat(n)}\n}\n${write}${read}` }).length).toBeLessThanOrEqual(2);
    }, 1000);
  },
);

it("takes twice the steps for twice the places that set a member under a condition, and twice the calls behind them", () => {
  // no deeper than it has to be, so that to find a place takes no longer
  const all = (each: string, n: number): string =>
    n < 2 ? each : `(${all(each, n >> 1)}, ${all(each, n - (n >> 1))})`;
  expectLinear((n) => {
    const code = `static void dev_update(Dev *s) { if (s->divider) { s->control = 1; } }
static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Dev *s = opaque; if (addr) { ${all("s->divider = 1", n)}; } ${all("dev_update(s)", n)}; }
`;
    expect(found({ code })).toHaveLength(1);
  }, 100);
});

it("what a line was last told, where it is told again only when that differs", () => {
  const lines = (body: string, hooks = "", more = "") =>
    found({
      hooks,
      code: `#include "hw/irq.h"
static void dev_update(Dev *s)
{ int level = s->control & 1; ${body} }
${more}
static void dev_tick(void *opaque) { dev_update(opaque); }`,
    }).map(({ message }) => message.split(".")[1]?.trim().slice(0, 41));
  const told = ["dev_update tells a line only what differs"];
  expect(lines("if (level != s->divider) { s->divider = level; qemu_set_irq(s->irq, level); }")).toEqual(told);
  expect(lines("if (s->divider == level) { return; } s->divider = level; qemu_set_irq(s->irq, level);")).toEqual(told);
  expect(
    lines(`if (level && !s->divider) { s->divider = 1; qemu_irq_raise(s->irq); }
    else if (!level && s->divider) { qemu_irq_lower(s->irq); s->divider = 0; }`),
  ).toEqual(told);
  // told once, and again without harm; a pulse
  expect(lines("if (level && !s->divider) { s->divider = 1; qemu_set_irq(s->irq, 0); }")).toEqual([]);
  expect(lines("if (level != s->divider) { s->divider = level; qemu_irq_pulse(s->irq); }")).toEqual([]);
  // told in any case, another member's comparison, set elsewhere
  expect(lines("s->divider = level; qemu_set_irq(s->irq, level);")).toEqual([]);
  expect(lines("if (level != s->control) { s->divider = level; qemu_set_irq(s->irq, level); }")).toEqual([]);
  expect(lines("if (level != s->divider) { qemu_set_irq(s->irq, level); } s->divider = 3;")).toEqual([]);
  expect(lines("if (s->divider) { s->divider = 0; } else { qemu_irq_raise(s->irq); }")).toEqual([]);
  // a state that the device is in, asked for by its name
  const state = "if (s->divider == 1) { return; } if (level) { s->divider = 1; } qemu_irq_raise(s->irq);";
  expect(lines(state)).toEqual([]);
  expect(
    lines(`if (level && s->divider == 0) { s->divider = 1; qemu_irq_raise(s->irq); }
    else if (!level && s->divider != 0) { qemu_irq_lower(s->irq); s->divider = 0; }`),
  ).toEqual(told);
  const load = "static int dev_post_load(void *opaque, int version_id) { dev_update(opaque); return 0; }";
  const differs = "if (level != s->divider) { s->divider = level; qemu_set_irq(s->irq, level); }";
  expect(lines(differs, ".post_load = dev_post_load,", load)).toEqual([]);
});

it("what comes from the network or a keyboard, and what a timer sets, says so", () => {
  const why = (code: string) => found({ code }).map(({ message }) => message.split(/[.:] /)[1]);
  const use = "static bool dev_can(void *opaque) { Dev *s = opaque; return s->divider > 2; }";
  const receive = `static ssize_t dev_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{ Dev *s = qemu_get_nic_opaque(nc); s->divider = buf[0]; return size; }
static NetClientInfo dev_info = { .type = 0, .size = 4, .receive = dev_receive };`;
  expect(why(`${receive} ${use}`)).toEqual(["dev_receive sets it from what comes in, and dev_can goes by it"]);
  const tick = `static void dev_tick(void *opaque) { Dev *s = opaque; s->divider++; }
static void dev_realize(Dev *s) { s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, dev_tick, s); }
static const MemoryRegionOps dev_ops = { .read = dev_read };`;
  expect(why(read + tick)).toEqual(["dev_tick sets it as time goes on, and the guest reads it"]);
  // filled and used in one go
  const copied = `static ssize_t dev_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{ Dev *s = qemu_get_nic_opaque(nc); if (size < 4) { memcpy(s->bank, buf, size); send(s->bank[0]); } return size; }
static NetClientInfo dev_info = { .type = 0, .receive = dev_receive };`;
  expect(why(copied)).toEqual([]);
});

it("members that one function sets and one uses are one finding, with one fix of each kind", () => {
  const files = (body: string): Files =>
    new Map([
      [
        path,
        timer({
          code: `static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; ${body} }
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{ Dev *s = opaque; return s->divider + s->bank + s->next; }
static const MemoryRegionOps dev_ops = { .write = dev_write, .read = dev_read };`,
        })
          .replace("uint8_t bank[4]", "uint32_t bank")
          .replace("int64_t next", "uint32_t next"),
      ],
    ]);
  const diagnose = (each: Files) =>
    diagnoseProject(treeOf(Object.fromEntries(each))).filter(({ code }) => code === "state-not-saved");
  const all = files("s->divider = value; s->bank = value; s->next = value;");
  const [finding, ...others] = diagnose(all);
  expect(others).toEqual([]);
  expect(finding?.message).toContain(
    "dev does not save divider, bank and next, and no post_load sets them. The guest writes each and reads each back",
  );
  expect(finding?.fixes).toHaveLength(2);
  holdFixes(all, finding === undefined ? [] : [finding], diagnose);
  expect(diagnose(files("s->divider = value; s->next = value;"))).toHaveLength(1);
});

it("not what is set only where the device refuses to be migrated", () => {
  const set = (
    condition: string,
  ): string => `static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Dev *s = opaque; ${condition} s->divider = value; }
`;
  const blocked = (condition: string): string => `static bool dev_block(Dev *s, void *errp)
{ if (${condition}) { add_reason("PMR"); } return migrate_add_blocker(&s->timer, errp) == 0; }
`;
  const code = (asked: string, blocks: string) => set(asked) + read + blocked(blocks);
  const has = "if (!HAS_PMR(s->control)) { return; }";
  expect(found({ code: code(has, "HAS_PMR(s->control)") })).toEqual([]);
  expect(found({ code: code("if (addr && s->control)", "s->control") })).toEqual([]);
  expect(found({ code: code(has, "HAS_CMB(s->control)") })).toHaveLength(1);
  expect(found({ code: code("if (HAS_PMR(s->control)) { return; }", "HAS_PMR(s->control)") })).toHaveLength(1);
  expect(found({ code: code("if (s->control == 4)", "s->control") })).toHaveLength(1);
});

it("what the guest only reads back ranks below what code goes by", () => {
  const severities = (reading: string, more = ""): readonly string[] =>
    found({ code: write + read.replace("addr ? s->divider : s->bank[0]", reading) + more }).map(
      ({ severity, message }) => `${severity}${message.includes("nothing else goes by it") ? ": nothing else" : ""}`,
    );
  expect(severities("s->divider")).toEqual(["information: nothing else"]);
  expect(severities("s->divider ? 1 : 0")).toEqual(["warning"]);
  expect(severities("s->regs[s->divider]")).toEqual(["warning"]);
  expect(severities("s->divider", "static void dev_tick(Dev *s) { dev_set(s->divider); }\n")).toEqual(["warning"]);
});

describe("a load hook that sets the member under a condition", () => {
  const set = (
    condition: string,
  ): string => `static void dev_mode(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Dev *s = opaque; ${condition} s->divider = value; }
`;
  const get = (condition: string): string => `static uint64_t dev_get(void *opaque, hwaddr addr, unsigned size)
{ Dev *s = opaque; ${condition} return s->divider; return 0; }
static const MemoryRegionOps dev_ops = { .write = dev_mode, .read = dev_get };
`;
  const hook = (statements: string): string => `static void dev_update(Dev *s) { ${statements} }
static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; dev_update(s); return 0; }
`;
  const hooks = ".post_load = dev_post_load,";
  const lost = (load: string, writes = "", reads = "") =>
    found({ code: set(writes) + get(reads) + hook(load), hooks }).map(({ message }) => message);

  it("leaves it as reset left it on the other ways", () => {
    const [message = "", ...others] = lost("if (s->control & HAS_DIVIDER) { s->divider = s->control >> 8; }");
    expect(others).toEqual([]);
    expect(message).toContain(
      "dev does not save divider, and loading sets it in dev_update only under a condition (HAS_DIVIDER). The guest",
    );
  });

  it.each([
    "s->divider = s->control;",
    "if (s->control & 1) { s->divider = 1; } else { s->divider = 2; }",
    "uint32_t next = s->control >> 8; if (s->divider != next) { s->divider = next; }",
    "for (int i = 0; i < 4; i++) { s->divider = i; }",
  ])("has set it behind %s", (load) => {
    expect(lost(load)).toEqual([]);
  });

  it("says nothing where all that sets it, or all that goes by it, asks the same", () => {
    const load = "if (s->control & HAS_DIVIDER) { s->divider = s->control >> 8; }";
    const asked = "if (s->control & HAS_DIVIDER)";
    expect(lost(load, asked)).toEqual([]);
    expect(lost(load, "", asked)).toEqual([]);
    expect(lost(load, "if (s->control & OTHER)")).toHaveLength(1);
  });

  it("says nothing where the guest's writes set it by the same function", () => {
    const code = `static void dev_update(Dev *s) { if (s->control & HAS_DIVIDER) { s->divider = s->control >> 8; } }
static int dev_post_load(void *opaque, int version_id) { dev_update(opaque); return 0; }
static void dev_mode(void *opaque, hwaddr addr, uint64_t value, unsigned size) { dev_update(opaque); }
`;
    expect(found({ code: code + get(""), hooks })).toEqual([]);
  });
});

it("an array that a function fills and then hands on is none that it goes by", () => {
  const receive = `static void dev_receive(void *opaque, const uint8_t *buf, int size) { Dev *s = opaque; s->bank[s->control & 3] = buf[0]; }
static void dev_realize(DeviceState *d, Error **errp) { qemu_chr_fe_set_handlers(d, dev_can, dev_receive, NULL, NULL, d, NULL, true); }
`;
  const tick = (statements: string): string =>
    `static void dev_tick(void *opaque) { Dev *s = opaque; ${statements} }\n`;
  expect(found({ code: receive + tick("s->bank[1] = 4; send(s->bank + 1, 3);") })).toEqual([]);
  expect(found({ code: receive + tick("send(s->bank + 1, 3);") })).toHaveLength(1);
});

describe("an array that is saved up to its count", () => {
  const bank = (statements: string, hooks = "", counts = "next"): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Chan { uint32_t level; } Chan;
typedef struct Bank { Chan chan[16]; uint32_t next; uint32_t used; } Bank;
static int bank_pre_save(void *opaque) { Bank *s = opaque; s->next = s->used; return 0; }
static const VMStateDescription vmstate_chan = { .name = "chan", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(level, Chan), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_bank = { .name = "bank", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(${counts}, Bank), VMSTATE_UINT32(used, Bank),
        { .name = "chan", .num_offset = offsetof(Bank, ${counts}), .vmsd = &vmstate_chan, .size = sizeof(Chan),
          .flags = VMS_STRUCT | VMS_VARRAY_UINT32, .offset = offsetof(Bank, chan) },
        VMSTATE_END_OF_LIST() } };
static void bank_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Bank *s = opaque; ${statements} }
static const MemoryRegionOps bank_ops = { .write = bank_write };
`;
  const beyond = (source: string) =>
    diagnoseFile(treeOf({ [path]: source }), path).filter(({ message }) => message.includes("one element more"));

  it.each([
    "unsigned n = addr >> 4; if (n > s->next) { return; } s->chan[n].level = value;",
    "unsigned n = addr >> 4; Chan *c = &s->chan[n]; if (s->next < n) { return; } c->level = value;",
    "unsigned n = addr >> 4; if (n <= s->next && size == 4) { s->chan[n].level |= value; }",
  ])("is set beyond it: %s", (statements) => {
    const [found, ...others] = beyond(bank(statements));
    expect(others).toEqual([]);
    expect(found?.message).toContain(
      "bank saves chan up to its count, and bank_write sets one element more, where n is next:",
    );
    expect(found?.related).toHaveLength(2);
  });

  it("also where pre_save makes the count that is sent", () => {
    const statements = "unsigned n = addr >> 4; if (n > s->used) { return; } s->chan[n].level = value;";
    expect(beyond(bank(statements))).toEqual([]);
    expect(beyond(bank(statements, ".pre_save = bank_pre_save,"))).toHaveLength(1);
  });

  it.each([
    "unsigned n = addr >> 4; if (n >= s->next) { return; } s->chan[n].level = value;",
    "unsigned n = addr >> 4; if (n > s->next || n == s->next) { return; } s->chan[n].level = value;",
    "unsigned n = addr >> 4; if (n > s->next) { return; } n--; s->chan[n].level = value;",
    "for (int i = 0; i < s->next; i++) { s->chan[i].level = value; }",
    "s->chan[addr & 15].level = value;",
    "unsigned n = addr >> 4; if (n > s->next) { return; } s->used = value;",
  ])("is not: %s", (statements) => {
    expect(beyond(bank(statements))).toEqual([]);
  });
});
