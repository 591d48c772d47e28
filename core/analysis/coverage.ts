/** Struct members that no table saves, though a device changes them while the guest runs. */
import { type LocalVariable, localTypes } from "../c/assignments";
import type { CType, Member, RecordType } from "../c/ctype";
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { loadHooks } from "./callbacks";
import type { LocatedFunction, Project } from "./project";
import { propertySetters } from "./propertyMembers";
import { classFunction, typeRoots } from "./reach";
import { descriptionKey, descriptionRoles, typesByFile } from "./registered";
import { type FunctionText, functionTexts } from "./functionTexts";
import { cachedByRevision } from "./cache";
import { stateStructs, structNamed } from "./stateTypes";

export interface MemberWrite {
  /** Name of the function that writes. */
  readonly function: string;
  readonly range: SourceRange;
}

type Writes = [MemberWrite, ...MemberWrite[]];

export interface UnsavedMember {
  readonly name: string;
  /** As the source names it: `uint32_t`. */
  readonly typeName: string;
  /** Where it is declared; undefined where a macro declares it. */
  readonly range: SourceRange | undefined;
  /** In textual order, file by file; never empty. */
  readonly writes: Readonly<Writes>;
}

export interface Coverage {
  readonly description: VMStateDescription;
  readonly structName: string;
  /** Members that hold values: no pointers, no objects of QEMU's own. */
  readonly members: number;
  readonly unsaved: readonly UnsavedMember[];
}

/**
 * What the description's struct holds beyond what any table of that struct saves, as far as functions change it that
 * are neither part of setting the device up, nor of its reset, nor of loading. undefined where the struct is not to be
 * seen, or where another description is the struct's main one.
 */
export function coverageOf(project: Project, description: VMStateDescription): Coverage | undefined {
  return coverages(project).get(description)?.();
}

/** One for each state struct that has a table, in the order of the descriptions. */
export function* allCoverage(project: Project): Generator<Coverage> {
  for (const read of coverages(project).values()) {
    const coverage = read();
    if (coverage !== undefined) yield coverage;
  }
}

const coverages = cachedByRevision((project): ReadonlyMap<VMStateDescription, () => Coverage | undefined> => {
  const { nested } = descriptionRoles(project);
  const byStruct = new Map<string, VMStateDescription[]>();
  for (const description of project.descriptions()) {
    const [struct] = stateStructs(description);
    if (struct === undefined || description.file.startsWith("tests/") || description.file.endsWith(".rs")) continue;
    const list = byStruct.get(struct);
    if (list) list.push(description);
    else byStruct.set(struct, [description]);
  }
  const found = new Map<VMStateDescription, () => Coverage | undefined>();
  for (const [struct, tables] of byStruct) {
    const main = tables.find((each) => !nested.get(descriptionKey(each))?.some(({ as }) => as === "subsection"));
    if (main === undefined || isUnmigratable(main)) continue;
    found.set(
      main,
      once(() => read(project, struct, main, tables)),
    );
  }
  return found;
});

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

function isUnmigratable({ unmigratable }: VMStateDescription): boolean {
  return unmigratable.known && unmigratable.value;
}

function read(
  project: Project,
  structName: string,
  description: VMStateDescription,
  tables: readonly VMStateDescription[],
): Coverage | undefined {
  const struct = structNamed(project, structName, description.file);
  const members = struct.kind === "record" ? valuesIn(project, struct) : undefined;
  if (members === undefined) return undefined;
  const saved = savedMembers(tables);
  const files = new Set(tables.map(({ file }) => file));
  const open = members.filter(
    ({ name = "" }) => !saved.has(name) && ![...files].some((file) => propertySetters(project, file, name)),
  );
  const writes = open.length === 0 ? new Map<string, Writes>() : writesOf(project, structName, open, files, tables);
  const unsaved = open.flatMap((member): readonly UnsavedMember[] => {
    const { name = "", token } = member;
    const found = writes.get(name);
    if (found === undefined) return [];
    const range = token === undefined || token.file === "" ? undefined : token;
    return [
      {
        name,
        typeName: typeName(member.type()),
        range: range && { file: range.file, start: range.start, end: range.end },
        writes: found,
      },
    ];
  });
  return { description, structName, members: members.length, unsaved };
}

