/** Who sets members of a struct, and who goes by them. */
import { accessesIn } from "../c/body/accesses";
import { bodyCall, callsOf } from "../c/body/calls";
import { isAssignment, localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { mayChange } from "../c/body/mayChange";
import { memberPlace, type MemberPlace, namedPath, type Path, pathOf } from "../c/body/paths";
import { nodesIn } from "../c/body/walk";
import type { SourceRange } from "../c/range";
import { blanksAfter } from "../c/body";
import { namesIn, nameSpans } from "../c/words";
import type { Expression, Span, Statement } from "../c/syntax";
import type { VMStateDescription } from "../vmstate/model";
import { loadHooks } from "./callbacks";
import { bodyOf, callsStarting } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { LocatedFunction, Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import { bareName } from "../project/stateTypes";
import { assignedPlaces } from "./macroWrites";
import { classFunction, typeRoots } from "./reach";
import { typesByFile } from "./registered";
import { joined, pathBehind, pathsOf, spellingsOf, structsAlong } from "./spellings";
import { storedArgument } from "./stores";

export interface MemberWrite {
  /** Name of the function that writes. */
  readonly function: string;
  readonly range: SourceRange;
}

export type MemberWrites = [MemberWrite, ...MemberWrite[]];

/** Members of a struct; what lies in a struct inside it as `regs.ctl`. */
export interface MembersOf {
  readonly structName: string;
  readonly members: readonly string[];
}

/** Paths that the functions write of the members named, and of what lies in them: `conf.macaddr.a` for `conf`. */
export function writesWithin(
  project: Project,
  file: string,
  { structName, members }: MembersOf,
  isWanted: (functionName: string) => boolean,
): ReadonlyMap<string, Readonly<MemberWrites>> {
  const found = new Map<string, MemberWrites>();
  const bare = bareName(structName);
  for (const fn of functionTexts(project, file)) {
    if (!isWanted(fn.name) || !members.some((member) => fn.body.includes(member.split(".", 1)[0] ?? ""))) continue;
    for (const { typeName, member, range } of placesIn(project, file, fn).writes) {
      if (typeName !== bare || !members.some((each) => `${member}.`.startsWith(`${each}.`))) continue;
      const write = { function: fn.name, range };
      const list = found.get(member);
      if (list) list.push(write);
      else found.set(member, [write]);
    }
  }
  return found;
}

/** An address that goes through more functions than this is not followed. */
const depthLimit = 4;

/**
 * By name of the member, what the functions that `isWanted` names set of it, in textual order: themselves, or by giving
 * its address to another function of the file that is wanted as well. `all`: more than the first of a function.
 */
export function memberWrites(
  project: Project,
  file: string,
  { structName, members }: MembersOf,
  isWanted: (functionName: string) => boolean,
  all = false,
): ReadonlyMap<string, Readonly<MemberWrites>> {
  const found = new Map<string, MemberWrites>();
  const structs = structsAlong(project, file, structName, members);
  const words = new Set(members.flatMap((member) => member.split(".")));
  const functions = functionTexts(project, file).filter(({ name }) => isWanted(name));
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const setting = macrosNaming(project, file, words);
  const seen = new Set<string>();
  const note = (name: string, write: MemberWrite): void => {
    for (const member of members) {
      const key = `${write.function} ${all ? write.range.start : ""} ${member}`;
      if ((member !== name && !member.startsWith(`${name}.`)) || seen.has(key)) continue;
      seen.add(key);
      const list = found.get(member);
      if (list) list.push(write);
      else found.set(member, [write]);
    }
  };
  for (const fn of functions) {
    const mayWrite = (): boolean =>
      [...words].some((word) => mayChange(fn.body, word)) || setting.some((macro) => fn.body.includes(macro));
    if (!known.has(fn) && !mayWrite()) continue;
    const { writes, given } = placesIn(project, file, fn);
    for (const { range, ...place } of writes) {
      for (const path of pathsOf(place, structs)) note(path, { function: fn.name, range });
    }
    let level = given.flatMap((each) => pathsOf(each, structs).map((member) => ({ ...each, member })));
    for (let depth = 0; depth < depthLimit && level.length > 0; depth++) {
      level = level.flatMap(({ callee, index, member }) => {
        const helper = byName.get(callee);
        if (helper === undefined || !words.has(member.split(".", 1)[0] ?? "")) return [];
        const inside = placesIn(project, file, helper);
        for (const each of inside.writes) {
          if (each.parameter === index) note(joined(member, each.member), { function: callee, range: each.range });
        }
        return inside.given
          .filter(({ parameter }) => parameter === index)
          .map((each) => ({ ...each, member: joined(member, each.member) }));
      });
    }
  }
  return found;
}

/** Macros of the file that name one of the words: `#define SET_MODE(s, m) ((s)->mode = (m))`. */
function macrosNaming(project: Project, file: string, words: ReadonlySet<string>): readonly string[] {
  const text = project.text(file) ?? "";
  return (project.facts(file)?.macros ?? []).flatMap(({ name, parameters, bodyStart, bodyEnd }) => {
    if (parameters === undefined) return [];
    const body = text.slice(bodyStart, bodyEnd);
    return body.includes("=") && [...words].some((word) => mayChange(body, word)) ? [name] : [];
  });
}

interface Place extends MemberPlace {
  /** Index of the parameter that it is reached from; -1 for another variable. */
  readonly parameter: number;
}

interface WrittenPlace extends Place {
  readonly range: SourceRange;
}

/** `&s->regs` or an array as an argument. */
interface GivenPlace extends Place {
  readonly callee: string;
  readonly index: number;
}

interface Places {
  readonly writes: readonly WrittenPlace[];
  readonly given: readonly GivenPlace[];
}

const known = new WeakMap<FunctionText, Places>();

/** What the function sets, and which addresses it gives away. */
function placesIn(project: Project, file: string, fn: FunctionText): Places {
  const before = known.get(fn);
  if (before !== undefined) return before;
  // a name that a macro makes, or that another file's function has, says nothing of who calls it
  const body =
    project.function(fn.name, file)?.file === file ? bodyOf(project, { file, definition: fn.definition }) : undefined;
  const places = body === undefined ? nowhere : readPlaces(project, file, body);
  known.set(fn, places);
  return places;
}

const nowhere: Places = { writes: [], given: [] };

function readPlaces(project: Project, file: string, body: Body): Places {
  const writes: WrittenPlace[] = [];
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || kind === "read" || kind === "address") continue;
    if (place.kind === "identifier") continue;
    for (const found of placesThrough(project, place, body))
      writes.push({ ...found, range: { file, ...nameOf(place) } });
  }
  const given: GivenPlace[] = [];
  for (const call of callsOf(body)) {
    if (call.through !== undefined) continue;
    const before = given.length;
    const stored = storedArgument(call.name);
    for (const [index, argument] of call.node.arguments.entries()) {
      for (const place of placesOf(argument, body)) {
        given.push({ ...place, callee: call.name, index });
        if (index === stored) writes.push({ ...place, range: { file, ...nameOf(argument) } });
      }
    }
    if (given.length === before) continue;
    for (const { place } of assignedPlaces(project, file, call)) {
      for (const each of placesOf(place, body)) writes.push({ ...each, range: { file, ...nameOf(place) } });
    }
  }
  return { writes, given };
}

