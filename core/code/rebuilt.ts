/** Members that no stream has and that loading works out. */
import { accessesIn } from "../c/body/accesses";
import { alwaysComesTo } from "../c/body/always";
import { callsOf } from "../c/body/calls";
import { stateConditions } from "../c/body/conditions";
import { localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { bodyOf, typesIn } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { deferredIn } from "./deferred";
import { isSpelled, placeStart } from "./memberPlaces";
import { memberWrites, type MemberWrite, type MemberWrites, type MembersOf } from "./memberWrites";
import { afterLoading, loadingRoots, settingUpIn } from "./settingUp";
import { type MemberOf, spellingsOf } from "./spellings";
import { isNamed } from "./valueFlow";

export interface Rebuilt {
  /** What sets it: in a load hook, or in what one calls. */
  readonly by: MemberWrite;
  /** undefined: every load that succeeds comes to it. Otherwise what loading asks before: constants, functions and members. */
  readonly asked: ReadonlySet<string> | undefined;
}

/** By member, what the post_load hooks of the file's tables do about it. */
export function rebuiltMembers(project: Project, file: string, of: MembersOf): ReadonlyMap<string, Rebuilt> {
  const found = new Map<string, Rebuilt>();
  const loading = of.members.length === 0 ? new Set<string>() : afterLoading(project, file);
  if (loading.size === 0) return found;
  const written = memberWrites(project, file, of, (fn) => loading.has(fn), true);
  if (written.size === 0) return found;
  const functions = loadingFunctions(project, file, loading);
  const hooks = new Set(loadingRoots(project, file));
  for (const [member, all] of written) {
    const spellings = spellingsOf(project, file, { structName: of.structName, member });
    const [by, ...others] = all.filter(
      (write) => !(hooks.has(write.function) && isMadeOfItself(functions, spellings, write)),
    );
    if (by === undefined) continue;
    const places = placesByFunction([by, ...others]);
    const always = alwaysSetting(functions, spellings, places);
    const isRebuilt = [...hooks].some((hook) => always.has(hook));
    found.set(member, { by, asked: isRebuilt ? undefined : askedBy(functions, places) });
  }
  return found;
}

/** `s->divider &= 0xff;` in a hook holds to its range what is there, and works nothing out. */
function isMadeOfItself(
  { bodies }: LoadingFunctions,
  spellings: ReadonlySet<string>,
  { function: name, range }: MemberWrite,
): boolean {
  const body = bodies.get(name);
  if (body === undefined) return false;
  for (const { place, kind, value } of accessesIn(body.block)) {
    if (placeStart(place) !== range.start || (kind !== "update" && kind !== "write")) continue;
    if (kind === "update") return true;
    return [...accessesIn(value ?? place)].some(
      (each) => each.kind === "read" && isSpelled(each.place, body, spellings),
    );
  }
  return false;
}

interface Caller {
  readonly name: string;
  /** Of the call. */
  readonly start: number;
  /** Not through a pointer. */
  readonly isDirect: boolean;
}

/** What the load hooks of a file come to there. */
interface LoadingFunctions {
  readonly bodies: ReadonlyMap<string, Body>;
  /** By the name that is called. */
  readonly callers: ReadonlyMap<string, readonly Caller[]>;
}

function loadingFunctions(project: Project, file: string, loading: ReadonlySet<string>): LoadingFunctions {
  const bodies = new Map<string, Body>();
  const callers = new Map<string, Caller[]>();
  for (const name of loading) {
    const fn = project.function(name, file);
    if (fn?.file !== file) continue;
    const body = bodyOf(project, fn);
    bodies.set(name, body);
    const note = (callee: string, start: number, isDirect: boolean): void => {
      const list = callers.get(callee);
      if (list) list.push({ name, start, isDirect });
      else callers.set(callee, [{ name, start, isDirect }]);
    };
    for (const { name: callee, through, nameStart } of callsOf(body)) note(callee, nameStart, through === undefined);
    for (const each of deferredIn(project, fn)) if (!each.isTimer) note(each.name, each.start, true);
  }
  return { bodies, callers };
}

/** By function, where it sets the member. */
type Places = ReadonlyMap<string, readonly number[]>;

function placesByFunction(writes: Readonly<MemberWrites>): Places {
  const places = new Map<string, number[]>();
  for (const { function: name, range } of writes) {
    const list = places.get(name);
    if (list) list.push(range.start);
    else places.set(name, [range.start]);
  }
  return places;
}

/** The functions of which each call sets the member, by themselves or by what they call. */
function alwaysSetting(
  { bodies, callers }: LoadingFunctions,
  spellings: ReadonlySet<string>,
  writes: Places,
): ReadonlySet<string> {
  const always = new Set<string>();
  const open = new Set(writes.keys());
  // grows while it is walked; who calls somebody that is added comes again
  for (const name of open) {
    open.delete(name);
    const body = bodies.get(name);
    if (body === undefined || always.has(name)) continue;
    const own = writes.get(name) ?? [];
    const calls = [...always].flatMap((each) =>
      (callers.get(each) ?? []).flatMap((caller) => (caller.isDirect && caller.name === name ? caller.start : [])),
    );
    const places = [...own, ...(own.length > 0 ? comparisons(body, spellings) : []), ...calls];
    if (!alwaysComesTo(body, places)) continue;
    always.add(name);
    for (const caller of callers.get(name) ?? []) if (caller.isDirect) open.add(caller.name);
  }
  return always;
}

/** `if (s->level != level) s->level = level;` leaves the same as setting it. */
function comparisons(body: Body, spellings: ReadonlySet<string>): readonly number[] {
  const found: number[] = [];
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "binary" || (node.operator !== "==" && node.operator !== "!=")) continue;
    for (const operand of [node.left, node.right]) if (isSpelled(operand, body, spellings)) found.push(operand.start);
  }
  return found;
}

