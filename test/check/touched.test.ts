import { expect, it } from "vitest";
import { skim } from "../../core/c/skim";
import { tablesTouched } from "../../core/check/touched";
import { treeOf } from "../tree";

const fields = (struct: string, member: string) => `.name = "${member}", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(${member}, ${struct}), VMSTATE_END_OF_LIST() } };`;
const header = "hw/demo/demo.h";
const files = {
  [header]: `#define DEMO_REGS 4
typedef struct DemoPart { uint32_t kind; } DemoPart;
typedef struct DemoChip { uint32_t ctl; DemoPart parts[DEMO_REGS]; } DemoChip;
typedef struct DemoOther { uint32_t level; } DemoOther;
`,
  "hw/demo/chip.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/demo/demo.h"
static const VMStateDescription vmstate_chip = { ${fields("DemoChip", "ctl")}
`,
  "hw/demo/other.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/demo/demo.h"
static const VMStateDescription vmstate_other = { ${fields("struct DemoOther", "level")}
`,
  "hw/demo/code.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/demo/demo.h"
static void demo_write(DemoChip *s) { s->ctl = 1; }
static int demo_count;
`,
};

/** What a change of one file touches, besides it. */
function touched(path: keyof typeof files | "hw/demo/new.c", after: string | undefined): readonly string[] {
  const stateOf = (text: string | undefined) => (text === undefined ? undefined : { facts: skim(path, text), text });
  const before = (files as Readonly<Record<string, string>>)[path];
  return [...tablesTouched(treeOf(files), [{ before: stateOf(before), after: stateOf(after) }])];
}

const changed = (path: keyof typeof files, from: string, to: string) => touched(path, files[path].replace(from, to));

it("is the tables of structs that a changed declaration names", () => {
  expect(changed("hw/demo/code.c", "= 1", "= 2")).toEqual(["hw/demo/chip.c"]);
  expect(changed("hw/demo/code.c", "demo_count", "demo_number")).toEqual([]);
  expect(changed(header, "uint32_t level", "uint64_t level")).toEqual(["hw/demo/other.c"]);
});

it("is the tables of what is made of a type or a macro that changed beside it", () => {
  expect(changed(header, "uint32_t kind", "uint64_t kind")).toEqual(["hw/demo/chip.c"]);
  expect(changed(header, "DEMO_REGS 4", "DEMO_REGS 8")).toEqual(["hw/demo/chip.c"]);
});

it("counts what came and what went, and not where it stands or how it is indented", () => {
  expect(touched("hw/demo/new.c", "static void demo_read(struct DemoOther *s) {}")).toEqual(["hw/demo/other.c"]);
  expect(touched("hw/demo/code.c", undefined)).toEqual(["hw/demo/chip.c"]);
  expect(changed("hw/demo/code.c", "static void", "static int more;\n\nstatic  void")).toEqual([]);
});