/** Whether the place is the member that has these spellings. */
export function isSpelled(place: Expression, body: Body, spellings: ReadonlySet<string>): boolean {
  return placesOf(place, body).some(({ typeName, member }) => spellings.has(`${typeName} ${member}`));
}

/** `ctl` of Regs and `regs.ctl` of Dev for `r->ctl` behind `Regs *r = &s->regs`. */
export function placesOf(expression: Expression, body: Body): readonly Place[] {
  const locals = localsOf(body);
  const named = placeBehind(namedPath(expression, locals), body);
  const origin = placeBehind(pathOf(expression, locals), body);
  if (named === undefined || origin === undefined) return named ? [named] : origin ? [origin] : [];
  return named.local === origin.local && named.member === origin.member ? [named] : [named, origin];
}

/** The same, and what lies behind a pointer in a struct of the file: `tmp->parent->ctl`. */
function placesThrough(project: Project, expression: Expression, body: Body): readonly Place[] {
  const found = placesOf(expression, body);
  if (found.length > 0 || expression.kind !== "member") return found;
  const path = namedPath(expression, localsOf(body));
  const behind = path && pathBehind(project, body.file, path);
  const place = placeBehind(behind, body);
  return place === undefined ? [] : [place];
}

function placeBehind(path: Path | undefined, body: Body): Place | undefined {
  const place = path && memberPlace(path);
  if (place === undefined) return undefined;
  const { isParameter, declarator } = place.local;
  const at = isParameter ? body.parameters.findIndex(({ nameStart }) => nameStart === declarator.nameStart) : -1;
  return { ...place, parameter: at };
}

