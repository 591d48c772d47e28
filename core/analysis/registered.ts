/** Which descriptions QEMU's savevm core gets to see, from whom, and what else descriptions are used for. */
import type { Registration } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";
import { cachedByRevision } from "./cache";
import type { Project } from "./project";

export interface RegisteredDescription {
  readonly description: VMStateDescription;
  /** Types whose instances register it: those that set it on their class, and their descendants that do not set another. */
  readonly types: readonly string[];
  /** vmstate_register and its relatives. */
  readonly registrations: readonly Registration[];
}

export interface NestedUse {
  readonly parent: VMStateDescription;
  readonly as: "field" | "subsection";
}

export interface DescriptionRoles {
  /** Top-level ones, by key. */
  readonly registered: ReadonlyMap<string, RegisteredDescription>;
  /** VirtioDeviceClass.vmsd: loaded inside the virtio section; by key, with the types. */
  readonly insideVirtio: ReadonlyMap<string, readonly string[]>;
  readonly nested: ReadonlyMap<string, readonly NestedUse[]>;
}

export function descriptionKey(description: Pick<VMStateDescription, "symbol" | "file">): string {
  return `${description.file}\n${description.symbol}`;
}

/** Class structs whose `vmsd` a device loads as a part of its own section. */
const insideSection = new Set(["VirtioDeviceClass"]);

export const descriptionRoles: (project: Project) => DescriptionRoles = cachedByRevision((project) => {
  const registered = new Map<string, { description: VMStateDescription; types: string[]; registrations: Registration[] }>();
  const insideVirtio = new Map<string, string[]>();
  const entry = (description: VMStateDescription) => {
    const key = descriptionKey(description);
    const known = registered.get(key);
    if (known) return known;
    const made = { description, types: [], registrations: [] };
    registered.set(key, made);
    return made;
  };
  for (const type of project.types()) {
    for (const own of type.descriptions) {
      const description = project.resolve(own.reference);
      if (!description) continue;
      const names = [type.name, ...inheritors(project, type.name, own.classStruct, own.slot)];
      if (insideSection.has(own.classStruct)) {
        const key = descriptionKey(description);
        insideVirtio.set(key, [...(insideVirtio.get(key) ?? []), ...names]);
      } else entry(description).types.push(...names);
    }
  }
  for (const registration of project.registrations()) {
    if (!registration.reference || registration.callee.includes("unregister")) continue;
    const description = project.resolve(registration.reference);
    if (description) entry(description).registrations.push(registration);
  }
  return { registered, insideVirtio, nested: nestedUses(project) };
});

/** Descendants that inherit a class's description because none between sets another. */
function inheritors(project: Project, name: string, classStruct: string, slot: string): readonly string[] {
  const found: string[] = [];
  const seen = new Set([name]);
  const pending = [...project.children(name)];
  for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
    if (seen.has(child)) continue;
    seen.add(child);
    const own = project.type(child)?.descriptions;
    if (own?.some((d) => d.classStruct === classStruct && d.slot === slot)) continue;
    found.push(child);
    pending.push(...project.children(child));
  }
  return found;
}

function nestedUses(project: Project): ReadonlyMap<string, readonly NestedUse[]> {
  const uses = new Map<string, NestedUse[]>();
  const add = (use: NestedUse, target: VMStateDescription | undefined): void => {
    if (!target) return;
    const key = descriptionKey(target);
    const list = uses.get(key);
    if (list) list.push(use);
    else uses.set(key, [use]);
  };
  for (const parent of project.descriptions()) {
    for (const field of parent.fields) {
      if (field.vmsd) add({ parent, as: "field" }, project.resolve(field.vmsd));
    }
    for (const subsection of parent.subsections) add({ parent, as: "subsection" }, project.resolve(subsection));
  }
  return uses;
}
