/** Rules whose findings nobody asks for are not run. */
import { describe, expect, it } from "vitest";
import { diagnoseFile, diagnoseProject } from "../../core/check";
import { createProject } from "../../core/project";
import { exampleHeaders } from "../tree";

const path = "hw/x/dev.c";
const files: Readonly<Record<string, string>> = {
  ...exampleHeaders,
  [path]: `#include "migration/vmstate.h"
#define TYPE_MINE "mine"
static const VMStateDescription vmstate_mine = { .name = TYPE_MINE, .version_id = 1, .minimum_version_id = 2,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() } };
static void mine_class_init(ObjectClass *klass, void *data) { DEVICE_CLASS(klass)->vmsd = &vmstate_mine; }
static const TypeInfo mine = { .name = TYPE_MINE, .parent = TYPE_DEVICE, .class_init = mine_class_init };
DEFINE_TYPES(mine)
`,
};

function projectWithTrap() {
  const tree = { paths: () => Object.keys(files), read: (each: string) => files[each] };
  const project = createProject(tree);
  for (const each of tree.paths()) project.load(each);
  let asked = 0;
  const watched = {
    ...project,
    types: () => {
      asked++;
      return project.types();
    },
    revision: project.revision,
    shape: project.shape,
  };
  return { watched, asked: () => asked };
}

describe("a rule that is not asked for", () => {
  it("is not run, and the others find what they find", () => {
    const { watched } = projectWithTrap();
    const all = diagnoseProject(watched).map(({ code }) => code);
    expect(all).toContain("name-from-type");
    const some = diagnoseProject(watched, { wanted: (code) => code !== "name-from-type" }).map(({ code }) => code);
    expect(some).toEqual(all.filter((code) => code !== "name-from-type"));
    expect(diagnoseFile(watched, path, (code) => code !== "name-from-type").map(({ code }) => code)).toEqual(some);
  });

  it("looks at nothing", () => {
    const { watched, asked } = projectWithTrap();
    expect(diagnoseProject(watched, { wanted: () => false })).toEqual([]);
    expect(asked()).toBe(0);
    diagnoseProject(watched);
    expect(asked()).toBeGreaterThan(0);
  });
});
