/** Which descriptions QEMU's savevm core gets to see, from whom, and what else descriptions are used for. */
import { accessesIn } from "../c/body/accesses";
import { withoutAddress } from "../c/body/carried";
import type { FileFacts } from "../c/facts";
import type { ClassDescription, QomType, Registration } from "../qom/model";
import type { DescriptionReference, VMStateDescription } from "../vmstate/model";
import { answered } from "../project/answers";
import { bodyOf, functionsWith } from "../project/bodies";
import { cachedByRevision, storeOf, tableByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { typeRoots } from "./reach";
import { structureStamp } from "../project/stamps";

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

const keys = new WeakMap<object, string>();

export function descriptionKey(description: Pick<VMStateDescription, "symbol" | "file">): string {
  let key = keys.get(description);
  if (key === undefined) {
    key = `${description.file}\n${description.symbol}`;
    keys.set(description, key);
  }
  return key;
}

/** Class structs whose `vmsd` a device loads as a part of its own section. */
const insideSection = new Set(["VirtioDeviceClass"]);

export const descriptionRoles: (project: Project) => DescriptionRoles = cachedByRevision(
  (project) => ({ registered: registered(project), insideVirtio: insideVirtio(project), nested: nested(project) }),
  "own",
);

const roles = cachedByRevision((project): DescriptionRoles => {
  const store = lastRoles(project);
  const before = store.sources;
  const sources = sourcesOf(project);
  const swap = before && swapsBetween(project, before, sources);
  const found = swap ? swapped(before.roles, swap) : reusing(readRoles(project), before?.roles);
  store.sources = { ...sources, roles: found };
  return found;
}, "own");

const plainKey = (key: string): string => key;
const registered = tableByRevision((project) => roles(project).registered, {
  name: "registered",
  keyOf: plainKey,
  said: ({ types, registrations }) => [types, registrations.map(registrationSaid)],
});
const insideVirtio = tableByRevision((project) => roles(project).insideVirtio, {
  name: "inside virtio",
  keyOf: plainKey,
  said: (types) => types,
});
const nested = tableByRevision((project) => roles(project).nested, {
  name: "nested",
  keyOf: plainKey,
  said: (uses) => uses.map(({ parent, as }) => [descriptionKey(parent), as]),
});

/** What `descriptionRoles` looks up, one description a step, for a caller that must not stand still meanwhile. */
export function* warmRoles(project: Project): Generator<void> {
  structureStamp(project);
  yield;
  for (const description of project.descriptions()) {
    nestedIn(project, description);
    yield;
  }
}

/** What roles are read from. */
interface RoleSources {
  readonly stamp: object;
  readonly descriptions: readonly VMStateDescription[];
  readonly registrations: readonly Registration[];
}

const lastRoles = storeOf<{ sources: (RoleSources & { readonly roles: DescriptionRoles }) | undefined }>(() => ({
  sources: undefined,
}));

function sourcesOf(project: Project): RoleSources {
  return {
    stamp: structureStamp(project),
    descriptions: [...project.descriptions()],
    registrations: [...project.registrations()],
  };
}

/** New objects for old ones that say the same. */
interface Swaps {
  readonly descriptions: ReadonlyMap<VMStateDescription, VMStateDescription>;
  readonly registrations: ReadonlyMap<Registration, Registration>;
}

/** undefined where an edit may have changed somebody's role: then all is read anew. */
function swapsBetween(project: Project, before: RoleSources, now: RoleSources): Swaps | undefined {
  if (before.stamp !== now.stamp) return undefined;
  const descriptions = swapsOf(before.descriptions, now.descriptions, rolesSaid);
  const registrations = swapsOf(before.registrations, now.registrations, registrationSaid);
  if (!descriptions || !registrations) return undefined;
  for (const [old, description] of descriptions) {
    const types = assigned.get(old);
    if (types !== undefined && !sameItems(types, assignedWhileRunning(project, description))) return undefined;
  }
  return { descriptions, registrations };
}

function swapsOf<T extends object>(
  before: readonly T[],
  now: readonly T[],
  said: (item: T) => string,
): ReadonlyMap<T, T> | undefined {
  if (before.length !== now.length) return undefined;
  const swaps = new Map<T, T>();
  for (const [k, item] of now.entries()) {
    const old = before[k];
    if (old === item) continue;
    if (old === undefined || said(old) !== said(item)) return undefined;
    swaps.set(old, item);
  }
  return swaps;
}

/** What a description says about its role and those of others. */
function rolesSaid(description: VMStateDescription): string {
  const nested = [...description.fields.map(({ vmsd }) => vmsd), ...description.subsections];
  const named = nested.map((reference) => reference && `${reference.symbol} ${reference.range.file}`);
  return [descriptionKey(description), ...named].join("|");
}

function registrationSaid({ callee, reference, instanceId, function: within, range }: Registration): string {
  return [callee, reference?.symbol, instanceId, within, range.file].join("|");
}

function swapped(roles: DescriptionRoles, { descriptions, registrations }: Swaps): DescriptionRoles {
  if (descriptions.size === 0 && registrations.size === 0) return roles;
  const registered = new Map<string, RegisteredDescription>();
  for (const [key, entry] of roles.registered) {
    const description = descriptions.get(entry.description);
    const moved = entry.registrations.some((registration) => registrations.has(registration));
    const same = description === undefined && !moved;
    registered.set(
      key,
      same
        ? entry
        : {
            description: description ?? entry.description,
            types: entry.types,
            registrations: entry.registrations.map((registration) => registrations.get(registration) ?? registration),
          },
    );
  }
  const nested = new Map<string, readonly NestedUse[]>();
  for (const [key, uses] of roles.nested) {
    const same = !uses.some(({ parent }) => descriptions.has(parent));
    nested.set(key, same ? uses : uses.map(({ parent, as }) => ({ parent: descriptions.get(parent) ?? parent, as })));
  }
  return { registered, insideVirtio: roles.insideVirtio, nested };
}

/** Parts that are as they were stay the objects they were: what others remember by them stays known. */
function reusing(roles: DescriptionRoles, before: DescriptionRoles | undefined): DescriptionRoles {
  if (before === undefined) return roles;
  const registered = new Map<string, RegisteredDescription>();
  for (const [key, entry] of roles.registered) {
    const old = before.registered.get(key);
    const types = old && sameItems(old.types, entry.types) ? old.types : entry.types;
    const same =
      old?.types === types &&
      old.description === entry.description &&
      sameItems(old.registrations, entry.registrations);
    registered.set(key, same ? old : { ...entry, types });
  }
  const insideVirtio = new Map<string, readonly string[]>();
  for (const [key, types] of roles.insideVirtio) {
    const old = before.insideVirtio.get(key);
    insideVirtio.set(key, old && sameItems(old, types) ? old : types);
  }
  return { registered, insideVirtio, nested: roles.nested };
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, k) => item === b[k]);
}