/** Offset of the member's name in `s->regs[i]`, and in its address. */
export function placeStart(place: Expression): number {
  return nameOf(place).start;
}

/** Of the member in `s->regs[i]`. */
function nameOf(place: Expression): Span {
  let at = place;
  while (at.kind === "subscript" || at.kind === "cast" || (at.kind === "unary" && at.operator === "&")) {
    at = at.kind === "subscript" ? at.object : at.operand;
  }
  return at.kind === "member" ? { start: at.end - at.name.length, end: at.end } : { start: at.start, end: at.end };
}

/**
 * Offset in the file where the function goes by the member's value, through a pointer to the struct; not to print it, to
 * count it on, or to set it, and not behind a statement that has set it anew.
 */
export function memberUse(
  project: Project,
  file: string,
  fn: FunctionText,
  { structName, member }: { readonly structName: string; readonly member: string },
): number | undefined {
  const last = member.slice(member.lastIndexOf(".") + 1);
  if (!used.has(fn) && !fn.body.includes(last)) return undefined;
  const uses = usesIn(project, file, fn);
  for (const spelling of spellingsOf(project, file, { structName, member })) {
    const found = uses.get(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

const used = new WeakMap<FunctionText, ReadonlyMap<string, number>>();

/** By struct and member, where the function first goes by its value. */
function usesIn(project: Project, file: string, fn: FunctionText): ReadonlyMap<string, number> {
  const before = used.get(fn);
  if (before !== undefined) return before;
  const found = new Map<string, number>();
  used.set(fn, found);
  if (project.function(fn.name, file)?.file !== file) return found;
  const body = bodyOf(project, { file, definition: fn.definition });
  let unused: ReadonlySet<number> | undefined;
  let settled: ReadonlyMap<string, readonly Span[]> | undefined;
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || kind === "write" || place.kind === "identifier") continue;
    for (const { typeName, member } of placesThrough(project, place, body)) {
      const key = `${typeName} ${member}`;
      if (member === "" || found.has(key)) continue;
      unused ??= placesWithoutUse(body);
      const { start } = nameOf(place);
      if (unused.has(start)) continue;
      settled ??= settledIn(body);
      const isBehind = (spans: readonly Span[] | undefined): boolean =>
        spans?.some((span) => span.start <= start && start < span.end) === true;
      // an array that is filled, and then handed on
      const isFilled = place.kind === "member" && isBehind(settled.get(`${key}[]`));
      if (!isFilled && !isBehind(settled.get(key))) found.set(key, start);
    }
  }
  return found;
}

/**
 * By struct and member, the text behind a statement that sets it whole, as far as nothing leads there but the statement; with
 * `[]` behind the member, that sets an element.
 */
function settledIn(body: Body): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, Span[]>();
  for (const block of nodesIn(body.block)) {
    if (block.kind !== "block") continue;
    let open: [string, { readonly start: number; end: number }][] = [];
    for (const statement of block.statements) {
      const { kind, start } = statement;
      if (kind === "case" || kind === "default" || kind === "label") {
        for (const [, span] of open) span.end = start;
        open = [];
      }
      const set = kind === "expression" ? placeSet(statement.expression) : undefined;
      for (const { typeName, member } of set === undefined ? [] : placesOf(set, body)) {
        const span = { start: statement.end, end: block.end };
        const key = `${typeName} ${member}${set?.kind === "subscript" ? "[]" : ""}`;
        open.push([key, span]);
        found.set(key, [...(found.get(key) ?? []), span]);
      }
    }
  }
  return found;
}

