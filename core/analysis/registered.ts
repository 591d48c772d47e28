/** Which descriptions QEMU's savevm core gets to see, from whom, and what else descriptions are used for. */
import type { ClassDescription, QomType, Registration } from "../qom/model";
import type { DescriptionReference, VMStateDescription } from "../vmstate/model";
import { cachedByRevision } from "./cache";
import type { Project } from "./project";
import { inBody, typeRoots } from "./reach";

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
  const registered = new Map<
    string,
    { description: VMStateDescription; types: string[]; registrations: Registration[] }
  >();
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
      const description = classDescription(project, type, own);
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
  const nested = nestedUses(project);
  for (const description of project.descriptions()) {
    const key = descriptionKey(description);
    if (registered.has(key) || insideVirtio.has(key) || nested.has(key)) continue;
    const types = assignedWhileRunning(project, description);
    if (types.length > 0) entry(description).types.push(...types);
  }
  return { registered, insideVirtio, nested };
});

/** `dc->vmsd = &x` in realize or another hook of a type: the class changes when the first device is made. */
function assignedWhileRunning(project: Project, description: VMStateDescription): readonly string[] {
  const known = assigned.get(description);
  if (known) return known;
  const types = findAssigned(project, description);
  assigned.set(description, types);
  return types;
}

const assigned = new WeakMap<VMStateDescription, readonly string[]>();

function findAssigned(project: Project, { file, symbol }: VMStateDescription): readonly string[] {
  const text = project.text(file) ?? "";
  const assignment = new RegExp(`(?:->|\\.)\\s*vmsd\\s*=\\s*&?\\s*${symbol}\\b`);
  if (!assignment.test(text)) return [];
  return (typesByFile(project).get(file) ?? [])
    .filter((type) => typeRoots(project, type).some((fn) => inBody(assignment)(text, fn) && fn.file === file))
    .map((type) => type.name);
}

/** Types by the file that defines them. */
export const typesByFile = cachedByRevision((project): ReadonlyMap<string, readonly QomType[]> => {
  const found = new Map<string, QomType[]>();
  for (const type of project.types()) {
    const list = found.get(type.file);
    if (list) list.push(type);
    else found.set(type.file, [type]);
  }
  return found;
});

/** Types of which a function that sets them up makes one of the calls, with their descendants. */
export function typesThatRegister(project: Project, registrations: readonly Registration[]): readonly string[] {
  const found: string[] = [];
  for (const registration of registrations) {
    for (const type of typesByFile(project).get(registration.range.file) ?? []) {
      if (!typeRoots(project, type).some((fn) => fn.definition.name === registration.function)) continue;
      found.push(type.name, ...descendants(project, type.name));
    }
  }
  return found;
}

function descendants(project: Project, name: string): readonly string[] {
  const found: string[] = [];
  const pending = [...project.children(name)];
  for (let child = pending.pop(); child !== undefined && found.length < 64; child = pending.pop()) {
    if (found.includes(child)) continue;
    found.push(child);
    pending.push(...project.children(child));
  }
  return found;
}

/** Named where it is assigned, which may be a helper in another file, or in the type's. */
export function classDescription(
  project: Project,
  type: QomType,
  { reference }: ClassDescription,
): VMStateDescription | undefined {
  return project.resolve(reference) ?? project.description(reference.symbol, type.file);
}

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
  for (const parent of project.descriptions()) {
    for (const { key, as } of nestedIn(project, parent)) {
      const list = uses.get(key);
      if (list) list.push({ parent, as });
      else uses.set(key, [{ parent, as }]);
    }
  }
  return uses;
}

interface NestedKey {
  readonly key: string;
  readonly as: NestedUse["as"];
}

const nestedKeys = new WeakMap<VMStateDescription, readonly NestedKey[]>();

function nestedIn(project: Project, parent: VMStateDescription): readonly NestedKey[] {
  const known = nestedKeys.get(parent);
  if (known) return known;
  const found: NestedKey[] = [];
  let missing = false;
  const add = (reference: DescriptionReference, as: NestedUse["as"]): void => {
    const target = project.resolve(reference);
    if (target) found.push({ key: descriptionKey(target), as });
    else missing = true;
  };
  for (const field of parent.fields) if (field.vmsd) add(field.vmsd, "field");
  for (const subsection of parent.subsections) add(subsection, "subsection");
  if (!missing) nestedKeys.set(parent, found);
  return found;
}
