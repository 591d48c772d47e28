/** Struct members that no table saves, though a device changes them while the guest runs. */
import { alwaysComesTo } from "../c/body/always";
import { callsOf } from "../c/body/calls";
import { isTest } from "../c/paths";
import type { CType, RecordType } from "../c/ctype";
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { accessReach } from "./accessReach";
import { guestValues } from "./guestValues";
import { memberWrites, type MemberWrites, writesWithin } from "./memberWrites";
import { afterLoading, settingUp } from "./settingUp";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import { structKey } from "../project/privateStructs";
import { mayHit, missingText, overlaidArrays } from "./overlaid";
import { ownMemory } from "./ownMemory";
import { propertyPaths, propertySetters } from "./propertyMembers";
import { descriptionKey, descriptionRoles } from "./registered";
import { tableByRevision } from "../project/cache";
import { isLeftOut, type Rebuilt, rebuiltMembers } from "./rebuilt";
import { generic } from "./slots";
import { devicesIn, type StateMember, statePartsOf, typeAt, valuesIn } from "./stateMembers";
import { stateStructs, taggedOrNamed } from "../project/stateTypes";
import { loadedThrough, usersOf } from "./structUsers";
import { type Found, noteFile, recalled } from "../project/uses";

export type { MemberWrite } from "./memberWrites";

export interface UnsavedMember {
  readonly name: string;
  /** As the source names it: `uint32_t`. */
  readonly typeName: string;
  /** The elements that are not saved, where others are: `opreg[7] to opreg[15]`. */
  readonly part?: string;
  /** Where it is declared; undefined where a macro declares it. */
  readonly range: SourceRange | undefined;
  /** In textual order, file by file; never empty. */
  readonly writes: Readonly<MemberWrites>;
  /** A load hook that sets it, though not on each of its ways. */
  readonly rebuilt?: Rebuilt | undefined;
  /** Whether a table of the struct has a member: what this one may be a position in. */
  readonly isSaved?: (path: string) => boolean;
}

export interface Coverage {
  readonly description: VMStateDescription;
  readonly structName: string;
  /** Members that hold values: no pointers, no objects of QEMU's own. */
  readonly members: number;
  readonly unsaved: readonly UnsavedMember[];
}

export interface OtherMember {
  readonly name: string;
  /**
   * - saved: a field names it, or a part of it, or what it is in.
   * - property: a property of the device sets it, so that both sides are started with the same.
   * - rebuilt: a post_load hook sets it, or what that calls.
   * - unchanged: nothing here sets it but what sets the device up or resets it.
   * - unseen: it lies behind a pointer, which is not followed: nobody has looked whether it is saved.
   */
  readonly why: "saved" | "property" | "rebuilt" | "unchanged" | "unseen";
  /** The function that rebuilds it. */
  readonly by?: string;
  /** What loading asks before: constants, functions and members. */
  readonly asked?: readonly string[];
}

/** The members of the description's struct that `coverageOf` does not list as unsaved, and why; in the order of the struct. */
export function otherMembers(project: Project, { description, structName, unsaved }: Coverage): readonly OtherMember[] {
  const tables = coverages(project).get(description)?.tables ?? [];
  const struct = taggedOrNamed(project, structName, description.file);
  if (struct.kind !== "record") return [];
  const files = [...new Set(tables.map(({ file }) => file))];
  const saved = savedPaths(tables);
  const listed = new Set(unsaved.map(({ name }) => name));
  const members = [...valuesIn(project, structName, struct), ...pointedTo(project, files, structName, struct, saved)];
  const anew = rebuiltIn(project, files, structName, members);
  const seen = members.flatMap(({ name }): readonly OtherMember[] => {
    if (listed.has(name)) return [];
    if (saved(name)) return [{ name, why: "saved" }];
    if (files.some((file) => propertySetters(project, file, name))) return [{ name, why: "property" }];
    const rebuilt = anew.get(name);
    if (rebuilt === undefined) return [{ name, why: "unchanged" }];
    const { by, asked } = rebuilt;
    return [{ name, why: "rebuilt", by: by.function, ...(asked === undefined ? {} : { asked: [...asked] }) }];
  });
  const unseen = unseenMembers(project, { description, structName });
  return [...seen, ...unseen.map((name): OtherMember => ({ name, why: "unseen" }))];
}

