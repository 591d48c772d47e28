/** A member that the stream sets: what checks leave of it, and where code goes by it as it comes. */
import { anything, converted, type Interval, joined, ofType, vague, within } from "../c/body/interval";
import { type Locals, localsOf, onlyValue } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { callsOf } from "../c/body/calls";
import { originOf } from "../c/body/carried";
import { keyOf, memberPlace, namedPath, type Path, pathOf } from "../c/body/paths";
import type { Point } from "../c/body/ranges";
import { placesOf } from "../c/body/places";
import { relevantNodes } from "../c/body/relevant";
import { returnedValues } from "../c/body/returns";
import type { BodyTypes } from "../c/body/types";
import type { Learnt } from "../c/body/values";
import { nodesIn } from "../c/body/walk";
import type { RecordType } from "../c/ctype";
import type { FunctionDefinition } from "../c/facts";
import { integerTypeOf } from "../c/typing";
import type { Call, Expression } from "../c/syntax";
import { isNamed, reachedIn } from "../code/valueFlow";
import { descriptionKey, descriptionRoles } from "../code/registered";
import { bodyOf, rangesIn, type RangeQuestion, typesIn } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { structNamed, typeOfMember } from "../project/stateTypes";
import { noteFile } from "../project/uses";
import type { MemberReference, VMStateDescription, VMStateField } from "../vmstate/model";
import { has } from "./tables";

export interface Streamed {
  readonly member: MemberReference;
  /** The table's. */
  readonly file: string;
  /** Last name of the path. */
  readonly name: string;
  /** The struct that has it, which may stand inside the table's. */
  readonly owner: RecordType;
  /** All that a stream can put into it. */
  readonly range: Interval;
  readonly isSigned: boolean;
}

/** undefined where its type is not known. */
export function streamedBy(project: Project, file: string, field: VMStateField): Streamed | undefined {
  const { member } = field;
  if (member === undefined) return undefined;
  const type = integerTypeOf(project.ctypes(), typeOfMember(project, member, file));
  const dot = member.path.lastIndexOf(".");
  const { structName } = member;
  const owner =
    dot === -1
      ? structNamed(project, structName, file)
      : typeOfMember(project, { structName, path: member.path.slice(0, dot) }, file);
  if (type === undefined || owner.kind !== "record") return undefined;
  const bits = field.size.known ? Math.min(type.bits, 8 * field.size.value) : type.bits;
  const name = member.path.slice(dot + 1);
  return { member, file, name, owner, range: ofType(bits, type.signed), isSigned: type.signed };
}

/** The member that a load function puts a number of the stream into; undefined for what is none of its device's struct. */
export function streamedPlace(
  project: Project,
  fn: LocatedFunction,
  place: Expression,
  read: Interval,
): Streamed | undefined {
  if (place.kind !== "member") return undefined;
  const types = typesIn(project, fn);
  const owner = types.ownerOf(place);
  const type = integerTypeOf(project.ctypes(), types.typeOf(place));
  const path = pathOf(place, localsOf(bodyOf(project, fn)));
  const found = path === undefined || path.steps.includes("[]") ? undefined : memberPlace(path);
  if (owner.kind !== "record" || type === undefined || found === undefined) return undefined;
  const member = { structName: found.typeName, path: found.member };
  const range = converted(read, ofType(type.bits, type.signed));
  return { member, file: fn.file, name: place.name, owner, range, isSigned: type.signed };
}

/** Whether the place is the member. */
function isMember({ owner, name, member }: Streamed, place: Expression, types: BodyTypes, paths: Paths): boolean {
  if (place.kind !== "member" || place.name !== name) return false;
  const found = types.ownerOf(place);
  if (found.kind !== "record" || found.identity !== owner.identity) return false;
  return paths(place).every((path) => !isAnother(path, member));
}

type Paths = (place: Expression) => readonly Path[];

/** The same struct has another member of that type. */
function isAnother(path: Path, { structName, path: wanted }: MemberReference): boolean {
  const place = memberPlace(path);
  if (place === undefined || place.typeName !== structName.replace("struct ", "")) return false;
  return place.member !== withoutIndexes(wanted);
}

function withoutIndexes(path: string): string {
  let depth = 0;
  let kept = "";
  for (const c of path) {
    if (c === "[") depth++;
    if (depth === 0) kept += c;
    if (c === "]") depth--;
  }
  return kept;
}

/** The paths under which a function knows a place. */
function pathsIn(project: Project, fn: LocatedFunction): Paths {
  const locals = localsOf(bodyOf(project, fn));
  return (place) => [namedPath(place, locals), pathOf(place, locals)].filter((path) => path !== undefined);
}

/** What a function leaves of the member; undefined: it does not come back so. */
interface Leaves {
  readonly any: Interval | undefined;
  readonly whenTrue: Interval | undefined;
  readonly whenFalse: Interval | undefined;
}