function readRoles(project: Project): DescriptionRoles {
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
}

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
  const setters = settersOfTables(project, file).get(symbol);
  if (setters === undefined) return [];
  return (typesByFile(project).get(file) ?? [])
    .filter((type) => typeRoots(project, type).some((fn) => fn.file === file && setters.has(fn.definition.name)))
    .map((type) => type.name);
}

const tableSetters = new WeakMap<FileFacts, ReadonlyMap<string, ReadonlySet<string>>>();

/** By symbol of what a file assigns to a `vmsd`, the functions that do. */
function settersOfTables(project: Project, file: string): ReadonlyMap<string, ReadonlySet<string>> {
  const facts = project.facts(file);
  const before = facts && tableSetters.get(facts);
  if (before !== undefined) return before;
  const found = answered(project, `sets tables ${file}`, file, () =>
    Array.from(readSetters(project, file), ([table, by]) => [table, [...by]] as const),
  );
  const setters = new Map(found.map(([table, by]) => [table, new Set(by)]));
  if (facts !== undefined) tableSetters.set(facts, setters);
  return setters;
}

function readSetters(project: Project, file: string): ReadonlyMap<string, ReadonlySet<string>> {
  const setters = new Map<string, Set<string>>();
  for (const fn of functionsWith(project, file, "vmsd")) {
    for (const { place, value } of accessesIn(bodyOf(project, fn).block)) {
      const table = place.kind === "member" && place.name === "vmsd" ? value && withoutAddress(value) : undefined;
      if (table?.kind !== "identifier") continue;
      const { name } = fn.definition;
      const known = setters.get(table.name);
      if (known) known.add(name);
      else setters.set(table.name, new Set([name]));
    }
  }
  return setters;
}

/** Types by the file that defines them. */
export const typesByFile = tableByRevision(
  (project): ReadonlyMap<string, readonly QomType[]> => {
    const found = new Map<string, QomType[]>();
    for (const type of project.types()) {
      const list = found.get(type.file);
      if (list) list.push(type);
      else found.set(type.file, [type]);
    }
    return found;
  },
  { name: "types of", keyOf: plainKey, said: (types) => types },
);

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