/** Those of them behind pointers: `regs`, `timers[]`. */
export function unseenMembers(
  project: Project,
  { description, structName }: Pick<Coverage, "description" | "structName">,
): readonly string[] {
  const struct = taggedOrNamed(project, structName, description.file);
  if (struct.kind !== "record") return [];
  const tables = coverages(project).get(description)?.tables ?? [];
  const files = [...new Set(tables.map(({ file }) => file))];
  const saved = savedPaths(tables);
  const seen = [...valuesIn(project, structName, struct), ...pointedTo(project, files, structName, struct, saved)];
  const values = new Set(seen.map(({ name }) => name));
  const [own, ...behind] = statePartsOf(project, structName, struct);
  const pointers = [
    ...(own?.members ?? []).map(({ name }) => name),
    ...behind.map(({ prefix }) => prefix.slice(0, -1)),
  ];
  return pointers.filter((name) => !values.has(name) && !saved(name.replaceAll("[]", "")));
}

/**
 * What the description's struct holds beyond what any table of that struct saves, as far as functions change it that
 * are neither part of setting the device up, nor of its reset, nor of loading. undefined where the struct is not to be
 * seen, or where another description is the struct's main one.
 */
export function coverageOf(project: Project, description: VMStateDescription): Coverage | undefined {
  return coverages(project).get(description)?.read();
}

/** The files of the tables of the description's struct, and others whose code is looked at; empty where there is no coverage. */
export function coveredFiles(project: Project, description: VMStateDescription): readonly string[] {
  const found = coverages(project).get(description);
  const [struct = ""] = found === undefined ? [] : stateStructs(description);
  return found === undefined ? [] : [...found.files, ...usersOf(project, struct, found.tables)];
}

/** One for each state struct that has a table, in the order of the descriptions. */
export function* allCoverage(project: Project): Generator<Coverage> {
  for (const { read } of coverages(project).values()) {
    const coverage = read();
    if (coverage !== undefined) yield coverage;
  }
}

interface CoverageOfStruct {
  readonly files: readonly string[];
  readonly tables: readonly VMStateDescription[];
  readonly read: () => Coverage | undefined;
}

const coverages = tableByRevision(readCoverages, {
  name: "coverage",
  keyOf: descriptionKey,
  said: ({ tables }) => tables.map(descriptionKey),
});

function readCoverages(project: Project): ReadonlyMap<VMStateDescription, CoverageOfStruct> {
  const { nested, registered } = descriptionRoles(project);
  const byStruct = new Map<string, VMStateDescription[]>();
  for (const description of project.descriptions()) {
    const [struct] = stateStructs(description);
    if (struct === undefined || isTest(description.file) || description.file.endsWith(".rs")) continue;
    const key = structKey(project, description.file, struct);
    const list = byStruct.get(key);
    if (list) list.push(description);
    else byStruct.set(key, [description]);
  }
  const found = new Map<VMStateDescription, CoverageOfStruct>();
  for (const tables of byStruct.values()) {
    const main = tables.find((each) => !nested.get(descriptionKey(each))?.some(({ as }) => as === "subsection"));
    if (main === undefined || isUnmigratable(main)) continue;
    const [struct = ""] = stateStructs(main);
    const files = [...new Set(tables.map(({ file }) => file))];
    found.set(main, { files, tables, read: once(() => readCoverage(project, struct, main, tables)) });
  }
  for (const { description, types } of registered.values()) {
    const { file } = description;
    if (stateStructs(description).length > 0 || isTest(file) || isUnmigratable(description)) continue;
    const struct = structOfType(project, file, types[0]);
    if (struct === undefined || byStruct.has(structKey(project, file, struct))) continue;
    found.set(description, {
      files: [file],
      tables: [description],
      read: once(() => readCoverage(project, struct, description, [description])),
    });
  }
  return found;
}

