/** state-not-saved: a table in one file, and what the guest's accesses set in others. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";

const header = `
typedef struct Counter { uint32_t latch; uint32_t mode; uint8_t off; } Counter;
typedef struct ClockBase { DeviceState parent_obj; uint32_t control; uint32_t extra; Counter counters[2]; } ClockBase;
typedef struct ClockClass { DeviceClass parent_class; void (*load)(ClockBase *s); } ClockClass;
`;

const common = (fields: string): string => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "clock.h"
static int clock_post_load(void *opaque, int version_id)
{
    ClockBase *s = opaque;
    ClockClass *k = CLOCK_GET_CLASS(s);
    if (k->load) {
        k->load(s);
    }
    return 0;
}
static const VMStateDescription vmstate_counter = { .name = "counter", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(latch, Counter), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_clock = { .name = "clock", .version_id = 1, .minimum_version_id = 1,
    .post_load = clock_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, ClockBase),
        VMSTATE_STRUCT_ARRAY(counters, ClockBase, 2, 1, vmstate_counter, Counter),
        ${fields}
        VMSTATE_END_OF_LIST() } };
static void clock_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_clock; }
static const TypeInfo clock = { .name = "clock-common", .parent = "device", .abstract = true,
    .instance_size = sizeof(ClockBase), .class_init = clock_class_init };
`;

const child = (parent: string, load = ""): string => `#include "qemu/osdep.h"
#include "clock.h"
static void chip_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    ClockBase *s = opaque;
    Counter *c = &s->counters[addr & 1];
    s->extra = value;
    c->mode = value & 7;
    c->off = value >> 7;
}
static uint64_t chip_read(void *opaque, hwaddr addr, unsigned size)
{
    ClockBase *s = opaque;
    Counter *c = &s->counters[addr & 1];
    if (s->extra) {
        return c->mode + c->off;
    }
    return 0;
}
static const MemoryRegionOps chip_ops = { .write = chip_write, .read = chip_read };
static void chip_load(ClockBase *s) { ${load} }
static void chip_class_init(ObjectClass *klass, const void *data)
{ ClockClass *k = CLOCK_CLASS(klass); k->load = chip_load; }
static const TypeInfo chip = { .name = "chip", .parent = "${parent}",
    .instance_size = sizeof(ClockBase), .class_init = chip_class_init };
`;

const found = (fields: string, chip: string, where = "hw/timer/chip.c"): readonly string[] => {
  const path = "hw/timer/common.c";
  const files = { "include/clock.h": header, [path]: common(fields), [where]: chip };
  return diagnoseFile(treeOf(files), path).flatMap(({ code, message }) =>
    code === "state-not-saved" ? [message.split(" and no post_load")[0]?.replace("does not save ", "") ?? ""] : [],
  );
};

it("what a child's handlers set of its parent's struct, and of what lies in that", () => {
  const all = ["counter mode and off,", "clock extra,"];
  expect(found("", child("clock-common"))).toEqual(all);
  expect(found("", child("clock-common"), "hw/arm/chip.c")).toEqual(all);
});

it("not what the tables have, what the table around them has, or what a child's method sets on loading", () => {
  expect(found("VMSTATE_UINT32(extra, ClockBase),", child("clock-common"))).toEqual(["counter mode and off,"]);
  const around = "VMSTATE_UINT8(counters[0].off, ClockBase),";
  expect(found(around, child("clock-common"))).toEqual(["counter mode,", "clock extra,"]);
  expect(found("", child("clock-common", "s->extra = s->control;"))).toEqual(["counter mode and off,"]);
});

it("not what another device does that has the struct as well", () => {
  expect(found("", child("device"))).toEqual([]);
  const helper = child("").split("static const TypeInfo")[0] ?? "";
  expect(found("", helper.replace(/static void chip_class_init[^}]*\}/, ""))).toHaveLength(2);
});