/** `s->a` of `s->a = x;`, and of `memcpy(s->a, …);`; `s->a[i]` of `s->a[i] = x;`. */
function placeSet(expression: Expression): Expression | undefined {
  const target =
    expression.kind === "binary" && expression.operator === "="
      ? expression.left
      : expression.kind === "call"
        ? expression.arguments[storedArgument(bodyCall(expression).name) ?? -1]
        : undefined;
  return target?.kind === "member" || target?.kind === "subscript" ? target : undefined;
}

/** Where names stand whose value only goes into a message, or is counted on and no more. */
function placesWithoutUse(body: Body): ReadonlySet<number> {
  const found = new Set<number>();
  const add = (place: Expression): void => {
    found.add(nameOf(place).start);
  };
  for (const node of nodesIn(body.block)) {
    if (node.kind === "call" && isMessage(bodyCall(node).name)) {
      for (const argument of node.arguments) for (const { place } of accessesIn(argument)) add(place);
    } else if (node.kind === "call" && storedArgument(bodyCall(node).name) !== undefined) {
      const target = node.arguments[storedArgument(bodyCall(node).name) ?? 0];
      if (target !== undefined) add(target);
    } else if (node.kind === "if" && node.otherwise === undefined && isOnlyTold(node.then)) {
      for (const { place } of accessesIn(node.condition)) add(place);
    } else if (node.kind === "if" && isDebugging(node.condition)) {
      for (const part of [node.condition, node.then]) for (const { place } of accessesIn(part)) add(place);
    } else if (node.kind === "binary" && isAssignment(node.operator)) {
      add(node.left);
    } else if (node.kind === "expression") {
      const { expression } = node;
      if (expression.kind === "postfix" || expression.kind === "unary") add(expression.operand);
    }
  }
  return found;
}

/** `if (s->debug) …`: what stands there is for messages. */
function isDebugging(condition: Expression): boolean {
  for (const { place } of accessesIn(condition)) {
    if ((place.kind === "member" || place.kind === "identifier") && place.name.toLowerCase() === "debug") return true;
  }
  return false;
}

/** Nothing but messages. */
function isOnlyTold(statement: Statement): boolean {
  if (statement.kind === "block")
    return statement.statements.some(isMessageCall) && statement.statements.every(isOnlyTold);
  if (statement.kind === "if") return statement.otherwise === undefined && isOnlyTold(statement.then);
  if (statement.kind !== "expression") return false;
  const { expression } = statement;
  // and that it has been told
  if (expression.kind === "binary") return expression.operator === "=" && expression.right.kind === "integer";
  return isMessageCall(statement);
}

function isMessageCall(statement: Statement): boolean {
  return (
    statement.kind === "expression" &&
    statement.expression.kind === "call" &&
    isMessage(bodyCall(statement.expression).name)
  );
}

function isMessage(name: string): boolean {
  const upper = name.toUpperCase();
  return name.startsWith("trace_") || name.startsWith("qemu_log") || upper.includes("PRINT") || upper.includes("DEBUG");
}

const tearing = ["reset", "unrealize", "exit", "finalize", "phases"];
/** In names of functions, by QEMU's custom. */
const settingWords = new Set(["reset", "init", "initfn", "realize", "finalize", "exit"]);

