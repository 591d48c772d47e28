/** Which functions a type's own code reaches by name: class hooks such as realize, and what they call. */
import type { QomType } from "../qom/model";
import type { FunctionReference } from "../vmstate/model";
import { callGraph } from "./callGraph";
import type { LocatedFunction, Project } from "./project";

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
  const setup = type.classSlots.filter(({ slot }) => /realize|init|plug/.test(slot)).map(({ value }) => value);
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

/** The first function, nearest first, whose body `matches` accepts. Follows direct calls only. */
export function findFrom(
  project: Project,
  roots: readonly LocatedFunction[],
  matches: (text: string, fn: LocatedFunction) => { start: number; end: number } | undefined,
  track: (file: string) => void = () => {},
): Reached | undefined {
  const graph = callGraph(project);
  const seen = new Set<string>();
  let level: LocatedFunction[] = [...roots];
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    const next: LocatedFunction[] = [];
    for (const fn of level) {
      const key = `${fn.file}\n${fn.definition.name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      track(fn.file);
      const text = project.text(fn.file);
      if (text === undefined) continue;
      const hit = matches(text, fn);
      if (hit) return { fn, ...hit };
      if (depth === depthLimit) continue;
      for (const edge of graph.node(fn.definition.name, fn.file)?.edges ?? []) {
        if (edge.kind !== "direct") continue;
        const target = project.function(edge.name, edge.file);
        if (target) next.push(target);
      }
    }
    level = next;
  }
  return undefined;
}

/** A pattern inside a function's body. The pattern must not be global. */
export function inBody(
  pattern: RegExp,
): (text: string, fn: LocatedFunction) => { start: number; end: number } | undefined {
  return (text, { definition }) => {
    const match = pattern.exec(text.slice(definition.bodyStart, definition.bodyEnd));
    if (!match) return undefined;
    const start = definition.bodyStart + match.index;
    return { start, end: start + match[0].length };
  };
}