/** Functions that a check calls are followed as far as this. */
const deepest = 2;

/** What functions do to a member, asked once for each. */
export class Watch {
  private readonly leaves = new Map<FunctionDefinition, Leaves | undefined>();

  constructor(
    private readonly project: Project,
    readonly streamed: Streamed,
    readonly range: Interval,
    /** What calls give: RangeFacts.given. */
    private readonly given?: RangeQuestion["given"],
  ) {}

  /** The member wherever it is, for functions that leave it to others. */
  private readonly anywhere: Expression = {
    kind: "member",
    object: { kind: "identifier", name: "", start: -1, end: -1 },
    name: "",
    arrow: true,
    start: -1,
    end: -1,
  };

  seed(fn: LocatedFunction): (place: Expression, types: BodyTypes) => Interval | undefined {
    const paths = pathsIn(this.project, fn);
    return (place, types) =>
      place === this.anywhere || isMember(this.streamed, place, types, paths) ? this.range : undefined;
  }

  /** For a walk of `fn`: what calls in it leave of the member. */
  learnt(
    fn: LocatedFunction,
    depth = 0,
    isEverywhere = false,
  ): (call: Call, holds: boolean | undefined) => readonly Learnt[] {
    let places: readonly Expression[] | undefined;
    const wayOf = (left: Leaves | undefined, holds: boolean | undefined): Interval | undefined =>
      holds === undefined ? left?.any : holds ? left?.whenTrue : left?.whenFalse;
    return (call, holds) => {
      if (depth > deepest) return [];
      const found: Learnt[] = [];
      if (this.isFilled(call, fn)) {
        places ??= this.placesIn(fn);
        found.push(...places.map((place) => ({ place, value: vague(this.range) })));
      }
      const callee = this.callee(call, fn.file, isEverywhere);
      if (callee !== undefined && callee.definition !== fn.definition) {
        const value = wayOf(this.leavesOf(callee, depth + 1), holds);
        places ??= this.placesIn(fn);
        if (value !== undefined) found.push(...places.map((place) => ({ place, value })));
      }
      for (const [index, argument] of call.arguments.entries()) {
        if (!this.isValue(argument, fn)) continue;
        const value = wayOf(this.parameterLeaves(call, index, fn.file), holds);
        if (value !== undefined) found.push({ place: argument, value });
      }
      return found;
    };
  }

  /** memset() of a whole struct. */
  private isFilled({ callee, arguments: [target] }: Call, fn: LocatedFunction): boolean {
    if (callee.kind !== "identifier" || callee.name !== "memset" || target === undefined) return false;
    const type = typesIn(this.project, fn).typeOf(target);
    return type.kind === "pointer" && type.target().kind === "record";
  }

  /** The member itself, or a variable that holds what it held. */
  private isValue(argument: Expression, fn: LocatedFunction): boolean {
    const isPlace = argument.kind === "member" || argument.kind === "identifier";
    if (!isPlace || (argument.kind === "member" && argument.name !== this.streamed.name)) return false;
    const body = bodyOf(this.project, fn);
    const origin = originOf(argument, localsOf(body));
    return isMember(this.streamed, origin, typesIn(this.project, fn), pathsIn(this.project, fn));
  }

  /** What a function leaves of a value that it is given. */
  private parameterLeaves({ callee }: Call, index: number, file: string): Leaves | undefined {
    const fn = callee.kind === "identifier" ? this.project.function(callee.name, file) : undefined;
    if (fn === undefined) return undefined;
    const declared = bodyOf(this.project, fn).parameters[index];
    if (declared === undefined || declared.name === "") return undefined;
    const locals = localsOf(bodyOf(this.project, fn));
    const { name, nameStart } = declared;
    const place: Expression = { kind: "identifier", name, start: nameStart, end: nameStart + name.length };
    const seed = (each: Expression): Interval | undefined =>
      each.kind === "identifier" && each.name === name && locals.at(name, each.start)?.declarator === declared
        ? this.range
        : undefined;
    return leavesIn(this.project, fn, { seed }, this.range, [place], false);
  }

  /** Names of the functions that `learnt` looks into. */
  helpersIn(fn: LocatedFunction, isEverywhere = false): readonly string[] {
    return callsOf(bodyOf(this.project, fn)).flatMap(({ node, name }) =>
      this.callee(node, fn.file, isEverywhere) === undefined ? [] : name,
    );
  }

  /** A function that is called by its name, and that has to do with the member. */
  private callee({ callee }: Call, file: string, isEverywhere: boolean): LocatedFunction | undefined {
    if (callee.kind !== "identifier") return undefined;
    const found = this.project.function(callee.name, file);
    if (found === undefined || (found.file !== file && !isEverywhere)) return undefined;
    return isNamed(this.project, found, this.streamed.name) ? found : undefined;
  }

