import { expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { exampleHeaders, treeOf } from "../../../tree";

const vmstate = "include/migration/vmstate.h";
const header = (exampleHeaders[vmstate] ?? "").replace(
  "VMS_END =",
  "VMS_VBUFFER = 0x100, VMS_ALLOC = 0x2000, VMS_END =",
);

const device = (field: string, realize: string, more = ""): string => `#include "migration/vmstate.h"
#define VMSTATE_SIZED(member, state, bytes, flag) { \\
    .name = #member, .info = &vmstate_info_buffer, .size_offset = offsetof(state, bytes), \\
    .flags = VMS_VBUFFER | VMS_POINTER flag, .offset = offsetof(state, member) }
#define VMSTATE_VBUFFER_ALLOC_UINT32(member, state, bytes) VMSTATE_SIZED(member, state, bytes, | VMS_ALLOC)
#define VMSTATE_VBUFFER_UINT32(member, state, bytes) VMSTATE_SIZED(member, state, bytes, )
typedef struct Inner { void *buf; } Inner;
typedef struct Dev { MemoryRegion mem; void *sram; void *other; uint32_t bytes; Inner in; } Dev;
static void demo_realize(DeviceState *dev, Error **errp)
{
    Dev *s = DEV(dev);
    ${realize}
}
${more}
static const VMStateDescription vmstate_demo = {
    .name = "demo", .version_id = 1, .minimum_version_id = 1, ${more === "" ? "" : ".post_load = demo_post_load,"}
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(bytes, Dev),
        ${field}
        VMSTATE_END_OF_LIST()
    },
};
static void demo_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_demo;
    dc->realize = demo_realize;
}
static const TypeInfo demo = { .name = "demo", .parent = "device", .class_init = demo_class_init };
`;

const allocating = "VMSTATE_VBUFFER_ALLOC_UINT32(sram, Dev, bytes),";
const made = 'memory_region_init_ram_device_ptr(&s->mem, OBJECT(dev), "sram", s->bytes, s->sram);';

function found(code: string) {
  const files = { [vmstate]: header, "hw/x/demo.c": code };
  return diagnoseFile(treeOf(files), "hw/x/demo.c").filter((each) => each.code === "ram-buffer-replaced");
}

it("is told of a buffer that a region is made of, with the macro that loads into it", () => {
  for (const realize of [
    made,
    `s->sram = g_malloc0(4096); ${made.replace("_device", "")}`,
    'void *mem = g_malloc0(64); memory_region_init_ram_ptr(&s->mem, OBJECT(dev), "sram", 64, mem); s->sram = mem;',
  ]) {
    const code = device(allocating, realize);
    const [finding, ...others] = found(code);
    expect(finding?.message).toContain("Use VMSTATE_VBUFFER_UINT32, which loads into the buffer that is there");
    expect(finding?.related[0]?.message).toBe("demo_realize makes guest memory of it");
    expect(others).toEqual([]);
    const [edit] = finding?.fixes[0]?.edits ?? [];
    const { start = 0, end = 0 } = edit?.range ?? {};
    expect(found(code.slice(0, start) + (edit?.text ?? "") + code.slice(end))).toEqual([]);
  }
});

it("and of one in a struct inside", () => {
  const field = "VMSTATE_VBUFFER_ALLOC_UINT32(in.buf, Dev, bytes),";
  expect(found(device(field, made.replace("s->sram)", "s->in.buf)")))).toHaveLength(1);
});

it("but not of one that is loaded where it is, of another member's region, nor where post_load sees to it", () => {
  expect(found(device(allocating.replace("_ALLOC", ""), made))).toEqual([]);
  expect(found(device(allocating, made.replace("s->sram)", "s->other)")))).toEqual([]);
  expect(found(device(allocating, "s->sram = g_malloc0(4096);"))).toEqual([]);
  const again = `static int demo_post_load(void *opaque, int version_id)
{ Dev *s = opaque; demo_map(&s->mem, s->sram); return 0; }`;
  expect(found(device(allocating, made, again))).toEqual([]);
});
