/** Two files of a fork that each have a struct of the same name for themselves. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../../core/check";
import { loadReach } from "../../../core/code/loadEffects";
import { table, treeOf } from "../../tree";

const head = `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
`;

interface Parts {
  /** Of the struct, beside `ctl` and `mode`. */
  readonly members?: string;
  readonly fields: string;
  readonly hooks?: string;
  readonly write: string;
  readonly code?: string;
}

const device = (name: string, { members = "", fields, hooks = "", write, code = "" }: Parts): string => `${head}
typedef struct Regs { MemoryRegion io; uint32_t ctl; uint32_t mode; ${members} } Regs;
${code}
static void ${name}_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Regs *s = opaque; ${write} }
static uint64_t ${name}_read(void *opaque, hwaddr addr, unsigned size)
{ Regs *s = opaque; return s->mode; }
static const MemoryRegionOps ${name}_ops = { .write = ${name}_write, .read = ${name}_read };
static const VMStateDescription vmstate_${name} = { .name = "${name}", .version_id = 1, .minimum_version_id = 1, ${hooks}
    .fields = (const VMStateField[]) { ${fields}, VMSTATE_END_OF_LIST() } };
static void ${name}_class_init(ObjectClass *klass, const void *data)
{ DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_${name}; }
static const TypeInfo ${name} = { .name = "${name}", .parent = "sys-bus-device", .instance_size = sizeof(Regs), .class_init = ${name}_class_init };
`;

const both = "VMSTATE_UINT32(ctl, Regs), VMSTATE_UINT32(mode, Regs)";
const one = "VMSTATE_UINT32(ctl, Regs)";

function found(code: string, a: Parts, b: Parts): readonly string[] {
  const project = treeOf({ "hw/x/a.c": device("a", a), "hw/y/b.c": device("b", b) });
  const files = ["hw/x/a.c", "hw/y/b.c"];
  return files.flatMap((file) => diagnoseFile(project, file).flatMap((each) => (each.code === code ? [file] : [])));
}

describe("what is a file's own stays in it", () => {
  it("a table of one saves nothing of the other", () => {
    const write = "s->mode = value;";
    expect(found("state-not-saved", { fields: both, write }, { fields: both, write })).toEqual([]);
    expect(found("state-not-saved", { fields: both, write }, { fields: one, write })).toEqual(["hw/y/b.c"]);
    expect(found("state-not-saved", { fields: one, write }, { fields: both, write })).toEqual(["hw/x/a.c"]);
  });

  it("nor does one's code change the other", () => {
    const fields = "VMSTATE_UINT32(ctl, Regs)";
    expect(
      found("state-not-saved", { fields, write: "s->ctl = value;" }, { fields, write: "s->mode = value;" }),
    ).toEqual(["hw/y/b.c"]);
  });

  it("nor does one's load hook switch what the other's guest switched", () => {
    const write = "s->ctl = value; memory_region_set_enabled(&s->io, value);";
    const code = `static int a_post_load(void *opaque, int version_id)
{ Regs *s = opaque; memory_region_set_enabled(&s->io, s->ctl); return 0; }`;
    const again = { fields: both, write, code, hooks: ".post_load = a_post_load," };
    expect(found("rebuild-missing", again, { fields: both, write: "s->ctl = value;" })).toEqual([]);
    expect(found("rebuild-missing", { fields: both, write: "s->ctl = value;" }, { fields: both, write })).toEqual([
      "hw/y/b.c",
    ]);
  });

  it("nor is one's table of operations called through the other's", () => {
    const ops = (does: string) => `typedef struct RunOps { void (*run)(Regs *s); } RunOps;
static void its_run(Regs *s) { ${does} }
static const RunOps its_ops = { .run = its_run };
static int its_post_load(void *opaque, int version_id) { Regs *s = opaque; const RunOps *ops = s->ops; ops->run(s); return 0; }`;
    const part = (does: string): Parts => ({
      members: "const struct RunOps *ops;",
      fields: both,
      write: "s->ctl = value;",
      hooks: ".post_load = its_post_load,",
      code: ops(does),
    });
    const files = { "hw/x/a.c": device("a", part("s->ctl = 0;")), "hw/y/b.c": device("b", part("s->ctl = 1;")) };
    const project = treeOf(files);
    const reach = loadReach(project, table(project, "vmstate_a", "hw/x/a.c"));
    expect([...reach.functions].map(({ file, name }) => `${file} ${name}`)).toEqual([
      "hw/x/a.c its_post_load",
      "hw/x/a.c its_run",
    ]);
  });
});
