/** A project of another state of a tree finds what a fresh one finds, and asks again only what may have another answer. */
import { describe, expect, it } from "vitest";
import { diagnoseProject } from "../../core/check";
import type { SourceTree } from "../../core/c/tree";
import { createProject, succeeded, successor } from "../../core/project";
import { workOf } from "../counted";
import { exampleHeaders } from "../tree";

const device = (name: string, more: string): string => `#include "migration/vmstate.h"
#include "hw/${name}.h"
static int ${name}_post_load(void *opaque, int version_id)
{
    ${name}State *s = opaque;
    s->regs[s->pos] = 0;
    return 0;
}
static const VMStateDescription vmstate_${name} = { .name = "${name}", .version_id = 1, .minimum_version_id = 1,
    .post_load = ${name}_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(pos, ${name}State), ${more} VMSTATE_END_OF_LIST() } };
static void ${name}_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    ${name}State *s = opaque;
    s->ctl = value;
}
static uint64_t ${name}_read(void *opaque, hwaddr addr, unsigned size)
{
    ${name}State *s = opaque;
    return s->ctl;
}
static const MemoryRegionOps ${name}_ops = { .read = ${name}_read, .write = ${name}_write };
static void ${name}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_${name};
}
static const TypeInfo ${name} = { .name = "${name}", .parent = "device", .instance_size = sizeof(${name}State),
    .class_init = ${name}_class_init };
`;
const header = (name: string): string =>
  `typedef struct ${name}State { DeviceState parent; uint32_t pos; uint32_t regs[8]; uint32_t ctl; } ${name}State;\n`;

const names = ["one", "two", "three", "four"];
/** Nothing says how these are to be saved: that would hang on what all tables use. */
const whole = ["five", "six", "seven"];
const files: Readonly<Record<string, string>> = {
  ...exampleHeaders,
  ...Object.fromEntries(names.map((name) => [`hw/${name}.c`, device(name, "")])),
  ...Object.fromEntries(whole.map((name) => [`hw/${name}.c`, device(name, `VMSTATE_UINT32(ctl, ${name}State),`)])),
  ...Object.fromEntries([...names, ...whole].map((name) => [`include/hw/${name}.h`, header(name)])),
};

const treeOf = (all: Readonly<Record<string, string>>): SourceTree => ({
  paths: () => Object.keys(all),
  read: (path) => all[path],
});

function loaded(all: Readonly<Record<string, string>>, options = {}) {
  const tree = treeOf(all);
  const project = createProject(tree, options);
  for (const path of tree.paths()) project.load(path);
  return project;
}

async function afterEdit(path: string, from: string, to: string) {
  const before = loaded(files, succeeded);
  const first = await workOf(async () => diagnoseProject(before));
  expect(files[path]).toContain(from);
  const edited = { ...files, [path]: (files[path] ?? "").replaceAll(from, to) };
  const next = successor(before, treeOf(edited), {}, { edited: [path], hasOthers: false });
  const second = await workOf(async () => diagnoseProject(next));
  return { first, second, fresh: diagnoseProject(loaded(edited)) };
}

describe("the other state", () => {
  const found = diagnoseProject(loaded(files)).map(({ code }) => code);

  it.each([
    [
      "checks an index",
      "hw/one.c",
      "s->regs[s->pos] = 0;",
      "if (s->pos >= 8) {\n        return -1;\n    }\n    s->regs[s->pos] = 0;",
    ],
    ["reads a register no more", "hw/two.c", "return s->ctl;", "return 0;"],
    [
      "saves a register",
      "hw/two.c",
      "VMSTATE_UINT32(pos, twoState),",
      "VMSTATE_UINT32(pos, twoState), VMSTATE_UINT32(ctl, twoState),",
    ],
    ["registers no table", "hw/three.c", "    dc->vmsd = &vmstate_three;\n", ""],
    ["has a larger array", "include/hw/one.h", "regs[8]", "regs[9]"],
    ["has a table of another name", "hw/four.c", "vmstate_four", "vmstate_4"],
  ])("%s", async (_, path, from, to) => {
    expect(found).toEqual(expect.arrayContaining(["index-unchecked", "state-not-saved"]));
    const { first, second, fresh } = await afterEdit(path, from, to);
    expect(second.answer).toEqual(fresh);
    expect(second.answer).not.toEqual(first.answer);
    expect(second.parsed).toBeLessThan(first.parsed / 2);
  });

  it("asks everything again where a macro at top level may declare more", async () => {
    const { second, fresh } = await afterEdit(
      "hw/one.c",
      "static const TypeInfo one",
      "DECLARE_MORE(one)\nstatic const TypeInfo one",
    );
    expect(second.answer).toEqual(fresh);
  });
});