/** Of a type whose table names no member itself: the first of the structs that it is made of that the file's code uses. */
function structOfType(project: Project, file: string, type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  const text = project.text(file) ?? "";
  const structs = project
    .ancestry(type)
    .flatMap(({ instanceStruct, name }) => (instanceStruct === undefined || generic.has(name) ? [] : [instanceStruct]));
  return structs.findLast((each) => text.includes(each));
}

function once<T>(compute: () => T): () => T {
  const memo = new Map<string, Found<T>>();
  return () => recalled(memo, "", compute);
}

function isUnmigratable({ unmigratable }: VMStateDescription): boolean {
  return unmigratable.known && unmigratable.value;
}

function readCoverage(
  project: Project,
  structName: string,
  description: VMStateDescription,
  tables: readonly VMStateDescription[],
): Coverage | undefined {
  const files = new Set(tables.map(({ file }) => file));
  files.forEach(noteFile);
  const struct = taggedOrNamed(project, structName, description.file);
  if (struct.kind !== "record" || !project.ctypes().members(struct).known) return undefined;
  const saved = savedPaths(tables, savedAround(project, tables));
  const members = [
    ...valuesIn(project, structName, struct),
    ...pointedTo(project, [...files], structName, struct, saved),
  ];
  const isGivenUp = tables.some((table) => resetsOnLoading(project, table));
  const open = members.filter(
    ({ name }) => !isGivenUp && !saved(name) && ![...files].some((file) => propertySetters(project, file, name)),
  );
  const anew = rebuiltIn(project, [...files], structName, open);
  const users = open.length === 0 ? [] : usersOf(project, structName, tables);
  const elsewhere = setElsewhere(project, users, structName, open, tables);
  const left = open.filter(
    ({ name }) => (anew.get(name)?.asked !== undefined || !anew.has(name)) && !elsewhere.has(name),
  );
  const writes = new Map<string, Readonly<MemberWrites>>();
  for (const file of left.length === 0 ? [] : [...files, ...users]) {
    const setUp = settingUp(project, file, tables);
    const found = memberWrites(
      project,
      file,
      { structName, members: left.map(({ name }) => name) },
      (name) => !setUp.has(name),
    );
    for (const [name, list] of found) {
      const known = writes.get(name);
      writes.set(name, known === undefined ? list : [...known, ...list]);
    }
  }
  const unsaved = left.flatMap(({ name, member }): readonly UnsavedMember[] => {
    const { token } = member;
    const found = writes.get(name);
    if (found === undefined) return [];
    const rebuilt = anew.get(name);
    if (rebuilt !== undefined && !isLeftOut(project, { structName, member: name }, rebuilt, found)) return [];
    const range = token === undefined || token.file === "" ? undefined : token;
    return [
      {
        name,
        typeName: typeName(member.type()),
        range: range && { file: range.file, start: range.start, end: range.end },
        writes: found,
        rebuilt,
        isSaved: saved,
      },
    ];
  });
  const configured = [...files].flatMap((file) => setByGuest(project, file, structName, saved));
  const inside = [...files].flatMap((file) => setInside(project, file, structName, struct, saved));
  const parts = [...files].flatMap((file) => besideOverlaid(project, file, structName, struct, saved));
  return {
    description,
    structName,
    members: members.length,
    unsaved: [...unsaved, ...parts, ...configured, ...inside],
  };
}

/** A post_load that resets the device: what was under way is given up on purpose. */
function resetsOnLoading(project: Project, { file, hooks }: VMStateDescription): boolean {
  const hook = hooks.post_load ?? hooks.post_load_errp;
  const fn = hook && project.function(hook.name, file);
  if (fn?.file !== file) return false;
  const body = bodyOf(project, fn);
  const resets = callsOf(body).filter(
    ({ name, through }) =>
      through === undefined && name.split("_").at(-1) === "reset" && project.function(name, file)?.file === file,
  );
  return (
    resets.length > 0 &&
    alwaysComesTo(
      body,
      resets.map(({ nameStart }) => nameStart),
    )
  );
}

