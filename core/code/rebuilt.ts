/** Members that no stream has and that loading works out. */
import { accessesIn } from "../c/body/accesses";
import { alwaysComesTo } from "../c/body/always";
import { callsOf } from "../c/body/calls";
import { stateConditions } from "../c/body/conditions";
import { localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { bareName } from "../project/stateTypes";
import {
  afterLoading,
  memberWrites,
  type MemberWrite,
  type MemberWrites,
  type MembersOf,
  placesOf,
} from "./memberWrites";

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
  for (const [member, writes] of memberWrites(project, file, of, (fn) => loading.has(fn), true)) {
    const ways = createWays(project, file, { structName: of.structName, member }, writes);
    const hooks = hooksOf(project, file);
    found.set(member, {
      by: writes[0],
      asked: hooks.some((hook) => isAlwaysSet(ways, hook)) ? undefined : askedBy(ways, loading),
    });
  }
  return found;
}

function hooksOf(project: Project, file: string): readonly string[] {
  return project
    .descriptionsIn(file)
    .flatMap(({ hooks }) => [hooks.post_load, hooks.post_load_errp].flatMap((hook) => (hook ? [hook.name] : [])));
}

/** The functions of a file on their way to where a member is set. */
interface Ways {
  readonly bodyOf: (name: string) => Body | undefined;
  /** By function, where it sets the member. */
  readonly writes: ReadonlyMap<string, readonly number[]>;
  readonly member: MemberOf;
  /** By function: each call of it sets the member. */
  readonly known: Map<string, boolean>;
}

interface MemberOf {
  readonly structName: string;
  readonly member: string;
}

function createWays(project: Project, file: string, member: MemberOf, writes: Readonly<MemberWrites>): Ways {
  const places = new Map<string, number[]>();
  for (const { function: name, range } of writes) places.set(name, [...(places.get(name) ?? []), range.start]);
  return {
    bodyOf: (name) => {
      const fn = project.function(name, file);
      return fn?.file === file ? bodyOf(project, fn) : undefined;
    },
    writes: places,
    member,
    known: new Map(),
  };
}

/** On each way through the function, by itself or by what it calls. */
function isAlwaysSet(ways: Ways, name: string): boolean {
  const before = ways.known.get(name);
  if (before !== undefined) return before;
  ways.known.set(name, false);
  const body = ways.bodyOf(name);
  if (body === undefined) return false;
  const own = ways.writes.get(name) ?? [];
  const calls = callsOf(body).flatMap(({ name: callee, through, nameStart }) =>
    through === undefined && isAlwaysSet(ways, callee) ? [nameStart] : [],
  );
  const places = [...own, ...(own.length > 0 ? comparisons(body, ways.member) : []), ...calls];
  const isSet = places.length > 0 && alwaysComesTo(body, places);
  ways.known.set(name, isSet);
  return isSet;
}

/** `if (s->level != level) s->level = level;` leaves the same as setting it. */
function comparisons(body: Body, member: MemberOf): readonly number[] {
  const found: number[] = [];
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "binary" || (node.operator !== "==" && node.operator !== "!=")) continue;
    for (const operand of [node.left, node.right]) if (isOf(operand, body, member)) found.push(operand.start);
  }
  return found;
}

function isOf(place: Expression, body: Body, { structName, member }: MemberOf): boolean {
  return placesOf(place, body).some((each) => each.typeName === bareName(structName) && each.member === member);
}

/** What loading asks on its way to a function that sets the member, and in it. */
function askedBy({ bodyOf: bodyNamed, writes }: Ways, loading: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const towards = [...writes.keys()];
  const seen = new Set(towards);
  for (const name of towards) {
    const own = bodyNamed(name);
    for (const offset of own === undefined ? [] : (writes.get(name) ?? [])) addAsked(found, own, offset);
    for (const caller of loading) {
      const body = bodyNamed(caller);
      const calls = body === undefined ? [] : callsOf(body).filter((call) => call.name === name);
      for (const { nameStart } of calls) addAsked(found, body, nameStart);
      if (calls.length === 0 || seen.has(caller)) continue;
      seen.add(caller);
      towards.push(caller);
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
  if (expression.kind === "unary" && expression.operator === "!") return questionsOf(expression.operand, body);
  if (expression.kind === "binary" && (expression.operator === "&&" || expression.operator === "||"))
    return [expression.left, expression.right].flatMap((each) => questionsOf(each, body));
  const locals = localsOf(body);
  const outer: string[] = [];
  const members: string[] = [];
  for (const node of nodesIn(expression)) {
    if (node.kind === "identifier" && locals.at(node.name, node.start) === undefined) outer.push(node.name);
    if (node.kind === "member") members.push(node.name);
  }
  return outer.length > 0 ? outer : members;
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
  const { file } = by.range;
  const loading = afterLoading(project, file);
  const elsewhere = writes.filter(({ function: name }) => !loading.has(name));
  const isFree = (body: Body, offset: number): boolean => {
    const here = new Set<string>();
    addAsked(here, body, offset);
    return ![...here].some((word) => asked.has(word));
  };
  const isSetFreely = elsewhere.some(({ function: name, range }) => {
    const fn = project.function(name, range.file);
    return fn?.file === range.file && isFree(bodyOf(project, fn), range.start);
  });
  if (asked.size === 0 || !isSetFreely) return false;
  const last = member.member.slice(member.member.lastIndexOf(".") + 1);
  return functionTexts(project, file).some(({ name, body: text, definition }) => {
    if (loading.has(name) || !text.includes(last)) return false;
    const body = bodyOf(project, { file, definition });
    for (const { place, kind } of accessesIn(body.block)) {
      if (kind === "read" && isOf(place, body, member) && isFree(body, place.start)) return true;
    }
    return false;
  });
}
