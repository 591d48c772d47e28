/** Members that a device's reset writes, which has run before anything is loaded: what set-up code leaves in them does not last. */
import { type Access, accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { conditionsAt } from "../c/body/conditions";
import { bodyOf, typesIn } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { LocatedFunction, Project } from "../project/project";
import { resetsIn } from "./resetConfig";

/** What a reset leaves in members of one name; undefined: it is not known, or they are several. */
export type ResetMember = { readonly tag: string; readonly value: bigint } | undefined;

type ResetMembers = ReadonlyMap<string, ResetMember>;

const found = cachedByRevision(() => new Map<string, ResetMembers | undefined>());

/** So many functions are followed. */
const most = 500;

/** By name those that functions write which that file hands to a reset, with all that they call; undefined: more than is followed. */
export function resetMembers(project: Project, file: string): ResetMembers | undefined {
  const known = found(project);
  if (!known.has(file)) known.set(file, membersIn(project, file));
  return known.get(file);
}

function membersIn(project: Project, file: string): ResetMembers | undefined {
  const members = new Map<string, ResetMember>();
  const seen = new Set<unknown>();
  const handed = [...resetsIn(project, file)].filter((name) => project.function(name, file) !== undefined);
  const pending = handed.map((name) => ({ name, from: file }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const fn = project.function(next.name, next.from);
    if (fn === undefined || seen.has(fn.definition)) continue;
    if (seen.size >= most) return undefined;
    seen.add(fn.definition);
    const body = bodyOf(project, fn);
    // of several each may be another type's
    const isAlways = handed.length === 1 && handed.includes(next.name);
    for (const access of accessesIn(body.block)) {
      if (access.kind === "read" || access.place.kind !== "member") continue;
      const { name } = access.place;
      members.set(name, isAlways && !members.has(name) ? left(project, fn, access) : undefined);
    }
    for (const { name } of callsOf(body)) pending.push({ name, from: fn.file });
  }
  return members;
}

function left(project: Project, fn: LocatedFunction, { place, kind, value, isPart }: Access): ResetMember {
  if (kind !== "write" || value === undefined || isPart) return undefined;
  if (conditionsAt(bodyOf(project, fn), place.start).length > 0) return undefined;
  const types = typesIn(project, fn);
  const owner = types.ownerOf(place);
  const constant = types.integer(value);
  if (owner.kind !== "record" || owner.tag === undefined || !constant.known) return undefined;
  return { tag: owner.tag, value: constant.value };
}