function savedMembers(tables: readonly VMStateDescription[]): ReadonlySet<string> {
  const saved = new Set<string>();
  for (const { fields } of tables) {
    for (const { member, numMember, sizeMember } of fields) {
      for (const each of [member, numMember, sizeMember]) {
        const first = each?.path.split(/[.[]/, 1)[0];
        if (first !== undefined) saved.add(first);
      }
    }
  }
  return saved;
}

/** Numbers, enums and arrays of them. What a pointer or an object of QEMU's leads to has owners of its own. */
function valuesIn(project: Project, struct: RecordType): readonly Member[] | undefined {
  const members = project.ctypes().members(struct);
  if (!members.known) return undefined;
  return members.value.list.filter((member) => member.name !== undefined && isValue(member.type()));
}

function isValue(type: CType): boolean {
  if (type.kind === "array") return isValue(type.element);
  return type.kind === "scalar" || type.kind === "enum";
}

function typeName(type: CType): string {
  switch (type.kind) {
    case "array":
      return `${typeName(type.element)}[${type.length?.known === true ? type.length.value : ""}]`;
    case "enum":
      return `enum ${type.tag ?? "{…}"}`;
    case "scalar":
      return type.name;
    default:
      return type.kind;
  }
}

function writesOf(
  project: Project,
  structName: string,
  members: readonly Member[],
  files: ReadonlySet<string>,
  tables: readonly VMStateDescription[],
): ReadonlyMap<string, Writes> {
  const found = new Map<string, Writes>();
  const bare = structName.replace(/^struct\s+/, "");
  for (const file of files) {
    const text = project.text(file) ?? "";
    const set = settingUp(project, file, tables);
    const running = functionTexts(project, file).filter(({ name }) => !set.has(name));
    for (const fn of running) {
      const located = project.function(fn.name, file);
      if (located?.file !== file) continue;
      const owners = pointersTo(bare, localTypes(text, located.definition));
      if (owners.length === 0) continue;
      for (const { name = "" } of members) {
        const at = writeOf(fn, owners, name);
        if (at === undefined) continue;
        const list = found.get(name);
        const write = { function: fn.name, range: { file, start: at, end: at + name.length } };
        if (list) list.push(write);
        else found.set(name, [write]);
      }
    }
  }
  return found;
}

function pointersTo(structName: string, locals: ReadonlyMap<string, LocalVariable>): readonly string[] {
  return [...locals.values()].filter((l) => l.pointer && l.typeName === structName).map(({ name }) => name);
}

/** Offset of the member's name where the function first sets it through one of the pointers. */
function writeOf({ body, start }: FunctionText, owners: readonly string[], member: string): number | undefined {
  if (!body.includes(member)) return undefined;
  const target = `\\b(?:${owners.join("|")})\\s*->\\s*(${member})\\b(?:\\s*\\[[^\\]]*\\])*`;
  const set = new RegExp(`${target}\\s*(?:(?:[|&^+*/%-]|<<|>>)?=(?!=)|\\+\\+|--)|(?:\\+\\+|--)\\s*${target}`);
  const match = set.exec(body);
  if (match === null) return undefined;
  return start + match.index + match[0].indexOf(member, match[0].indexOf("->"));
}

/** Functions of the file that run to set a device up, to reset it or to load it, and those that only they call. */
function settingUp(project: Project, file: string, tables: readonly VMStateDescription[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (fn: LocatedFunction | undefined): void => {
    if (fn?.file === file) found.add(fn.definition.name);
  };
  for (const type of typesByFile(project).get(file) ?? []) {
    for (const fn of typeRoots(project, type)) add(fn);
    for (const { slot, value } of type.classSlots) {
      if (/reset|unrealize|exit|finalize|phases/.test(slot)) add(classFunction(project, type, value));
    }
  }
  for (const { hooks } of tables) {
    for (const hook of [...loadHooks, "pre_save", "post_save"] as const) {
      const reference = hooks[hook];
      if (reference) add(project.function(reference.name, file));
    }
  }
  const functions = functionTexts(project, file);
  for (const { name, body } of functions) {
    for (const [, handler = ""] of body.matchAll(/\bqemu_register_reset(?:_nosnapshotload)?\s*\(\s*(\w+)/g))
      found.add(handler);
    if (/(?:^|_)(?:reset|init|initfn|realize|instance_init|finalize|exit)(?:_\w+)?$/.test(name)) found.add(name);
  }
  addHelpers(found, callersIn(project, file, functions));
  return found;
}

/** Adds whom only members of the set call, until there are no more. */
function addHelpers(set: Set<string>, callers: ReadonlyMap<string, ReadonlySet<string>>): void {
  const callees = new Map<string, string[]>();
  const others = new Map<string, number>();
  for (const [name, by] of callers) {
    others.set(name, by.size);
    for (const caller of by) {
      const list = callees.get(caller);
      if (list) list.push(name);
      else callees.set(caller, [name]);
    }
  }
  // grows while it is walked
  for (const caller of set) {
    for (const name of callees.get(caller) ?? []) {
      const left = (others.get(name) ?? 0) - 1;
      others.set(name, left);
      if (left === 0) set.add(name);
    }
  }
}

/** By name. A function that anybody mentions without calling it has a caller nobody knows: "". */
function callersIn(
  project: Project,
  file: string,
  functions: readonly FunctionText[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const own = new Set(functions.map(({ name }) => name));
  const callers = new Map<string, Set<string>>();
  const note = (name: string, caller: string): void => {
    const known = callers.get(name);
    if (known) known.add(caller);
    else callers.set(name, new Set([caller]));
  };
  for (const { name, body } of functions) {
    for (const [, word = "", call] of body.matchAll(/\b([A-Za-z_]\w*)\b(\s*\()?/g)) {
      if (own.has(word) && word !== name) note(word, call === undefined ? "" : name);
    }
  }
  const text = project.text(file) ?? "";
  for (const declaration of project.facts(file)?.declarations ?? []) {
    if (declaration.kind === "function" && !declaration.isStatic) note(declaration.name, "");
    if (declaration.kind !== "variable") continue;
    const initialiser = text.slice(declaration.initStart, declaration.initEnd);
    for (const [word] of initialiser.matchAll(/[A-Za-z_]\w*/g)) if (own.has(word)) note(word, "");
  }
  return callers;
}
