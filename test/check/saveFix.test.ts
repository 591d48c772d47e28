/** How a member comes into a table, by what a release has of it. */
import { describe, expect, it } from "vitest";
import { saveFix, type TableHistory } from "../../core/check/fixes/saveFix";
import { withFix } from "./holdFixes";
import { table, treeOf } from "../tree";

const path = "hw/demo/device.c";
const source = (end = "    },\n", version = 1) => `#include "hw/qdev-core.h"
#include "qemu/cutils.h"
typedef struct DemoState {
    DeviceState parent_obj;
    uint32_t control;
    uint32_t status;
    uint32_t regs[4];
    uint32_t mask;
} DemoState;
static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = ${version},
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, DemoState),
        VMSTATE_UINT32(mask, DemoState),
        VMSTATE_END_OF_LIST()
${end}};
static void demo_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_demo;
}
static const TypeInfo demo_info = { .name = "demo", .parent = TYPE_DEVICE, .instance_size = sizeof(DemoState), .class_init = demo_class_init };
static void demo_register(void) { type_register_static(&demo_info); }
type_init(demo_register)
`;

function fixed(text: string, members: readonly string[], kind?: TableHistory["kind"]) {
  const project = treeOf({ [path]: text });
  const history = kind === undefined ? undefined : { kind, label: "v10.1.0" };
  return saveFix(project, table(project, "vmstate_demo", path), "DemoState", members, history).map((fix) => {
    const after = treeOf(Object.fromEntries(withFix(new Map([[path, text]]), fix)));
    const { fields, subsections, versionId } = table(after, "vmstate_demo", path);
    const names = (of: typeof fields) => of.flatMap(({ member }) => member?.path ?? []);
    return {
      title: fix.title,
      version: versionId.known ? versionId.value : undefined,
      fields: names(fields),
      subsections: subsections.map(({ symbol }) => names(table(after, symbol, path).fields)),
    };
  });
}

describe("a member that a table lacks", () => {
  it("comes where it is declared into a table that no release has", () => {
    expect(fixed(source(), ["status"], "new")).toEqual([
      {
        title: "Save it: v10.1.0 has no vmstate_demo",
        version: 1,
        fields: ["control", "status", "mask"],
        subsections: [],
      },
    ]);
  });

  it("comes into a version that no release has, or into a subsection", () => {
    expect(fixed(source(undefined, 2), ["status"], "raised")).toMatchObject([
      {
        title: "Save it in version 2, which v10.1.0 does not have yet",
        version: 2,
        fields: ["control", "mask", "status"],
      },
      { subsections: [["status"]] },
    ]);
  });

  it("comes into a subsection of a released table, or raises its version", () => {
    expect(fixed(source(), ["status"], "released")).toEqual([
      {
        title: "Save it in a subsection demo/status, sent while not 0",
        version: 1,
        fields: ["control", "mask"],
        subsections: [["status"]],
      },
      {
        title: "Save it from version 2 on (older QEMU will refuse the stream)",
        version: 2,
        fields: ["control", "mask", "status"],
        subsections: [],
      },
    ]);
  });

  it("comes with others into one subsection, also behind a list without a comma", () => {
    const [subsection] = fixed(source("    }\n"), ["status", "regs"]);
    expect(subsection).toMatchObject({ fields: ["control", "mask"], subsections: [["status", "regs"]] });
  });
});
