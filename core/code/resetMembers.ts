/** Members that a device's reset writes, which has run before anything is loaded: what set-up code leaves in them does not last. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { bodyOf } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { resetsIn } from "./resetConfig";

const found = cachedByRevision(() => new Map<string, ReadonlySet<string>>());

/** So many functions are followed. */
const most = 500;

/** Names of those that functions write which that file hands to a reset, with all that they call; undefined: more than is followed. */
export function resetMembers(project: Project, file: string): ReadonlySet<string> | undefined {
  const known = found(project);
  let members = known.get(file);
  if (members === undefined) {
    const made = membersIn(project, file);
    if (made === undefined) return undefined;
    members = made;
    known.set(file, members);
  }
  return members;
}

function membersIn(project: Project, file: string): ReadonlySet<string> | undefined {
  const members = new Set<string>();
  const seen = new Set<unknown>();
  const pending = [...resetsIn(project, file)].map((name) => ({ name, from: file }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const fn = project.function(next.name, next.from);
    if (fn === undefined || seen.has(fn.definition)) continue;
    if (seen.size >= most) return undefined;
    seen.add(fn.definition);
    const body = bodyOf(project, fn);
    for (const { place, kind } of accessesIn(body.block))
      if (kind !== "read" && place.kind === "member") members.add(place.name);
    for (const { name } of callsOf(body)) pending.push({ name, from: fn.file });
  }
  return members;
}
