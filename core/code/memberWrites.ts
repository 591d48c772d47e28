/** Who sets members of a struct: by the text of functions, so that half-typed code has an answer too. */
import { localTypes } from "../c/assignments";
import type { Member } from "../c/ctype";
import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import { loadHooks } from "./callbacks";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { LocatedFunction, Project } from "../project/project";
import { classFunction, typeRoots } from "./reach";
import { typesByFile } from "./registered";

export interface MemberWrite {
  /** Name of the function that writes. */
  readonly function: string;
  readonly range: SourceRange;
}

export type MemberWrites = [MemberWrite, ...MemberWrite[]];

/** By name of the member, what the functions that `isWanted` names set of it, in textual order. */
export function memberWrites(
  project: Project,
  file: string,
  { structName, members }: { readonly structName: string; readonly members: readonly Member[] },
  isWanted: (functionName: string) => boolean,
): ReadonlyMap<string, Readonly<MemberWrites>> {
  const found = new Map<string, MemberWrites>();
  const bare = structName.replace(/^struct\s+/, "");
  const names = new Set(members.map(({ name = "" }) => name));
  for (const fn of functionTexts(project, file)) {
    if (!isWanted(fn.name)) continue;
    const seen = new Set<string>();
    for (const { typeName, member, at } of pointerWrites(project, file, fn)) {
      if (typeName !== bare || !names.has(member) || seen.has(member)) continue;
      seen.add(member);
      const write = { function: fn.name, range: { file, start: at, end: at + member.length } };
      const list = found.get(member);
      if (list) list.push(write);
      else found.set(member, [write]);
    }
  }
  return found;
}

/** `s->count = 0`, where `s` is a pointer to a struct. */
interface PointerWrite {
  readonly typeName: string;
  readonly member: string;
  /** Offset of the member's name in the file. */
  readonly at: number;
}

const perText = new WeakMap<FunctionText, readonly PointerWrite[]>();

const write =
  /(?:(\+\+|--)\s*)?\b(\w+)\s*->\s*(\w+)\b(?=(?:\s*\[[^\]]{0,200}\])*\s*((?:[|&^+*/%-]|<<|>>)?=(?!=)|\+\+|--)?)/g;

function pointerWrites(project: Project, file: string, fn: FunctionText): readonly PointerWrite[] {
  const known = perText.get(fn);
  if (known !== undefined) return known;
  const sets = [...fn.body.matchAll(write)].filter(([, before, , , behind]) => (before ?? behind) !== undefined);
  const located = sets.length === 0 ? undefined : project.function(fn.name, file);
  const locals = located?.file === file ? localTypes(project.text(file) ?? "", located.definition) : undefined;
  const found = sets.flatMap(({ 0: all, 2: owner = "", 3: member = "", index }): readonly PointerWrite[] => {
    const local = locals?.get(owner);
    if (local?.pointer !== true) return [];
    return [{ typeName: local.typeName, member, at: fn.start + index + all.indexOf(member, all.indexOf("->")) }];
  });
  perText.set(fn, found);
  return found;
}

/**
 * Offset in the file where the function goes by the member's value, through a pointer to the struct; not to print it, to
 * count it on, or to set it.
 */
export function memberUse(
  project: Project,
  file: string,
  fn: FunctionText,
  { structName, member }: { readonly structName: string; readonly member: string },
): number | undefined {
  if (!fn.body.includes(member)) return undefined;
  const code = fn.body.replace(words, (all) => " ".repeat(all.length));
  const located = project.function(fn.name, file);
  if (located?.file !== file) return undefined;
  const locals = localTypes(project.text(file) ?? "", located.definition);
  const bare = structName.replace(/^struct\s+/, "");
  const behind = "(?!\\s*(?:->|\\.|\\(|(?:\\+\\+|--)\\s*;|(?:\\[[^\\]]{0,200}\\]\\s*)*(?:[|&^+*/%-]|<<|>>)?=(?!=)))";
  for (const { 0: all, 1: owner = "", index } of code.matchAll(
    new RegExp(`\\b(\\w+)\\s*->\\s*${member}\\b${behind}`, "g"),
  )) {
    const local = locals.get(owner);
    if (local?.pointer === true && local.typeName === bare) return fn.start + index + all.length - member.length;
  }
  return undefined;
}

const words = /\b(?:trace_\w+|qemu_log\w*|\w*PRINTF\w*)\s*\([^;]{0,1000};/gi;

/** Functions of the file that run to set a device up, to reset it or to load it, and those that only they call. */
export function settingUp(project: Project, file: string, tables: readonly VMStateDescription[]): ReadonlySet<string> {
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

/** The post_load hooks of the file's tables, and every function of the file that one of them comes to. */
export function afterLoading(project: Project, file: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { hooks } of project.descriptionsIn(file)) {
    for (const hook of [hooks.post_load, hooks.post_load_errp]) if (hook) found.add(hook.name);
  }
  if (found.size === 0) return found;
  const byName = new Map(functionTexts(project, file).map((each) => [each.name, each]));
  // grows while it is walked
  for (const name of found) {
    for (const [, callee = ""] of byName.get(name)?.body.matchAll(/\b([A-Za-z_]\w*)\s*\(/g) ?? []) {
      if (byName.has(callee)) found.add(callee);
    }
  }
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