  /** Whether the function has the member at all, and not another one of that name. */
  isIn(fn: LocatedFunction): boolean {
    const types = typesIn(this.project, fn);
    const paths = pathsIn(this.project, fn);
    const named = placesOf(bodyOf(this.project, fn)).members.get(this.streamed.name) ?? [];
    return named.some((place) => isMember(this.streamed, place, types, paths));
  }

  /** One expression for each spelling of the member in the function. */
  private placesIn(fn: LocatedFunction): readonly Expression[] {
    const types = typesIn(this.project, fn);
    const paths = pathsIn(this.project, fn);
    const found = new Map<string, Expression>();
    for (const node of placesOf(bodyOf(this.project, fn)).members.get(this.streamed.name) ?? []) {
      if (!isMember(this.streamed, node, types, paths)) continue;
      const key = paths(node).map(keyOf).at(-1);
      if (key !== undefined && !found.has(key)) found.set(key, node);
    }
    return [this.anywhere, ...[...found.values()].slice(0, mostPlaces)];
  }

  leavesOf(fn: LocatedFunction, depth = 0, isEverywhere = false): Leaves | undefined {
    if (this.leaves.has(fn.definition)) return this.leaves.get(fn.definition);
    this.leaves.set(fn.definition, undefined);
    const found = this.readLeaves(fn, depth, isEverywhere);
    this.leaves.set(fn.definition, found);
    return found;
  }

  private readLeaves(fn: LocatedFunction, depth: number, isEverywhere: boolean): Leaves {
    const places = this.placesIn(fn);
    const body = bodyOf(this.project, fn);
    const paths = pathsIn(this.project, fn);
    const isVague = places.some((place) => place !== this.anywhere && isOneOfMany(place, body, paths));
    const given = this.given === undefined ? {} : { given: this.given };
    const question = { seed: this.seed(fn), learnt: this.learnt(fn, depth, isEverywhere), ...given };
    const helpers = this.helpersIn(fn, isEverywhere);
    return leavesIn(this.project, fn, { ...question, helpers }, this.range, places, isVague);
  }
}

/** What a function leaves of places that stand for one value. */
function leavesIn(
  project: Project,
  fn: LocatedFunction,
  question: RangeQuestion,
  range: Interval,
  places: readonly Expression[],
  isVague: boolean,
): Leaves {
  const body = bodyOf(project, fn);
  const leaves: { any?: Interval; whenTrue?: Interval; whenFalse?: Interval } = {};
  const note = (way: keyof typeof leaves, values: readonly (Interval | undefined)[]): void => {
    let value: Interval | undefined = isVague ? vague(range) : range;
    for (const each of values) value = each && value && within(value, each);
    if (value !== undefined) leaves[way] = leaves[way] === undefined ? value : joined(leaves[way], value);
  };
  const refused: { readonly whenTrue: Interval[]; readonly whenFalse: Interval[] } = { whenTrue: [], whenFalse: [] };
  const returned = new Set(returnedNames(body));
  const locals = localsOf(body);
  const names = new Set([...returned, ...(question.helpers ?? [])]);
  for (const each of places) {
    const name = each.kind === "member" ? `.${each.name}` : each.kind === "identifier" ? each.name : "";
    for (const reached of reachedIn(project, fn, name)) names.add(reached);
  }
  rangesIn(
    project,
    fn,
    { ...question, matters: relevantNodes(body, names) },
    {
      expression() {},
      ends(node, point) {
        const verdict = verdictOf(node, point, returned, locals);
        if (verdict === undefined) return false;
        const now = places.map((place) => point.rangeOf(place));
        note("any", now);
        note(verdict ? "whenTrue" : "whenFalse", now);
        refused[verdict ? "whenFalse" : "whenTrue"].push(...now, ...places.flatMap((place) => point.waysOf(place)));
        return true;
      },
      leave(value, point) {
        const now = places.map((place) => point.rangeOf(place));
        note("any", now);
        if (value === undefined) return;
        for (const way of ["whenTrue", "whenFalse"] as const) {
          const there = places.map((place) => point.rangeWhere(place, value, way === "whenTrue"));
          note(way, there);
          if (there.includes(undefined)) refused[way].push(...now, ...places.flatMap((place) => point.waysOf(place)));
        }
      },
    },
  );
  const { any, whenTrue, whenFalse } = leaves;
  return {
    any,
    whenTrue: orSometimesLess(whenTrue, refused.whenTrue, range),
    whenFalse: orSometimesLess(whenFalse, refused.whenFalse, range),
  };
}

