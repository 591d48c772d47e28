/** Which functions a type's own code reaches by name: class hooks such as realize, and what they call. */
import { accessesIn } from "../c/body/accesses";
import type { FunctionDefinition } from "../c/facts";
import type { Expression } from "../c/syntax";
import type { QomType } from "../qom/model";
import type { FunctionReference } from "../vmstate/model";
import { bodyOf } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import { callGraph } from "./callGraph";
import type { LocatedFunction, Project } from "../project/project";
import { noteFile } from "../project/uses";

export interface Reached {
  readonly fn: LocatedFunction;
  /** Offsets of the call or text found, in fn's file. */
  readonly start: number;
  readonly end: number;
}

const depthLimit = 2;

/** Functions that set an instance up: realize, init and what else a class slot calls so, instance_init, class_init. */
export function typeRoots(project: Project, type: QomType): readonly LocatedFunction[] {
  const found = new Map<string, LocatedFunction>();
  const setup = type.classSlots
    .filter(({ slot }) => ["realize", "init", "plug"].some((each) => slot.includes(each)))
    .map(({ value }) => value);
  for (const reference of [...setup, type.instanceInit, type.classInit]) {
    const fn = reference && classFunction(project, type, reference);
    if (fn) found.set(`${fn.file}\n${fn.definition.name}`, fn);
  }
  return [...found.values()];
}

/** A function that a class holds: named where it is assigned, which may be a helper in another file, or in the type's. */
export function classFunction(
  project: Project,
  type: QomType,
  { name, range }: FunctionReference,
): LocatedFunction | undefined {
  return project.function(name, range.file || type.file) ?? project.function(name, type.file);
}

export type Matcher = (project: Project, fn: LocatedFunction) => { start: number; end: number } | undefined;

/** The first function, nearest first, whose body `matches` accepts. Follows direct calls only. */
export function findFrom(
  project: Project,
  roots: readonly LocatedFunction[],
  matches: Matcher,
  track: (file: string) => void = () => {},
): Reached | undefined {
  const seen = new Set<FunctionDefinition>();
  let level: readonly LocatedFunction[] = roots;
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    const next: LocatedFunction[] = [];
    for (const fn of level) {
      if (seen.has(fn.definition)) continue;
      seen.add(fn.definition);
      track(fn.file);
      noteFile(fn.file);
      const hit = matchIn(project, fn, matches);
      if (hit) return { fn, ...hit };
      if (depth < depthLimit) next.push(...calleesOf(project, fn));
    }
    level = next;
  }
  return undefined;
}

const matched = new WeakMap<Matcher, WeakMap<FunctionDefinition, ReturnType<Matcher>>>();

/** A definition is of one text, so that its answer stays. */
function matchIn(project: Project, fn: LocatedFunction, matches: Matcher): ReturnType<Matcher> {
  let known = matched.get(matches);
  if (!known) {
    known = new WeakMap();
    matched.set(matches, known);
  }
  if (known.has(fn.definition)) return known.get(fn.definition);
  const hit = matches(project, fn);
  known.set(fn.definition, hit);
  return hit;
}

const callees = cachedByRevision(() => new Map<FunctionDefinition, readonly LocatedFunction[]>(), "own");

/** Functions called by name; a node of the call graph would cost more than is needed here. */
function calleesOf(project: Project, fn: LocatedFunction): readonly LocatedFunction[] {
  const memo = callees(project);
  const known = memo.get(fn.definition);
  if (known) return known;
  const { api } = callGraph(project);
  const found: LocatedFunction[] = [];
  for (const { callee, through } of project.calls(fn)) {
    if (through !== undefined || api.effect(callee) || api.isOpaque(callee)) continue;
    const target = project.function(callee, fn.file);
    if (target) found.push(target);
  }
  memo.set(fn.definition, found);
  return found;
}

/** A direct call of one of the functions. */
export function callOf(...names: readonly string[]): Matcher {
  return (project, fn) => {
    if (!mentions(project, fn, names)) return undefined;
    const call = project.calls(fn).find(({ callee, through }) => through === undefined && names.includes(callee));
    return call && { start: call.start, end: call.start + call.callee.length };
  };
}

/** An assignment to one of the variables, or to a member that is called so. */
export function assignmentTo(names: readonly string[], isValue: (value: Expression) => boolean = () => true): Matcher {
  return (project, fn) => {
    if (!mentions(project, fn, names)) return undefined;
    for (const { place, value } of accessesIn(bodyOf(project, fn).block)) {
      if (value === undefined || !isValue(value) || (place.kind !== "identifier" && place.kind !== "member")) continue;
      if (names.includes(place.name)) return { start: place.end - place.name.length, end: value.end };
    }
    return undefined;
  };
}

/** Whether it is worth a closer look. */
function mentions(project: Project, { file, definition }: LocatedFunction, names: readonly string[]): boolean {
  const text = project.text(file)?.slice(definition.bodyStart, definition.bodyEnd) ?? "";
  return names.some((name) => text.includes(name));
}
