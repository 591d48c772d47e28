/** A file being typed: whatever stands before the place of typing is read as if the file were whole. */
import { describe, expect, it } from "vitest";
import { fieldNames, treeOf } from "../tree";

const file = "hw/a.c";
const code = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"

typedef struct State {
    SysBusDevice parent_obj;
    uint32_t irr;
    uint8_t id;
} State;

#define LIST(s) \\
    VMSTATE_UINT32(irr, s), \\
    VMSTATE_UINT8(id, s)

static const VMStateDescription vmstate_first = {
    .name = "first",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        LIST(State),
        VMSTATE_END_OF_LIST()
    },
};

#ifdef CONFIG_FANCY
static bool fancy_needed(void *opaque)
{
    State *s = opaque; /* a comment with ' and " */

    return s->id != '"';
}
#endif

static const VMStateDescription vmstate_second = {
    .name = "second",
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(irr, State, 1, vmstate_first, State),
#if defined(TARGET_I386)
        VMSTATE_UINT8(id, State),
#endif
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const[]) {
        &vmstate_first,
        NULL
    }
};

static void a_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_second;
}

static const TypeInfo a_info = {
    .name = "a",
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(State),
    .class_init = a_class_init,
};

static void a_register(void)
{
    type_register_static(&a_info);
}

type_init(a_register)
`;

describe("a file cut off anywhere", () => {
  const ends = ["vmstate_first = {", "vmstate_second = {"].map((head) => code.indexOf("};", code.indexOf(head)) + 2);
  const expected = [
    ["irr", "id"],
    ["irr", "id"],
  ];
  const cuts: number[] = [];
  for (let cut = 0; cut <= code.length; cut += 7) cuts.push(cut);

  function check(text: string, cut: number): void {
    const project = treeOf({ [file]: text });
    const found = [...project.descriptions()].filter((d) => d.file === file);
    for (const description of found) for (const field of description.fields) void [field.size, field.num, field.offset];
    for (const type of project.types()) void project.ancestry(type.name);
    void [...project.registrations()];
    ends.forEach((end, k) => {
      if (end <= cut) expect(fieldNames(found[k] ?? { fields: [] }), `cut at ${cut}`).toEqual(expected[k]);
    });
  }

  it("keeps the tables before the cut", () => {
    for (const cut of cuts) check(code.slice(0, cut), cut);
  });

  it("keeps them with the rest of the file behind a hole", () => {
    for (const cut of cuts.filter((_, k) => k % 3 === 0))
      check(`${code.slice(0, cut)}\n${code.slice(Math.min(code.length, cut + 40))}`, cut);
  });

  it("reads what follows a table that is being typed", () => {
    const typed = code.replace(
      "        LIST(State),\n        VMSTATE_END_OF_LIST()\n    },\n};",
      "        VMSTATE_UINT32(",
    );
    const project = treeOf({ [file]: typed });
    expect(project.description("vmstate_second", file)).toBeDefined();
    expect(project.type("a")?.descriptions.map((d) => d.reference.symbol)).toEqual(["vmstate_second"]);
  });
});
