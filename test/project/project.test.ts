/** Edits: what depends on the changed text is read anew, and gives what a fresh reading would give. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createProject, type LoadableProject } from "../../core/project";
import { dumpVmstate } from "../../core/project/dump";
import { exampleHeaders, table, treeOf } from "../tree";

const includes = '#include "qemu/osdep.h"\n#include "migration/vmstate.h"\n#include "hw/sysbus.h"\n';
const files = {
  "include/hw/dev.h":
    '#define DEV_REGS 4\n#define TYPE_DEV "dev"\ntypedef struct Dev { uint32_t regs[DEV_REGS]; } Dev;\n',
  "hw/dev.c": `${includes}#include "hw/dev.h"
const VMStateDescription vmstate_dev = { .name = TYPE_DEV, .version_id = 1, .fields = (const VMStateField[]) {
    VMSTATE_UINT32_ARRAY(regs, Dev, DEV_REGS), VMSTATE_END_OF_LIST() } };
static void dev_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev = { .name = TYPE_DEV, .parent = "device", .class_init = dev_class_init };
`,
  "hw/user.c": `${includes}#include "hw/dev.h"
typedef struct User { Dev dev; } User;
extern const VMStateDescription vmstate_dev;
static const VMStateDescription vmstate_user = { .name = "user", .fields = (const VMStateField[]) {
    VMSTATE_STRUCT(dev, User, 1, vmstate_dev, Dev), VMSTATE_END_OF_LIST() } };
static void user_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_user;
}
static const TypeInfo user = { .name = "user", .parent = "device", .class_init = user_class_init };
`,
};

const dump = (project: LoadableProject): string => JSON.stringify(dumpVmstate(project, { explain: true }));

describe("an edit", () => {
  it("of a header changes the tables of all who include it", () => {
    const project = treeOf(files);
    const size = () => {
      const { size: value } = table(project, "vmstate_user", "hw/user.c").fields[0] ?? {};
      return value;
    };
    expect(size()).toEqual({ known: true, value: 16 });
    project.update("include/hw/dev.h", files["include/hw/dev.h"].replace("DEV_REGS 4", "DEV_REGS 6"));
    expect(size()).toEqual({ known: true, value: 24 });
    expect(table(project, "vmstate_dev", "hw/dev.c").fields[0]?.num).toEqual({ known: true, value: 6 });
  });

  it("of vmstate.h itself changes every field", () => {
    const project = treeOf(files);
    const header = exampleHeaders["include/migration/vmstate.h"] ?? "";
    project.update(
      "include/migration/vmstate.h",
      header.replaceAll(".version_id = (since)", ".version_id = (since) + 5"),
    );
    expect(table(project, "vmstate_dev", "hw/dev.c").fields[0]?.versionId).toEqual({ known: true, value: 5 });
  });

  it("renames types and tables for those who ask by name", () => {
    const project = treeOf(files);
    expect(project.type("dev")?.descriptions[0]?.reference.symbol).toBe("vmstate_dev");
    project.update("include/hw/dev.h", files["include/hw/dev.h"].replace('"dev"', '"device-2"'));
    expect(project.type("dev")).toBeUndefined();
    expect(project.type("device-2")?.descriptions[0]?.reference.symbol).toBe("vmstate_dev");
    project.update("hw/dev.c", files["hw/dev.c"].replaceAll("vmstate_dev", "vmstate_new"));
    expect(project.description("vmstate_dev", "hw/user.c")).toBeUndefined();
    expect(project.description("vmstate_new", "hw/dev.c")?.name).toEqual({ known: true, value: "device-2" });
  });

  it("of a header reaches those who know its types without including it", () => {
    const project = treeOf({ ...files, "hw/user.c": files["hw/user.c"].replace('#include "hw/dev.h"', "") });
    const size = () => table(project, "vmstate_user", "hw/user.c").fields[0]?.size;
    expect(size()).toEqual({ known: true, value: 16 });
    project.update("include/hw/dev.h", files["include/hw/dev.h"].replace("regs[DEV_REGS]", "regs[6]"));
    expect(size()).toEqual({ known: true, value: 24 });
  });

  it("removes and brings files", () => {
    const project = treeOf(files);
    project.update("hw/user.c", "");
    expect(project.type("user")).toBeUndefined();
    project.update("hw/late.c", files["hw/user.c"].replaceAll("user", "late"));
    expect(project.type("late")?.descriptions).toHaveLength(1);
    expect(project.revision).toBe(2);
  });

  it("and its undoing give what a fresh reading gives", () => {
    const fresh = dump(treeOf(files));
    const paths = Object.keys(files) as (keyof typeof files)[];
    const edit = fc.record({
      path: fc.constantFrom(...paths),
      at: fc.nat(),
      length: fc.nat({ max: 30 }),
      text: fc.constantFrom(
        "",
        "{",
        "}",
        "/*",
        "\n#if 0\n",
        "VMSTATE_UINT8(id, Dev),",
        "#define DEV_REGS 9\n",
        "(",
        '"',
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const project = treeOf(files);
        const now: Record<string, string> = { ...files };
        dump(project);
        for (const { path, at, length, text } of edits) {
          const before = now[path] ?? "";
          const from = at % (before.length + 1);
          now[path] = before.slice(0, from) + text + before.slice(from + length);
          project.update(path, now[path]);
          dump(project);
        }
        expect(dump(project)).toBe(dump(treeOf(now)));
        for (const path of paths) project.update(path, files[path]);
        expect(dump(project)).toBe(fresh);
      }),
      { numRuns: 25 },
    );
  });
});

it("reads no file where a name is seen from no file in particular", () => {
  const asked: string[] = [];
  const files: Readonly<Record<string, string>> = { "hw/a.c": "#define MAKE_ENUM(n) enum { n }\nMAKE_ENUM(A_ONE);\n" };
  const project = createProject({
    paths: () => Object.keys(files),
    read(path) {
      asked.push(path);
      return files[path];
    },
  });
  for (const path of Object.keys(files)) project.load(path);
  expect(project.evaluate("A_TWO", "").known).toBe(false);
  expect(project.text("")).toBeUndefined();
  expect(asked).not.toContain("");
});
