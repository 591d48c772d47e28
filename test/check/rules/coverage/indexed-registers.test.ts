/** state-not-saved: registers in memory that a device allocates, and an array of them that named ones lie over. */
import { expect, it } from "vitest";
import { allCoverage, otherMembers } from "../../../../core/code";
import { type Diagnostic, diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";

const path = "hw/misc/dev.c";

interface Parts {
  readonly members: string;
  readonly write: string;
  readonly read: string;
  readonly realize?: string;
  readonly fields?: string;
  readonly hooks?: string;
  readonly code?: string;
}

const device = ({
  members,
  write,
  read,
  realize = "",
  fields = "",
  hooks = "",
  code = "",
}: Parts): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { uint32_t control; ${members} } Dev;
${code}
static void put(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Dev *s = opaque; ${write} }
static uint64_t get(void *opaque, hwaddr addr, unsigned size) { Dev *s = opaque; ${read} }
static const MemoryRegionOps dev_ops = { .write = put, .read = get };
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(control, Dev), ${fields} VMSTATE_END_OF_LIST() } };
static void dev_realize(DeviceState *dev, Error **errp) { Dev *s = (Dev *)dev; ${realize} }
static void dev_unrealize(DeviceState *dev) { Dev *s = (Dev *)dev; s->control = 0; }
static void dev_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_dev; dc->realize = dev_realize; dc->unrealize = dev_unrealize; }
static const TypeInfo dev = { .name = "dev", .parent = "device", .class_init = dev_class_init };
`;

const found = (parts: Parts): readonly Diagnostic[] =>
  diagnoseFile(treeOf({ [path]: device(parts) }), path).filter(({ code }) => code === "state-not-saved");
const said = (parts: Parts): readonly string[] =>
  found(parts).map(({ message }) => message.slice(0, message.indexOf(",")));

const behind: Parts = {
  members: "uint32_t *regs; uint32_t count;",
  write: "s->regs[addr >> 2] = value;",
  read: "return s->regs[addr >> 2];",
  realize: "s->regs = g_new(uint32_t, s->count);",
};

it("registers in memory that the device allocates", () => {
  expect(said(behind)).toEqual(["dev does not save regs"]);
  const zeroed = "s->regs = g_malloc0(s->count * 4); if (!s->count) { s->regs = NULL; }";
  expect(said({ ...behind, realize: zeroed })).toEqual(["dev does not save regs"]);
  const through = "uint32_t *reg = s->regs + (addr >> 2); *reg = value;";
  expect(said({ ...behind, write: through })).toEqual(["dev does not save regs"]);
});

it("not where a field names them, loading makes them, or the guest cannot read them", () => {
  const field = `{ .name = "regs", .offset = offsetof(Dev, regs), .num_offset = offsetof(Dev, count), .size = 4,
    .info = &vmstate_info_uint32, .flags = VMS_VARRAY_UINT32 | VMS_POINTER },`;
  expect(said({ ...behind, fields: field })).toEqual([]);
  const code = "static int dev_post_load(void *opaque, int v) { Dev *s = opaque; s->regs[0] = s->control; return 0; }";
  expect(said({ ...behind, code, hooks: ".post_load = dev_post_load," })).toEqual([]);
  expect(said({ ...behind, read: "return 0;" })).toEqual([]);
});

it("not where the memory is somebody else's, or the guest's RAM", () => {
  expect(said({ ...behind, realize: "s->regs = other_regs(dev);" })).toEqual([]);
  expect(said({ ...behind, realize: "s->regs = g_new(uint32_t, 4); share(&s->regs);" })).toEqual([]);
  expect(said({ ...behind, write: "s->regs[1] = value; s->regs = g_new(uint32_t, value);" })).toEqual([]);
  const ram = 'memory_region_init_ram_ptr(&s->mem, dev, "ram", 16, s->regs);';
  const members = `MemoryRegion mem; ${behind.members}`;
  expect(said({ ...behind, members, realize: `${behind.realize} ${ram}` })).toEqual([]);
});

it("coverage counts such memory among what is looked at, other pointers as unseen", () => {
  const unseen = (parts: Parts): readonly string[] => {
    const project = treeOf({ [path]: device(parts) });
    return [...allCoverage(project)].flatMap((each) =>
      otherMembers(project, each).flatMap(({ name, why }) => (why === "unseen" ? [name] : [])),
    );
  };
  expect(unseen(behind)).toEqual([]);
  expect(unseen({ ...behind, realize: "s->regs = other_regs(dev);" })).toEqual(["regs"]);
});

const overlaid: Parts = {
  members: "union { uint32_t reg[6]; struct { uint32_t cmd; uint32_t status; uint32_t idle[2]; uint32_t mode; }; };",
  fields: "VMSTATE_UINT32(cmd, Dev), VMSTATE_UINT32(status, Dev), VMSTATE_UINT32(mode, Dev),",
  write: "s->reg[addr >> 2] = value;",
  read: "return s->reg[addr >> 2];",
};

it("registers by index of which only those with names are saved", () => {
  expect(said(overlaid)).toEqual(["dev does not save reg[2] and 2 more elements"]);
  const row = `${overlaid.fields} VMSTATE_UINT32_ARRAY(idle, Dev, 2),`;
  expect(said({ ...overlaid, fields: row })).toEqual(["dev does not save reg[5]"]);
  const through = "uint32_t *mmio = s->reg + (addr >> 2); *mmio = value;";
  expect(said({ ...overlaid, write: through })).toEqual(["dev does not save reg[2] and 2 more elements"]);
  expect(found(overlaid).map(({ severity }) => severity)).toEqual(["information"]);
});

it("not where the array is saved, all of it has names that are, or only such elements are written", () => {
  expect(said({ ...overlaid, fields: "VMSTATE_UINT32_ARRAY(reg, Dev, 6)," })).toEqual([]);
  const members = "union { uint16_t reg[3]; struct { uint16_t cmd; uint32_t status; } __attribute__((packed)); };";
  const all = "VMSTATE_UINT16(cmd, Dev), VMSTATE_UINT32(status, Dev),";
  expect(said({ ...overlaid, members, fields: all })).toEqual([]);
  expect(said({ ...overlaid, write: "s->reg[1] = value;" })).toEqual([]);
  expect(said({ ...overlaid, write: "s->reg[2] = value;" })).toHaveLength(1);
  expect(said({ ...overlaid, read: "return 0;" })).toEqual([]);
});
