/** Which tables a change concerns, by what its declarations name: what somebody has to judge is told of these. */
import type { Declaration } from "../c/facts";
import { namesIn, oneLine } from "../c/words";
import type { FileState } from "../project/changedNames";
import type { Project } from "../project/project";
import { bareName, stateStructs } from "../project/stateTypes";
import { nameOf } from "./changed";

/** A file of C on both sides; undefined where a side has none. */
export interface ChangedFile {
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
}

/** Files with a table of a struct that a changed declaration names, or that is made of what was changed beside it. */
export function tablesTouched(project: Project, changed: Iterable<ChangedFile>): ReadonlySet<string> {
  const names = namedByChanges(changed);
  const files = new Set<string>();
  if (names.size === 0) return files;
  for (const description of project.descriptions()) {
    if (stateStructs(description).some((struct) => names.has(bareName(struct)))) files.add(description.file);
  }
  return files;
}

/** What the changed files declare, one after another. */
interface Part {
  /** Names under which other declarations know it; empty for functions and variables, which change no type. */
  readonly own: readonly string[];
  /** What tells it from another of its name. */
  readonly key: string;
  /** All names in it. */
  readonly names: () => Iterable<string>;
}

function namedByChanges(changed: Iterable<ChangedFile>): ReadonlySet<string> {
  const parts: Part[] = [];
  const open: Part[] = [];
  for (const { before, after } of changed) {
    const sides = [before, after].map((side) => (side === undefined ? [] : [...partsOf(side)]));
    parts.push(...sides.flat());
    open.push(...different(sides[0] ?? [], sides[1] ?? []));
  }
  const users = usersOf(parts);
  const seen = new Set(open);
  const found = new Set<string>();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const name of part.names()) found.add(name);
    for (const name of part.own) {
      for (const user of users.get(name) ?? []) {
        if (seen.has(user)) continue;
        seen.add(user);
        open.push(user);
      }
    }
  }
  return found;
}

function* partsOf({ facts, text }: FileState): Iterable<Part> {
  for (const { name, nameStart, bodyEnd } of facts.macros) {
    const key = `macro ${name} ${oneLine(text.slice(nameStart, bodyEnd))}`;
    yield { own: [name], key, names: () => namesIn(text, nameStart, bodyEnd) };
  }
  for (const each of facts.declarations) {
    const { start, end } = each;
    const key = `${nameOf(each)} ${oneLine(text.slice(start, end))}`;
    yield { own: typeNames(each), key, names: () => namesIn(text, start, end) };
  }
}

function typeNames(declaration: Declaration): readonly string[] {
  switch (declaration.kind) {
    case "typedef":
      return declaration.names;
    case "enum":
      return declaration.tag === undefined ? declaration.enumerators : [declaration.tag, ...declaration.enumerators];
    case "struct":
    case "union":
      return declaration.tag === undefined ? [] : [declaration.tag];
    default:
      return [];
  }
}

/** Those of each side that the other has not, or has less often. */
function different(before: readonly Part[], after: readonly Part[]): readonly Part[] {
  return [...without(before, after), ...without(after, before)];
}

function without(parts: readonly Part[], others: readonly Part[]): readonly Part[] {
  const left = new Map<string, number>();
  for (const { key } of others) left.set(key, (left.get(key) ?? 0) + 1);
  return parts.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** By name: the types and macros whose text has it. */
function usersOf(parts: readonly Part[]): ReadonlyMap<string, readonly Part[]> {
  const users = new Map<string, Part[]>();
  for (const part of parts) {
    if (part.own.length === 0) continue;
    for (const name of new Set(part.names())) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [part]);
      else known.push(part);
    }
  }
  return users;
}