/** Those of its pointers to values that lead to the device's own memory. */
function pointedTo(
  project: Project,
  files: readonly string[],
  structName: string,
  struct: RecordType,
  saved: (name: string) => boolean,
): readonly StateMember[] {
  const [own] = statePartsOf(project, structName, struct);
  const pointers = own?.members.filter(({ name, member }) => isPointer(member.type()) && !saved(name)) ?? [];
  if (pointers.length === 0) return [];
  const found = ownMemory(project, files, { structName, members: pointers.map(({ name }) => name) });
  return pointers.filter(({ name }) => found.includes(name));
}

function isPointer(type: CType): boolean {
  return type.kind === "pointer";
}

/** Registers that the guest writes by their index, where tables save some of them by their names. */
function besideOverlaid(
  project: Project,
  file: string,
  structName: string,
  struct: RecordType,
  saved: (name: string) => boolean,
): readonly UnsavedMember[] {
  if (accessReach(project, file).writes.size === 0) return [];
  const arrays = overlaidArrays(project, struct, saved);
  if (arrays.length === 0) return [];
  const members = arrays.map(({ name }) => name);
  const loading = afterLoading(project, file);
  const { writes } = accessReach(project, file);
  const anew = memberWrites(project, file, { structName, members }, (name) => loading.has(name));
  const found = memberWrites(project, file, { structName, members }, (name) => writes.has(name), true);
  return arrays.flatMap((array): readonly UnsavedMember[] => {
    const { name, member } = array;
    const list = anew.has(name) ? [] : (found.get(name) ?? []);
    const [first, ...others] = list.filter(
      (each) => guestValues(project, file).has(each.range.start) && mayHit(project, array, each),
    );
    if (first === undefined) return [];
    const { token } = member;
    const range =
      token === undefined || token.file === "" ? undefined : { file: token.file, start: token.start, end: token.end };
    return [{ name, typeName: typeName(member.type()), part: missingText(array), range, writes: [first, ...others] }];
  });
}

/** What properties set and the guest's writes as well: a base address, or in a struct a network card's address. */
function setByGuest(
  project: Project,
  file: string,
  structName: string,
  saved: (name: string) => boolean,
): readonly UnsavedMember[] {
  const members = propertyPaths(project, file);
  const { writes } = accessReach(project, file);
  if (members.length === 0 || writes.size === 0) return [];
  const loading = afterLoading(project, file);
  const anew = writesWithin(project, file, { structName, members }, (name) => loading.has(name));
  const found = writesWithin(project, file, { structName, members }, (name) => writes.has(name));
  return [...found].flatMap(([name, list]): readonly UnsavedMember[] => {
    if (saved(name) || anew.has(name)) return [];
    const [first, ...others] = list.filter(({ range }) => guestValues(project, file).has(range.start));
    return first === undefined ? [] : [{ name, typeName: "property", range: undefined, writes: [first, ...others] }];
  });
}