/** Some of what is left is refused on conditions that have to do with something else. */
function orSometimesLess(
  left: Interval | undefined,
  refused: readonly Interval[],
  { min }: Interval,
): Interval | undefined {
  if (left === undefined) return undefined;
  const isPart = (each: Interval): boolean =>
    each === anything ||
    ((each.vagueMin || each.vagueMax) && !left.vagueMin && !left.vagueMax && each.min === min) ||
    ((each.min > left.min || each.max < left.max) && each.max >= left.min && each.min <= left.max);
  return refused.some(isPart) ? vague(left) : left;
}

/** Elements of a list or an array, one after the other: what holds for one of them says nothing of the next. */
function isOneOfMany(place: Expression, body: Body, paths: Paths): boolean {
  const isFixed = paths(place).some(
    ({ local, steps }) =>
      !steps.includes("[]") && local !== undefined && (local.isParameter || onlyValue(local) !== undefined),
  );
  if (isFixed) return false;
  for (const node of nodesIn(body.block)) {
    const isLoop = node.kind === "for" || node.kind === "while" || node.kind === "do" || node.kind === "macro";
    if (isLoop && node.body.start <= place.start && place.end <= node.body.end) return true;
  }
  return false;
}

function returnedNames(body: Body): readonly string[] {
  return returnedValues(body).flatMap((value) => (value.kind === "identifier" ? value.name : []));
}

/** `ret = -EINVAL` where `ret` was 0 before and is what the function returns: whether that is true; undefined for all else. */
function verdictOf(node: Expression, point: Point, returned: ReadonlySet<string>, locals: Locals): boolean | undefined {
  if (node.kind !== "binary" || node.operator !== "=" || node.left.kind !== "identifier") return undefined;
  if (!returned.has(node.left.name)) return undefined;
  const [first] = locals.at(node.left.name, node.start)?.values ?? [];
  if (first === undefined || first === node.right) return undefined;
  const truth = truthOf(point.rangeOf(node.right));
  return truth === undefined || truth === truthOf(point.rangeOf(first)) ? undefined : truth;
}

function truthOf({ min, max, vagueMin, vagueMax }: Interval): boolean | undefined {
  if (vagueMin || vagueMax) return undefined;
  if (min > 0 || max < 0) return true;
  return min === 0 && max === 0 ? false : undefined;
}

/** Spellings of one member in a function that are followed. */
const mostPlaces = 8;

/** What the stream leaves in the member once a load has succeeded: behind the table's tests and hooks, and those of tables that hold it. */
export function loadedRange(project: Project, description: VMStateDescription, watch: Watch): Loaded {
  const roles = descriptionRoles(project);
  const seen = new Set<string>();
  const pending = [description];
  let tested = watch.range;
  let hooked = watch.range;
  const hooks: LocatedFunction[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = descriptionKey(next);
    if (seen.has(key)) continue;
    seen.add(key);
    noteFile(next.file);
    for (const field of next.fields) {
      if (has(field, "MUST_EXIST") && field.fieldExists !== undefined)
        tested = within(tested, leftBy(project, watch, field.fieldExists.name, next.file, "whenTrue"));
    }
    const { post_load: hook, post_load_errp: errorHook } = next.hooks;
    for (const [reference, way] of [
      [hook, "whenFalse"],
      [errorHook, "whenTrue"],
    ] as const) {
      if (reference === undefined) continue;
      hooked = within(hooked, leftBy(project, watch, reference.name, next.file, way));
      const fn = project.function(reference.name, next.file);
      if (fn !== undefined) hooks.push(fn);
    }
    for (const { parent } of roles.nested.get(key) ?? []) pending.push(parent);
  }
  return { before: tested, after: within(tested, hooked), hooks };
}

export interface Loaded {
  /** When the first hook runs. */
  readonly before: Interval;
  readonly after: Interval;
  /** The post_load functions of the table and of those that hold it. */
  readonly hooks: readonly LocatedFunction[];
}

/** What is left of what a load function leaves, behind the post_load functions of the tables around it. */
export function hookedRange(
  project: Project,
  descriptions: Iterable<VMStateDescription>,
  watch: Watch,
  loaded: Interval,
): Interval {
  let range = loaded;
  for (const { hooks, file } of descriptions) {
    for (const [reference, way] of [
      [hooks.post_load, "whenFalse"],
      [hooks.post_load_errp, "whenTrue"],
    ] as const) {
      const fn = reference && project.function(reference.name, file);
      if (fn !== undefined && watch.isIn(fn))
        range = within(range, leftBy(project, watch, fn.definition.name, file, way));
    }
  }
  return range;
}

/** What the function that the tree has no text of does is not known. */
export function leftBy(
  project: Project,
  watch: Watch,
  name: string,
  file: string,
  way: "whenTrue" | "whenFalse",
): Interval {
  const fn = project.function(name, file);
  if (fn === undefined) return vague(watch.range);
  const left = watch.leavesOf(fn, 0, true);
  return left?.[way] ?? left?.any ?? watch.range;
}