/** What loading asks on its way to a function that sets the member, and in it. */
function askedBy({ bodies, callers }: LoadingFunctions, writes: Places): ReadonlySet<string> {
  const found = new Set<string>();
  const towards = new Set(writes.keys());
  // grows while it is walked
  for (const name of towards) {
    for (const offset of writes.get(name) ?? []) addAsked(found, bodies.get(name), offset);
    for (const caller of callers.get(name) ?? []) {
      addAsked(found, bodies.get(caller.name), caller.start);
      towards.add(caller.name);
    }
  }
  return found;
}

function addAsked(found: Set<string>, body: Body | undefined, offset: number): void {
  if (body === undefined) return;
  for (const { expression, values } of stateConditions(body, offset)) {
    for (const each of values.length > 0 ? values.map(({ value }) => value) : [expression]) {
      for (const word of questionsOf(each, body)) found.add(word);
    }
  }
}

/** What each operand of `&&` and `||` is about: constants and functions that it names, else the members. */
function questionsOf(expression: Expression, body: Body): readonly string[] {
  const found: string[] = [];
  const open = [expression];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (each.kind === "unary" && each.operator === "!") open.push(each.operand);
    else if (each.kind === "binary" && (each.operator === "&&" || each.operator === "||"))
      open.push(each.right, each.left);
    else for (const name of namesIn(each, body)) found.push(name);
  }
  return found;
}

function namesIn(operand: Expression, body: Body): readonly string[] {
  const locals = localsOf(body);
  const outer: string[] = [];
  const members: string[] = [];
  for (const node of nodesIn(operand)) {
    if (node.kind === "identifier" && locals.at(node.name, node.start) === undefined) outer.push(node.name);
    if (node.kind === "member") members.push(node.name);
  }
  return outer.length > 0 ? outer : members;
}

/** A constant that a reset puts there as well, by the same function. */
function isAsReset(project: Project, { function: name, range: { file, start } }: MemberWrite): boolean {
  const setUp = settingUpIn(project, file);
  const isOfReset = functionTexts(project, file).some(
    (fn) => setUp.has(fn.name) && isNamed(project, { file, definition: fn.definition }, name),
  );
  const fn = isOfReset ? project.function(name, file) : undefined;
  if (fn?.file !== file) return false;
  for (const { place, kind, value } of accessesIn(bodyOf(project, fn).block)) {
    if (kind === "write" && value !== undefined && placeStart(place) === start)
      return typesIn(project, fn).integer(value).known;
  }
  return false;
}

/**
 * Whether loads leave the member as reset left it though it matters: running code sets it elsewhere than in what the hook
 * calls, and neither all of that nor all that goes by it asks what the hook asks.
 */
export function isLeftOut(
  project: Project,
  member: MemberOf,
  { by, asked = new Set() }: Rebuilt,
  writes: Readonly<MemberWrites>,
): boolean {
  if (asked.size === 0) return false;
  const { file } = by.range;
  const loading = afterLoading(project, file);
  const elsewhere = writes.filter((each) => !loading.has(each.function) && !isAsReset(project, each));
  const isFree = (body: Body, offset: number): boolean => {
    const here = new Set<string>();
    addAsked(here, body, offset);
    return ![...here].some((word) => asked.has(word));
  };
  const isSetFreely = elsewhere.some(({ function: name, range }) => {
    const fn = project.function(name, range.file);
    return fn?.file === range.file && isFree(bodyOf(project, fn), range.start);
  });
  if (!isSetFreely) return false;
  const spellings = spellingsOf(project, file, member);
  const last = member.member.slice(member.member.lastIndexOf(".") + 1);
  return functionTexts(project, file).some(({ name, body: text, definition }) => {
    if (loading.has(name) || !text.includes(last)) return false;
    const body = bodyOf(project, { file, definition });
    for (const { place, kind } of accessesIn(body.block)) {
      if (kind === "read" && isSpelled(place, body, spellings) && isFree(body, place.start)) return true;
    }
    return false;
  });
}