/** What the guest's writes to one device set in another one that it holds, and neither has in a table: `slot.capareg`. */
function setInside(
  project: Project,
  file: string,
  structName: string,
  struct: RecordType,
  saved: (name: string) => boolean,
): readonly UnsavedMember[] {
  const { writes } = accessReach(project, file);
  const devices = writes.size === 0 ? [] : devicesIn(project, struct);
  if (devices.length === 0) return [];
  const members = devices.map(({ name }) => name);
  const loading = afterLoading(project, file);
  const anew = writesWithin(project, file, { structName, members }, (name) => loading.has(name));
  const found = writesWithin(project, file, { structName, members }, (name) => writes.has(name));
  return [...found].flatMap(([name, list]): readonly UnsavedMember[] => {
    const device = devices.find((each) => name.startsWith(`${each.name}.`));
    if (device === undefined || saved(name) || anew.has(name)) return [];
    // what lies behind it may be the guest's RAM
    if (typeAt(project, struct, name)?.kind === "pointer") return [];
    const path = name.slice(device.name.length + 1);
    device.tables.forEach((table) => noteFile(table.file));
    const homes = [...new Set(device.tables.map((table) => table.file))];
    if (savedPaths(device.tables)(path) || homes.includes(file)) return [];
    const [first, ...others] = list.filter(({ range }) => guestValues(project, file).has(range.start));
    return first === undefined
      ? []
      : [{ name, typeName: "member of another device", range: undefined, writes: [first, ...others] }];
  });
}

/** Members that properties of other files set, or functions of theirs that loading comes to. */
function setElsewhere(
  project: Project,
  files: readonly string[],
  structName: string,
  open: readonly StateMember[],
  tables: readonly VMStateDescription[],
): ReadonlySet<string> {
  const names = open.map(({ name }) => name);
  const isLoading = loadedThrough(project, tables);
  const found = files.flatMap((file): readonly string[] => {
    const loading = isLoading(file);
    const set =
      loading.size === 0
        ? []
        : memberWrites(project, file, { structName, members: names }, (fn) => loading.has(fn)).keys();
    return [...set, ...names.filter((name) => propertySetters(project, file, name))];
  });
  return new Set(found);
}

/** By member, what the load hooks of the files do about it. */
function rebuiltIn(project: Project, files: readonly string[], structName: string, members: readonly StateMember[]) {
  const names = members.map(({ name }) => name);
  return new Map(files.flatMap((file) => [...rebuiltMembers(project, file, { structName, members: names })]));
}

/** Whether fields name the member, the struct that it is in, or a part of it. */
function savedPaths(tables: readonly VMStateDescription[], around: readonly string[] = []): (name: string) => boolean {
  const whole = new Set(around);
  const parts = new Set<string>();
  for (const { fields } of tables) {
    // the count of an array is not sent with it
    for (const { member } of fields) {
      if (member === undefined) continue;
      const path = withoutSubscripts(member.path);
      whole.add(path);
      for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1))
        parts.add(path.slice(0, end));
    }
  }
  return (name) => {
    if (parts.has(name)) return true;
    for (let end = name.length; end > 0; end = name.lastIndexOf(".", end - 1)) {
      if (whole.has(name.slice(0, end))) return true;
    }
    return false;
  };
}

/** What tables that hold these save of the struct themselves: `disabled` by `chan[0].disabled` beside `chan`. */
function savedAround(project: Project, tables: readonly VMStateDescription[]): readonly string[] {
  const { nested } = descriptionRoles(project);
  return tables.flatMap((table) =>
    (nested.get(descriptionKey(table)) ?? []).flatMap(({ parent: { fields } }) => {
      const paths = fields.map(({ member }) => withoutSubscripts(member?.path ?? ""));
      return fields.flatMap(({ vmsd }, k) => {
        const outer = `${paths[k] ?? ""}.`;
        return vmsd?.symbol === table.symbol
          ? paths.flatMap((path) => (path.startsWith(outer) ? path.slice(outer.length) : []))
          : [];
      });
    }),
  );
}

function withoutSubscripts(path: string): string {
  let text = "";
  let depth = 0;
  for (const c of path) {
    if (c === "[") depth++;
    else if (c === "]") depth--;
    else if (depth === 0 && c !== " ") text += c;
  }
  return text;
}

function typeName(type: CType): string {
  switch (type.kind) {
    case "array":
      return `${typeName(type.element)}[${type.length?.known === true ? type.length.value : ""}]`;
    case "enum":
      return `enum ${type.tag ?? "{…}"}`;
    case "scalar":
      return type.name;
    case "pointer":
      return `${typeName(type.target())} *`;
    default:
      return type.kind;
  }
}
