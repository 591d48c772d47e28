/** What a QOM type is and brings with it, read from the tree. */
import type { Project } from "../project/project";
import type { QomType } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";

export function isA(project: Project, type: string, ancestor: string): boolean {
  return (
    type === ancestor || project.ancestry(type).some(({ name, parent }) => name === ancestor || parent === ancestor)
  );
}

/** qdev_get_vmsd: the nearest class that sets DeviceClass.vmsd wins whole. */
export function deviceDescription(project: Project, type: string): VMStateDescription | undefined {
  for (const each of project.ancestry(type)) {
    const own = each.descriptions.findLast(({ classStruct, slot }) => classStruct === "DeviceClass" && slot === "vmsd");
    if (own !== undefined) return project.resolve(own.reference);
  }
  return undefined;
}

/** A function by name, as seen from a file. */
interface NamedFunction {
  readonly name: string;
  readonly file: string;
}

/** The functions that set up an instance, base class first: instance_init of each, then realize as far as it is called. */
export function setUpFunctions(project: Project, type: string): readonly NamedFunction[] {
  const ancestry: readonly QomType[] = project.ancestry(type);
  const found: NamedFunction[] = [];
  for (const each of ancestry.toReversed()) {
    if (each.instanceInit !== undefined) found.push({ name: each.instanceInit.name, file: each.file });
  }
  /** By class struct, nearest first; complete once one does not call its parent's. */
  const chains = new Map<string, { readonly functions: NamedFunction[]; open: boolean }>();
  for (const each of ancestry) {
    for (const { classStruct, slot, value } of each.classSlots) {
      if (slot !== "realize" && slot !== "init") continue;
      const chain = chains.get(classStruct) ?? { functions: [], open: true };
      chains.set(classStruct, chain);
      if (!chain.open) continue;
      // a helper such as device_class_set_parent_realize assigns it in a file of its own
      const seen = project.function(value.name, value.range.file) !== undefined;
      const fn = { name: value.name, file: seen ? value.range.file : each.file };
      chain.functions.push(fn);
      chain.open = callsParent(project, fn);
    }
  }
  for (const { functions } of [...chains.values()].reverse()) found.push(...functions.reverse());
  return found;
}

/** `c->parent_realize(dev, errp)`, as device_class_set_parent_realize prepares it. */
function callsParent(project: Project, { name, file }: NamedFunction): boolean {
  const located = project.function(name, file);
  return (
    located !== undefined &&
    project
      .calls(located)
      .some(
        ({ callee, through }) => through !== undefined && callee.startsWith("parent_") && callee.endsWith("realize"),
      )
  );
}