/** Functions of the file that run to set a device up, to reset it or to load it, and those that only they call. */
export function settingUp(project: Project, file: string, tables: readonly VMStateDescription[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (fn: LocatedFunction | undefined): void => {
    if (fn?.file === file) found.add(fn.definition.name);
  };
  for (const type of typesByFile(project).get(file) ?? []) {
    for (const fn of typeRoots(project, type)) add(fn);
    for (const { slot, value } of type.classSlots) {
      if (tearing.some((each) => slot.includes(each))) add(classFunction(project, type, value));
    }
  }
  for (const { hooks } of tables) {
    for (const hook of [...loadHooks, "pre_save", "post_save"] as const) {
      const reference = hooks[hook];
      if (reference) add(project.function(reference.name, file));
    }
  }
  const functions = functionTexts(project, file);
  for (const { name, node } of callsStarting(project, file, "qemu_register_reset")) {
    const [handler] = node.arguments;
    const isPlain = name === "qemu_register_reset" || name === "qemu_register_reset_nosnapshotload";
    if (isPlain && handler?.kind === "identifier") found.add(handler.name);
  }
  for (const { name } of functions) if (name.split("_").some((word) => settingWords.has(word))) found.add(name);
  addHelpers(found, callersIn(project, file, functions));
  return found;
}

const setUps = cachedByRevision(() => new Map<string, Found<ReadonlySet<string>>>(), "own");

/** The same with the file's own tables. */
export function settingUpIn(project: Project, file: string): ReadonlySet<string> {
  return recalled(setUps(project), file, () => settingUp(project, file, project.descriptionsIn(file)));
}

/** The post_load hooks of the file's tables, and what its own infos take out of the stream with. */
export function loadingRoots(project: Project, file: string): readonly string[] {
  const found = new Set<string>();
  for (const { hooks, fields } of project.descriptionsIn(file)) {
    for (const hook of [hooks.post_load, hooks.post_load_errp]) if (hook) found.add(hook.name);
    for (const { info: used } of fields) {
      const info = used?.range.file === file ? project.info(used.symbol, file) : undefined;
      if (info?.file === file && info.get) found.add(info.get.name);
    }
  }
  return [...found];
}

/** Those, and every function of the file that one of them comes to. */
export function afterLoading(project: Project, file: string): ReadonlySet<string> {
  const found = new Set(loadingRoots(project, file));
  if (found.size === 0) return found;
  const byName = new Map(functionTexts(project, file).map((each) => [each.name, each]));
  // grows while it is walked
  for (const name of found) {
    const { body } = byName.get(name) ?? { body: "" };
    for (const [callee, isCalled] of namesUsed(body)) if (isCalled && byName.has(callee)) found.add(callee);
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
    for (const [word, isCalled] of namesUsed(body)) {
      if (own.has(word) && word !== name) note(word, isCalled ? name : "");
    }
  }
  const text = project.text(file) ?? "";
  for (const declaration of project.facts(file)?.declarations ?? []) {
    if (declaration.kind === "function" && !declaration.isStatic) note(declaration.name, "");
    if (declaration.kind !== "variable") continue;
    for (const word of namesIn(text, declaration.initStart, declaration.initEnd)) if (own.has(word)) note(word, "");
  }
  return callers;
}

/** Names in a text, and whether a bracket opens behind them. */
function* namesUsed(text: string): Generator<readonly [name: string, isCalled: boolean]> {
  for (const [start, end] of nameSpans(text, 0, text.length)) {
    yield [text.slice(start, end), text[blanksAfter(text, end, text.length)] === "("];
  }
}

export interface Writers {
  /** In functions that set the device up or tear it down, and those that only they call. */
  readonly setUp: readonly SourceRange[];
  readonly running: readonly SourceRange[];
}

/** By member, where a file sets it; a member that nothing there sets is not in it. What reset sets, the guest may change. */
export function allWrites(project: Project, file: string, of: MembersOf): ReadonlyMap<string, Writers> {
  const setUp = settingUp(project, file, []);
  const found = new Map<string, Writers>();
  for (const [name, writes] of memberWrites(project, file, of, () => true)) {
    const [early, running] = [true, false].map((wanted) =>
      writes
        .filter((each) => (setUp.has(each.function) && !each.function.includes("reset")) === wanted)
        .map(({ range }) => range),
    );
    found.set(name, { setUp: early ?? [], running: running ?? [] });
  }
  return found;
}
