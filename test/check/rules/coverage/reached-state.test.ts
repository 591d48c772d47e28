/** state-not-saved: members inside structs, handlers of other kinds than memory's, and what is lost nowhere. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { accessHandlers } from "../../../../core/code/accessHandlers";
import { guestValues } from "../../../../core/code/guestValues";
import { treeOf } from "../../../tree";

const path = "hw/misc/dev.c";

interface Parts {
  readonly members: string;
  readonly code: string;
  readonly before?: string;
  readonly fields?: string;
  readonly slots?: string;
  readonly hooks?: string;
}

const device = ({
  members,
  code,
  before = "",
  fields = "",
  slots = "",
  hooks = "",
}: Parts): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
${before}
typedef struct Dev { uint32_t control; ${members} } Dev;
${code}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(control, Dev), ${fields} VMSTATE_END_OF_LIST() } };
static void dev_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_dev; ${slots} }
static const TypeInfo dev = { .name = "dev", .parent = "device", .class_init = dev_class_init };
`;

const found = (parts: Parts): readonly string[] =>
  diagnoseFile(treeOf({ [path]: device(parts) }), path).flatMap(({ code, message }) =>
    code === "state-not-saved" ? [/save ([\w.]+)/.exec(message)?.[1] ?? ""] : [],
  );

const handlers = (write: string, read: string): string => `
static void put(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; ${write} }
static uint64_t get(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; ${read} return 0; }
static const MemoryRegionOps dev_ops = { .write = put, .read = get };
`;

const before = "typedef struct Regs { uint32_t ctl; uint32_t idle; } Regs;";

it("a member of a struct inside, by its name, through a pointer and in an array", () => {
  const read = "return s->regs.ctl + s->regs.idle;";
  expect(found({ before, members: "Regs regs;", code: handlers("s->regs.ctl = value;", read) })).toEqual(["regs.ctl"]);
  const through = handlers("Regs *r = &s->regs; r->ctl = value;", read);
  expect(found({ before, members: "Regs regs;", code: through })).toEqual(["regs.ctl"]);
  const each = handlers("s->regs[addr & 1].ctl = value;", "Regs *r = &s->regs[addr & 1]; return r->ctl;");
  expect(found({ before, members: "Regs regs[2];", code: each })).toEqual(["regs.ctl"]);
});

it("not what a field names, its struct, or another member of a union", () => {
  const code = handlers("s->regs.ctl = value;", "return s->regs.ctl;");
  const members = "Regs regs;";
  expect(found({ before, members, code, fields: "VMSTATE_UINT32(regs.idle, Dev)," })).toEqual(["regs.ctl"]);
  expect(found({ before, members, code, fields: "VMSTATE_UINT32(regs.ctl, Dev)," })).toEqual([]);
  const table = `${before} static const VMStateDescription vmstate_regs = { .name = "regs",
    .fields = (const VMStateField[]) { VMSTATE_UINT32(ctl, Regs), VMSTATE_END_OF_LIST() } };`;
  const fields = "VMSTATE_STRUCT(regs, Dev, 1, vmstate_regs, Regs),";
  expect(found({ before: table, members, code, fields })).toEqual([]);
  const union = "union { uint32_t word; uint32_t half; };";
  const words = handlers("s->half = value;", "return s->half;");
  expect(found({ members: union, code: words, fields: "VMSTATE_UINT32(word, Dev)," })).toEqual([]);
});

it("what helpers of both handlers set and use", () => {
  const helpers = `static void start(Dev *s) { s->then = 1; }
static uint32_t passed(Dev *s) { return s->then; }`;
  const code = helpers + handlers("start(s);", "return passed(s);");
  expect(found({ members: "uint32_t then;", code })).toEqual(["then"]);
});

it("not what a read makes for itself, nor what stands behind a statement that sets it anew", () => {
  const fill = "static void fill(Dev *s) { s->cached = s->control; }";
  const both = fill + handlers("fill(s);", "fill(s); return s->cached;");
  expect(found({ members: "uint32_t cached;", code: both })).toEqual([]);
  const anew = handlers("s->level = s->control + 1;", "s->level = s->control; return s->level;");
  expect(found({ members: "uint32_t level;", code: anew })).toEqual([]);
  const arms = handlers("s->level = 1;", "switch (addr) { case 0: s->level = 2; break; case 1: return s->level; }");
  expect(found({ members: "uint32_t level;", code: arms })).toEqual(["level"]);
});

it("a written value that a variable, a helper or a copy carries there", () => {
  const use = "static uint32_t use(Dev *s) { return s->mode + s->bytes[0]; }";
  const members = "uint32_t mode; uint8_t bytes[8];";
  const local = handlers("uint32_t mode = value & 3; if (addr) { s->mode = mode; }", "");
  expect(found({ members, code: local + use })).toEqual(["mode"]);
  const helper = `static void set(Dev *s, uint32_t to) { if (to) { s->mode = to; } } ${handlers("set(s, value);", "")}`;
  expect(found({ members, code: helper + use })).toEqual(["mode"]);
  const copy = handlers("if (addr) { memcpy(s->bytes, &value, 8); }", "");
  expect(found({ members, code: copy + use })).toEqual(["bytes"]);
  expect(found({ members, code: handlers("if (addr) { s->mode = 1; }", "") + use })).toEqual([]);
});

it("not what a macro of a load hook sets", () => {
  const macro = "#define SET_MODE(s, m) ((s)->mode = (m))\n";
  const load =
    "static int dev_post_load(void *opaque, int v) { Dev *s = opaque; SET_MODE(s, s->control); return 0; }\n";
  const code = handlers("if (addr) { s->mode = value; }", "return s->mode;");
  const parts = { members: "uint32_t mode;", before: macro };
  expect(found({ ...parts, code })).toEqual(["mode"]);
  const put = handlers("if (addr) { SET_MODE(s, value); }", "return s->mode;");
  expect(found({ ...parts, code: put })).toEqual(["mode"]);
  expect(found({ ...parts, code: load + code, hooks: ".post_load = dev_post_load," })).toEqual([]);
});

it("not a value that one access leaves for its own helpers", () => {
  const helper = "uint32_t use(Dev *s) { return s->length; }\n";
  const code = (read: string): string => helper + handlers("s->length = value; use(s);", read);
  expect(found({ members: "uint32_t length;", code: code("") })).toEqual([]);
  expect(found({ members: "uint32_t length;", code: code("return use(s);") })).toEqual(["length"]);
});

it("not what is kept for messages", () => {
  const debug = "if (s->debug) { if (s->last == value) { s->repeats++; } s->last = value; }";
  const members = "uint32_t debug; uint32_t last; uint32_t repeats;";
  expect(found({ members, code: handlers(debug, "if (s->debug) { return s->last + s->repeats; }") })).toEqual([]);
});

it("a register that a bus hands data to, and a line that an input keeps", () => {
  const send = `static int dev_send(Dev *s, uint8_t data) { if (s->control) { s->pointer = data; } return 0; }
static uint8_t dev_recv(Dev *s) { return s->pointer; }
`;
  const slots = "I2CSlaveClass *k = I2C_SLAVE_CLASS(klass); k->send = dev_send; k->recv = dev_recv;";
  expect(found({ members: "uint8_t pointer;", code: send, slots })).toEqual(["pointer"]);
  const line = `static void dev_update(Dev *s) { if (s->level) { s->control |= 1; } }
static void dev_set(void *opaque, int n, int level) { Dev *s = opaque; s->level = level; dev_update(s); }
static void dev_later(void *opaque) { dev_update(opaque); }
static void dev_init(Object *obj) { qdev_init_gpio_in(DEVICE(obj), dev_set, 1); timer_new(0, dev_later, obj); }
`;
  expect(found({ members: "uint32_t level;", code: line })).toEqual(["level"]);
});

it.each([
  "qdev_init_gpio_in(DEVICE(obj), dev_set, 1)",
  "qemu_init_irq(&s->line, dev_set, s, 0)",
  "qemu_init_irqs(s->lines, 4, dev_set, s)",
  'qemu_init_irq_child(obj, "line", &s->line, dev_set, s, 0)',
])("a line is no write of the guest's: %s", (registered) => {
  const code = `static void dev_set(void *opaque, int n, int level) { Dev *s = opaque; s->level = level; }
static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; s->control = value; }
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; return s->level; }
static const MemoryRegionOps dev_ops = { .read = dev_read, .write = dev_write };
static void dev_init(Object *obj) { Dev *s = (Dev *)obj; ${registered}; }
`;
  const project = treeOf({ [path]: device({ members: "uint32_t level;", code }) });
  const [message, ...others] = diagnoseFile(project, path).flatMap((each) =>
    each.code === "state-not-saved" ? [each.message] : [],
  );
  expect(others).toEqual([]);
  expect(message).toContain("dev_set sets it from what comes in, and the guest reads it;");
});

it("handlers are those of tables, calls and class slots, or of a file that another one registers", () => {
  const code = `static void net_in(void *opaque, const uint8_t *buf, int size) { }
static void dev_realize(DeviceState *d, Error **errp) { qemu_chr_fe_set_handlers(0, 0, net_in, 0, 0, d, 0, true); }
static void old_write(void *opaque, hwaddr addr, uint32_t value) { }
static CPUWriteMemoryFunc * const old_ops[] = { old_write, old_write };
static void b(void *opaque, hwaddr addr, uint64_t value, unsigned size) { }
static const MemoryRegionOps ops = { .old_mmio = { .write = { b, b, b } } };
`;
  const project = treeOf({ [path]: device({ members: "", code }) });
  const { writes, inputs } = accessHandlers(project, path);
  expect([...writes]).toEqual([
    ["old_write", 2],
    ["b", 2],
  ]);
  expect([...inputs]).toEqual([["net_in", 1]]);
  const part =
    "void lib_write(void *opaque, hwaddr addr, uint64_t value) { } uint32_t lib_get(void *o, hwaddr addr) { return 0; }";
  const alone = accessHandlers(treeOf({ "hw/misc/lib.c": part }), "hw/misc/lib.c");
  expect([...alone.inputs]).toEqual([["lib_write", 2]]);
  expect([...alone.reads]).toEqual(["lib_get"]);
  expect(guestValues(project, path).size).toBe(0);
});

it("what a property sets and the guest's writes as well, unless only a reset goes by it", () => {
  const nic = "typedef struct Conf { struct { uint8_t a[6]; } macaddr; uint32_t id; } Conf;";
  const properties = 'static const Property props[] = { DEFINE_PROP_UINT32("nic", Dev, conf, 0) };\n';
  const parts = { before: nic, members: "Conf conf;" };
  const code = properties + handlers("stl_le_p(s->conf.macaddr.a, value);", "return s->conf.macaddr.a[0];");
  expect(found({ ...parts, code })).toEqual(["conf.macaddr.a"]);
  const fixed = properties + handlers("stl_le_p(s->conf.macaddr.a, 0);", "return s->conf.macaddr.a[0];");
  expect(found({ ...parts, code: fixed })).toEqual([]);
  const reset = "static void dev_reset(DeviceState *d) { Dev *s = (Dev *)d; s->control = s->conf.macaddr.a[0]; }\n";
  const only = properties + handlers("if (addr) { stl_le_p(s->conf.macaddr.a, value); }", "") + reset;
  expect(found({ ...parts, code: only })).toEqual([]);
});

it("a member of a struct that no table names a member of", () => {
  const none = device({
    members: "uint32_t size;",
    code: handlers("if (addr) { s->size = value; }", "return s->size;"),
  })
    .replace("VMSTATE_UINT32(control, Dev),", "")
    .replace('"device", .class', '"device", .instance_size = sizeof(Dev), .class');
  const findings = diagnoseFile(treeOf({ [path]: none }), path).filter(({ code }) => code === "state-not-saved");
  expect(findings.map(({ message }) => message.slice(0, 22))).toEqual(["dev does not save size"]);
});

it("what a property sets and the guest's writes as well", () => {
  const code = `static const Property dev_properties[] = { DEFINE_PROP_UINT32("base", Dev, base, 0), };
${handlers("s->base = value;", "return s->base;")}`;
  const members = "uint32_t base;";
  expect(found({ members, code })).toEqual(["base"]);
  expect(found({ members, code: code.replace("s->base = value;", "s->control = s->base;") })).toEqual([]);
  expect(found({ members, code, fields: "VMSTATE_UINT32(base, Dev)," })).toEqual([]);
});

const slotFiles = (fields: string): Readonly<Record<string, string>> => ({
  "include/hw/slot.h": "typedef struct Slot { uint32_t regs; uint32_t caps; uint8_t *ram; } Slot;\n",
  "hw/misc/slot.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/slot.h"
static const VMStateDescription vmstate_slot = { .name = "slot", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(regs, Slot), ${fields} VMSTATE_END_OF_LIST() } };
`,
});

it("a member of another device that it holds, which neither table has", () => {
  const parts: Parts = {
    before: '#include "hw/slot.h"',
    members: "Slot slots[2];",
    code: handlers("s->slots[addr & 1].caps = value; s->slots[0].regs = value;", "return s->slots[addr & 1].caps;"),
  };
  const lost = (fields: string) =>
    diagnoseFile(treeOf({ ...slotFiles(fields), [path]: device(parts) }), path).filter(
      ({ code }) => code === "state-not-saved",
    );
  const [finding, ...others] = lost("");
  expect(others).toEqual([]);
  expect(finding?.message).toContain("dev does not save slots.caps, and no post_load sets it.");
  expect(lost("VMSTATE_UINT32(caps, Slot),")).toEqual([]);
});

it("not what a pointer in another device leads to, which may be the guest's RAM", () => {
  const code = handlers("uint8_t *at = s->slots[0].ram + addr; *at = value;", "return s->slots[0].ram[addr];");
  const parts: Parts = { before: '#include "hw/slot.h"', members: "Slot slots[2];", code };
  const tree = treeOf({ ...slotFiles(""), [path]: device(parts) });
  expect(diagnoseFile(tree, path).filter(({ code: rule }) => rule === "state-not-saved")).toEqual([]);
});

it("a struct inside that has its name from another header's, which is saved", () => {
  const parts: Parts = {
    before: '#include "hw/port.h"',
    members: "",
    code: handlers("s->slots[addr & 1].caps = value;", "return s->slots[addr & 1].caps;"),
  };
  const declared = "typedef struct Dev { uint32_t control; struct Slot slots[2]; } Dev;\n";
  const tree = treeOf({
    ...slotFiles("VMSTATE_UINT32(caps, Slot),"),
    "include/hw/port.h": `struct Slot { uint32_t caps; };\n${declared}`,
    [path]: device(parts).replace(/typedef struct Dev .*\n/, ""),
  });
  const lost = diagnoseFile(tree, path).filter(({ code }) => code === "state-not-saved");
  expect(lost.map(({ message }) => message)).toEqual([expect.stringContaining("dev does not save slots.caps,")]);
});

it("a struct inside, in functions that are given only that", () => {
  const queue = "typedef struct Queue { uint8_t data[16]; uint8_t head; uint8_t count; } Queue;";
  const helpers = `static void push(Queue *q, uint8_t v) { q->data[(q->head + q->count) & 15] = v; q->count++; }
static uint8_t pop(Queue *q) { uint8_t v = q->data[q->head]; q->head = (q->head + 1) & 15; q->count--; return v; }
`;
  const code = helpers + handlers("push(&s->q, value);", "return pop(&s->q);");
  const fields = "VMSTATE_UINT8_ARRAY(q.data, Dev, 16), VMSTATE_UINT8(q.count, Dev),";
  expect(found({ before: queue, members: "Queue q;", code, fields })).toEqual(["q.head"]);
  const channel = `typedef struct { uint32_t mode; } Channel;
static void start(Channel *c) { if (c->mode) { abort(); } }
`;
  const given = (members: string): readonly string[] =>
    found({
      before: channel,
      members,
      code: handlers("s->chan[addr & 3].mode = value;", "start(&s->chan[addr & 3]); return 0;"),
    });
  expect(given("Channel chan[4];")).toEqual(["chan.mode"]);
  // one of two that nobody tells apart
  expect(given("Channel chan[4]; Channel other;")).toEqual([]);
});

describe("what an access finds as an earlier one has left it", () => {
  const members = "uint32_t state;";
  const lost = (write: string, rest = "", helpers = ""): readonly string[] =>
    found({ members, code: helpers + handlers(write, rest) });

  it("the step that it is at, in the handler and in a helper", () => {
    const step = "switch (s->state) { case 0: s->state = 1; break; case 1: s->state = 2; s->control = value; break; }";
    expect(lost(step)).toEqual(["state"]);
    const helper = "static void next(Dev *s) { if (s->state == 2) { s->control = 0; } s->state++; }\n";
    expect(lost("next(s);", "", helper)).toEqual(["state"]);
  });

  it("not what is set on the way there", () => {
    const helper = "static void next(Dev *s) { if (s->state == 2) { s->control = 0; } }\n";
    expect(lost("s->state = addr & 3; next(s);", "", helper)).toEqual([]);
    expect(lost("pci_dma_read(0, value, &s->state, 4); next(s);", "", helper)).toEqual([]);
    const begin = "static void begin(Dev *s) { s->state = 2; }\n";
    expect(lost("begin(s); next(s);", "", helper + begin)).toEqual([]);
  });

  it("nor a mark that the handler takes back, and what has been told", () => {
    expect(lost("if (s->state) { return; } s->state = 1; s->control = value; s->state = 0;")).toEqual([]);
    expect(lost("if (s->state != 1) { s->state = 1; DB_PRINT(value); } else if (value) { s->state = 2; }")).toEqual([
      "state",
    ]);
    expect(lost("if (s->state != 1) { s->state = 1; DB_PRINT(value); }")).toEqual([]);
  });
});

it("a struct with a table of its own, by what it lies in", () => {
  const table = `typedef struct Box { uint32_t config; uint32_t data; } Box;
static const VMStateDescription vmstate_box = { .name = "box", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(data, Box), VMSTATE_END_OF_LIST() } };
`;
  const code = handlers("s->boxes[addr & 1].config = value;", "return s->boxes[addr & 1].config;");
  const fields = "VMSTATE_STRUCT_ARRAY(boxes, Dev, 2, 1, vmstate_box, Box),";
  expect(found({ before: table, members: "Box boxes[2];", code, fields })).toEqual(["config"]);
});

it("what the handlers come to through pointers that the file sets", () => {
  const code = `typedef struct Reg { void (*set)(Dev *s, uint32_t v); uint32_t (*get)(Dev *s); } Reg;
static void set_mode(Dev *s, uint32_t v) { if (s->control) { s->mode = v; } }
static uint32_t get_mode(Dev *s) { return s->mode; }
static const Reg regs[] = { { .set = set_mode, .get = get_mode } };
${handlers("regs[addr].set(s, value);", "return regs[addr].get(s);")}`;
  expect(found({ members: "uint32_t mode;", code })).toEqual(["mode"]);
});

it("what a post_load only holds to its range", () => {
  const hook = (body: string): string =>
    `static int dev_post_load(void *opaque, int v) { Dev *s = opaque; ${body} return 0; }\n`;
  const code = handlers("s->divider = value;", "return s->divider;");
  const lost = (body: string): readonly string[] =>
    found({ members: "uint32_t divider;", code: hook(body) + code, hooks: ".post_load = dev_post_load," });
  expect(lost("s->divider &= 0xff;")).toEqual(["divider"]);
  expect(lost("s->divider = s->divider % 7;")).toEqual(["divider"]);
  expect(lost("s->divider = s->control & 0xff;")).toEqual([]);
});

it("what a bus hands in, whether it is given back by the same function or not", () => {
  const usb = (
    arms: string,
  ): string => `static void dev_control(Dev *s, USBPacket *p, int request, int value, uint8_t *data)
{ switch (request) { ${arms} } }
`;
  const uc = "USBDeviceClass *k = USB_DEVICE_CLASS(klass); k->handle_control = dev_control;";
  const number = usb("case 1: s->idle = value >> 8; break; case 2: data[0] = s->idle; break;");
  expect(found({ members: "uint8_t idle;", code: number, slots: uc })).toEqual(["idle"]);
  const bytes = usb("case 3: memcpy(&s->line, data, 1); break; case 4: data[0] = s->line; break;");
  expect(found({ members: "uint8_t line;", code: bytes, slots: uc })).toEqual(["line"]);
  const smbus = `static int dev_put(Dev *s, uint8_t *buf, uint8_t len) { s->command = *buf; return 0; }
static uint8_t dev_get(Dev *s) { return s->command; }
`;
  const sc = "SMBusDeviceClass *k = SMBUS_DEVICE_CLASS(klass); k->write_data = dev_put; k->receive_byte = dev_get;";
  expect(found({ members: "uint8_t command;", code: smbus, slots: sc })).toEqual(["command"]);
  const ssi = `static uint32_t dev_transfer(Dev *s, uint32_t value) { return s->selected ? s->control : 0; }
static int dev_cs(Dev *s, bool select) { s->selected = !select; return 0; }
`;
  const pc = "SSIPeripheralClass *k = SSI_PERIPHERAL_CLASS(klass); k->transfer = dev_transfer; k->set_cs = dev_cs;";
  expect(found({ members: "bool selected;", code: ssi, slots: pc })).toEqual(["selected"]);
});

it("not what an info, or a table that copies, takes out of the stream", () => {
  const code = handlers("s->mode = value;", "return s->mode;");
  const members = "uint32_t mode;";
  const info = `static int get_mode(QEMUFile *f, void *pv, size_t size, const VMStateField *field) { Dev *s = pv; s->mode = qemu_get_be32(f); return 0; }
static int put_mode(QEMUFile *f, void *pv, size_t size, const VMStateField *field, JSONWriter *d) { return 0; }
static const VMStateInfo info_mode = { .name = "mode", .get = get_mode, .put = put_mode };
`;
  const field = '{ .name = "mode", .info = &info_mode, .size = 4, .offset = 0, .flags = VMS_SINGLE },';
  expect(found({ members, code })).toEqual(["mode"]);
  expect(found({ members, code: code + info, fields: field })).toEqual([]);
  const copy = `struct Tmp { Dev *parent; uint32_t mode; };
static int tmp_post_load(void *opaque, int v) { struct Tmp *t = opaque; t->parent->mode = t->mode; return 0; }
static const VMStateDescription vmstate_tmp = { .name = "tmp", .post_load = tmp_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(mode, struct Tmp), VMSTATE_END_OF_LIST() } };
`;
  expect(found({ members, code: code + copy, fields: "VMSTATE_WITH_TMP(Dev, struct Tmp, vmstate_tmp)," })).toEqual([]);
});

it("not where loading resets the device, nor what only decides about messages", () => {
  const members = "uint32_t mode;";
  const code = `static void dev_reset(Dev *s) { s->mode = 0; }
static int dev_post_load(void *opaque, int v) { dev_reset(opaque); return 0; }
${handlers("s->mode = value;", "return s->mode;")}`;
  expect(found({ members, code })).toEqual(["mode"]);
  expect(found({ members, code, hooks: ".post_load = dev_post_load," })).toEqual([]);
  const told = handlers("s->last = value;", 'if (s->last != addr) { pdebug("%x", s->last); }');
  expect(found({ members: "uint32_t last;", code: told })).toEqual([]);
});

it("where in a saved array the device is", () => {
  const members = "uint8_t fifo[16]; uint32_t wptr; uint32_t rptr;";
  const fifo = "VMSTATE_UINT8_ARRAY(fifo, Dev, 16),";
  const lost = (write: string, read: string, fields = fifo) => found({ members, fields, code: handlers(write, read) });
  const pushes = "s->fifo[s->wptr++ & 15] = value;";
  expect(lost(pushes, "return s->fifo[s->rptr++ & 15];")).toEqual(["wptr"]);
  const pops = "uint8_t v = s->fifo[s->rptr]; s->rptr = (s->rptr + 1) & 15; return v;";
  expect(lost("s->control = value;", pops)).toEqual(["rptr"]);
  expect(lost("s->control = value;", pops, `${fifo} VMSTATE_UINT32(rptr, Dev),`)).toEqual([]);
  // a counter of one run
  const all = "for (s->wptr = 0; s->wptr < 16; s->wptr++) { s->fifo[s->wptr] = 0; }";
  expect(lost(`s->wptr = 0; ${all}`, "return 0;")).toEqual([]);
  // nobody has saved what it points into
  expect(lost("s->control = value;", pops, "")).toEqual([]);
});

it("not what loading sets in a bottom half", () => {
  const code = (hooked: string, realized: string): string => `${handlers("s->speed = value;", "return s->speed;")}
static void again(void *opaque) { Dev *s = opaque; s->speed = s->control >> 4; }
static void dev_init(Dev *s) { ${realized} }
static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; ${hooked} return 0; }`;
  const lost = (hooked: string, realized: string): readonly string[] =>
    found({
      members: "uint32_t speed; QEMUBH *bh;",
      code: code(hooked, realized),
      hooks: ".post_load = dev_post_load,",
    });
  expect(lost("", "s->bh = qemu_bh_new(again, s);")).toEqual(["speed"]);
  expect(lost("qemu_bh_schedule(s->bh);", "s->bh = qemu_bh_new(again, s);")).toEqual([]);
  expect(lost("timer_mod(s->late, 5);", "s->late = timer_new_ns(QEMU_CLOCK_VIRTUAL, again, s);")).toEqual(["speed"]);
});

it.each([
  ["a function that gives back an address", "*slot(s, addr) = value;", "return *slot(s, addr);"],
  ["the same in a variable", "uint32_t *p = slot(s, addr); if (p) { *p = value; }", "return *slot(s, addr);"],
  ["a pointer that walks", "uint32_t *p = s->bank; p += addr; *p = value;", "return s->bank[addr];"],
  ["a sum", "*(s->bank + addr) = value;", "return *(s->bank + addr);"],
  ["a copy to a sum", "memcpy(s->bank + addr, &value, size);", "return s->bank[addr];"],
  ["one of two", "uint32_t *p = addr ? &s->control : &s->bank[1]; *p = value;", "return s->bank[1];"],
])("what is reached by %s", (_, write, read) => {
  const slot = `static uint32_t *slot(Dev *s, hwaddr addr)
{
    switch (addr) {
    case 0:
        return &s->control;
    case 8:
        return NULL;
    default:
        return &s->bank[addr & 7];
    }
}`;
  const parts = { members: "uint32_t bank[8]; uint32_t other[8];", code: slot + handlers(write, read) };
  expect(found(parts)).toEqual(["bank"]);
  expect(found({ ...parts, fields: "VMSTATE_UINT32_ARRAY(bank, Dev, 8)," })).toEqual([]);
});

it("what nothing goes by but the guest is information, also where a copy sets it", () => {
  const code = handlers("memcpy(s->bank + addr, &value, size);", "memcpy(&addr, s->bank + addr, size); return addr;");
  const all = diagnoseFile(treeOf({ [path]: device({ members: "uint8_t bank[8];", code }) }), path);
  expect(all.flatMap(({ code, severity }) => (code === "state-not-saved" ? severity : []))).toEqual(["information"]);
});

it("not the requests that a device has under way", () => {
  const before = "typedef struct Job { uint32_t tag; SCSIRequest *req; } Job;";
  const take = "static Job *take(Dev *s, uint32_t tag) { return &s->jobs[tag & 7]; }";
  const code = take + handlers("Job *j = take(s, addr); j->tag = value;", "return take(s, addr)->tag;");
  expect(found({ before, members: "Job jobs[8];", code })).toEqual([]);
  expect(found({ before: before.replace("SCSIRequest *req;", ""), members: "Job jobs[8];", code })).toEqual([
    "jobs.tag",
  ]);
});
