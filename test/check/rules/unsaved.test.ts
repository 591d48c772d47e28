/** State outside of tables: clocks, requests under way, devices without a table. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../core/check";
import { treeOf } from "../../tree";

function found(code: string, files: Readonly<Record<string, string>>, path: string) {
  return diagnoseFile(treeOf(files), path).filter((each) => each.code === code);
}

const head = '#include "qemu/osdep.h"\n#include "migration/vmstate.h"\n#include "hw/sysbus.h"\n';

const rtc = (postLoad: string): string => `${head}
typedef struct Rtc { uint32_t offset; uint32_t offset_saved; bool sent; } Rtc;
static int rtc_pre_save(void *opaque)
{
    Rtc *s = opaque;
    int64_t delta = qemu_clock_get_ns(rtc_clock) - qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    s->offset_saved = s->offset + delta;
    return 0;
}
static int rtc_post_load(void *opaque, int version_id)
{
    Rtc *s = opaque;
    ${postLoad}
    return 0;
}
static const VMStateDescription vmstate_rtc = { .name = "rtc", .version_id = 1, .minimum_version_id = 1,
    .pre_save = rtc_pre_save, .post_load = rtc_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(offset_saved, Rtc), VMSTATE_END_OF_LIST() } };
`;

const convert = "int64_t now = qemu_clock_get_ns(rtc_clock); s->offset = s->offset_saved - now;";

it("clock-difference: a time is worked back with the destination's clock", () => {
  const [finding] = found("clock-difference", { "hw/rtc/rtc.c": rtc(convert) }, "hw/rtc/rtc.c");
  expect(finding?.message).toContain("rtc saves offset_saved as a time of its own");
});

it("clock-difference: not where only old streams are worked back, or no clock is read", () => {
  const old = { "hw/rtc/rtc.c": rtc(`if (!s->sent) { ${convert} }`) };
  expect(found("clock-difference", old, "hw/rtc/rtc.c")).toEqual([]);
  const ternary = {
    "hw/rtc/rtc.c": rtc(`int64_t now = s->sent ? 0 : qemu_clock_get_ns(rtc_clock); s->offset = s->offset_saved - now;`),
  };
  expect(found("clock-difference", ternary, "hw/rtc/rtc.c")).toEqual([]);
  const plain = { "hw/rtc/rtc.c": rtc("s->offset = s->offset_saved;") };
  expect(found("clock-difference", plain, "hw/rtc/rtc.c")).toEqual([]);
});

const requests = (emulate: string): string => `${head}
struct ReqOps { size_t size; void (*save_request)(QEMUFile *f, void *req); void (*load_request)(QEMUFile *f, void *req); };
typedef struct ReqOps ReqOps;
static const struct ReqOps emulate_ops = { .size = 4, ${emulate} };
static const struct ReqOps dma_ops = { .size = 4, .save_request = dma_save, .load_request = dma_load };
`;

it("save-hook-missing: operations of the same kind in the file save what is under way", () => {
  const [finding] = found("save-hook-missing", { "hw/scsi/disk.c": requests("") }, "hw/scsi/disk.c");
  expect(finding?.message).toContain("emulate_ops sets neither save_request nor load_request, and dma_ops sets both");
  const dispatch = "static const ReqOps *const dispatch[2] = { [0] = &emulate_ops, [1] = &dma_ops };";
  const full = requests(".save_request = dma_save, .load_request = dma_load");
  expect(found("save-hook-missing", { "hw/scsi/disk.c": full + dispatch }, "hw/scsi/disk.c")).toEqual([]);
  const both = ".save_request = e_save, .load_request = e_load";
  expect(found("save-hook-missing", { "hw/scsi/disk.c": requests(both) }, "hw/scsi/disk.c")).toEqual([]);
});

it("device-without-table: what reset sets and another file of the folder changes", () => {
  const header = "typedef struct Zdev { DeviceState parent; uint32_t handle; uint32_t uid; } Zdev;\n";
  const bus = `${head}#include "zdev.h"
static void zdev_reset(DeviceState *dev) { Zdev *z = (Zdev *)dev; z->handle = 0; }
static void zdev_class_init(ObjectClass *klass, const void *data) { DeviceClass *dc = DEVICE_CLASS(klass); dc->reset = zdev_reset; }
static const TypeInfo zdev = { .name = "zdev", .parent = "device", .instance_size = sizeof(Zdev), .class_init = zdev_class_init };
`;
  const inst = (set: string): string => `${head}#include "zdev.h"\nint zdev_call(Zdev *z) { ${set}; return 0; }\n`;
  const files = (set: string) => ({ "hw/z/zdev.h": header, "hw/z/bus.c": bus, "hw/z/inst.c": inst(set) });
  const [finding] = found("device-without-table", files("z->handle |= 1"), "hw/z/bus.c");
  expect(finding?.message).toContain("zdev has state that changes while the guest runs (handle)");
  expect(found("device-without-table", files("z->uid = 1"), "hw/z/bus.c")).toEqual([]);
});
