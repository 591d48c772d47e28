/** What a simulation between two versions cannot decide is said beside its outcome. */
import { expect, it } from "vitest";
import { openQuestions } from "../../core/compat";
import { treeOf } from "../tree";

const device = (subsections: string, size: string) =>
  treeOf({
    "hw/dev.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Dev { uint32_t a; int32_t length; } Dev;
static int get_int32_le(QEMUFile *f, void *pv, size_t size, const VMStateField *field) { return 0; }
const VMStateInfo vmstate_info_int32_le = { .name = "int32 le", .get = get_int32_le };
static bool dev_more_needed(void *opaque) { Dev *s = opaque; return s->a != 0; }
static const VMStateDescription vmstate_dev_more = { .name = "dev/more", .version_id = 1, .minimum_version_id = 1,
    .needed = dev_more_needed, .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Dev), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        { .name = "length", .size = 4, .info = &vmstate_info_int32_le, .flags = VMS_SINGLE, .offset = offsetof(Dev, length) },
        VMSTATE_END_OF_LIST() },
    ${subsections} };
static void dev_realize(DeviceState *d, Error **errp) { Dev *s = (Dev *)d; s->length = ${size}; }
static void dev_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_dev; dc->realize = dev_realize; }
static const TypeInfo dev = { .name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init };
`,
  });

const plain = device("", "4");
const more = device(".subsections = (const VMStateDescription *const[]) { &vmstate_dev_more, NULL },", "4");

it("a subsection that may be sent, and values that are compared with the destination's own", () => {
  expect(openQuestions(more, plain, undefined, ["0000:00:01.0/dev"])).toEqual([
    expect.stringContaining("the source may send subsection dev/more"),
  ]);
  expect(openQuestions(plain, device("", "8"), undefined, ["dev"])).toEqual([
    expect.stringContaining("the destination refuses the stream if dev/length is larger than its own"),
  ]);
});

it("nothing of sections that the stream has not, nor of two versions that are alike", () => {
  expect(openQuestions(more, plain, undefined, ["other"])).toEqual([]);
  expect(openQuestions(plain, more, undefined, ["dev"])).toEqual([]);
  expect(openQuestions(more, more, undefined, ["dev"])).toEqual([]);
});
