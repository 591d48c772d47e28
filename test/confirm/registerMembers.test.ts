/** Which members a register's handler goes by. */
import { expect, it } from "vitest";
import { membersRead } from "../../core/confirm/registerMembers";
import { treeOf } from "../tree";

const source = `#include "qemu/osdep.h"
#define STATUS 0x10
typedef struct Part { uint32_t count; } Part;
typedef struct Dev { uint32_t control; uint32_t mask; uint8_t bank[16]; Part part; uint32_t other; } Dev;
static uint32_t part_read(Part *p, int index) { return index == 2 ? p->count : 0; }
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{
    Dev *s = opaque;
    switch (addr) {
    case 0x0:
        return s->control;
    case STATUS ... STATUS + 3:
        s->other = 1;
        return s->mask & s->control;
    case 0x20:
        return part_read(&s->part, addr >> 4);
    case 0x30:
        return part_read(&s->part, 1);
    case 0x34: {
        Part *p = &s->part;
        return p->count;
    }
    default:
        return s->other;
    }
}
static uint64_t bank_read(void *opaque, hwaddr addr, unsigned size)
{ Dev *s = opaque; if (addr < 4) { return s->bank[addr]; } return addr == 4 ? s->mask : s->other; }
static const MemoryRegionOps dev_ops = { .read = dev_read, .endianness = DEVICE_LITTLE_ENDIAN };
static const MemoryRegionOps bank_ops = { .read = bank_read, .impl = { .min_access_size = 1, .max_access_size = 1 } };
static void dev_init(Object *obj)
{
    Dev *s = (Dev *)obj;
    memory_region_init_io(&s->regs, obj, &dev_ops, s, "dev-regs", 0x100);
    memory_region_init_io(&s->bytes, obj, &bank_ops, s, "dev-bank", 0x10);
}
static const TypeInfo dev = { .name = "dev", .parent = "device", .instance_init = dev_init };
`;

const shared = `#include "qemu/osdep.h"
typedef struct Core { uint32_t state; MemoryRegion regs; } Core;
static uint64_t core_read(void *opaque, hwaddr addr, unsigned size)
{ Core *s = opaque; return s->state; }
static const MemoryRegionOps core_ops = { .read = core_read };
void core_init(Core *s, Object *obj)
{ memory_region_init_io(&s->regs, obj, &core_ops, s, "core-regs", 4); }
`;

const project = treeOf({ "hw/misc/dev.c": source, "hw/misc/core.c": shared });
const read = (region: string, offset: number, values: readonly [string, string] = ["ffffffff", "0"], type = "dev") =>
  [...membersRead(project, { type, region, offset, bytes: 4, before: values[0], after: values[1] })].sort();

it.each<[string, number, readonly string[]]>([
  ["of its case", 0, ["Dev control"]],
  ["of a range, without what is only set", 0x12, ["Dev control", "Dev mask"]],
  ["of a function that is called there", 0x20, ["Dev part.count", "Part count"]],
  ["not of what that function does for others", 0x30, []],
  ["of what an address leads to, not of what it is taken of", 0x34, ["Dev part.count", "Part count"]],
  ["of what is left", 0x40, ["Dev other"]],
])("%s", (_, offset, members) => {
  expect(read("dev-regs", offset)).toEqual(members);
});

it("byte by byte where its table says so, and only of bytes that differ", () => {
  expect(read("dev-bank", 0)).toEqual(["Dev bank"]);
  expect(read("dev-bank", 4, ["ff", "0"])).toEqual(["Dev mask"]);
  expect(read("dev-bank", 4, ["ff00", "0"])).toEqual(["Dev other"]);
});

it("of a part that another file of the folder makes", () => {
  expect(read("core-regs", 0)).toEqual(["Core state"]);
});

it("of nobody, where the region or the type is not the source's", () => {
  expect(read("elsewhere", 0)).toEqual([]);
  expect(read("dev-regs", 0, ["1", "0"], "nobody")).toEqual([]);
});
