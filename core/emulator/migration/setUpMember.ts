/** Members of the destination's device that a stream does not carry: as its set-up code leaves them. */
import { isNullInDevice, memberOfDevice, memberOfMachineClass } from "../../board";
import { accessesIn } from "../../c/body/accesses";
import { lastName } from "../../c/words";
import { resetMembers } from "../../code/resetMembers";
import { loadReach } from "../../code/loadEffects";
import { bodyOf } from "../../project/bodies";
import { cachedByRevision } from "../../project/cache";
import type { Project } from "../../project/project";
import { assignedBy } from "../../putcode";
import type { VMStateDescription } from "../../vmstate/model";
import { type FieldValue, integer } from "../../wire";
import type { WireField, WireMember } from "../../wire/values/schema";
import { allBits, type Scope } from "../../wire/values/scope";
import { setUpBoard } from "../keptBoard";
import type { Machine } from "../machine";
import { decoderOf } from "../schemas";
import type { Entry } from "../world";

/** What the device of a section holds before it is loaded. */
export interface SetUp {
  /** A member that sizes and counts are read from. */
  member(member: WireMember, scope: Scope): FieldValue | undefined;
  /** A member that a test function goes by, in the struct of the scope; undefined also where code that loads may have changed it. */
  tested(path: string, scope: Scope): bigint | undefined;
  /** What the device has where a field is loaded to, before that; undefined also where code that loads, or a reset, may have changed it. */
  local(field: WireField, index: number, scope: Scope): bigint | undefined;
  /** Whether an element of an array of pointers is NULL. */
  isNull(field: WireField, index: number, scope: Scope): boolean | undefined;
  /** A member of the machine's class, as code of that file sees it. */
  machineClass(name: string, file: string): bigint | undefined;
}

export function setUpOf(project: Project, machine: Machine, entry: Entry): SetUp {
  const valueOf = (structName: string, path: string, scope: Scope): bigint | undefined => {
    const place = placeIn(scope, structName, path);
    const board = place && setUpBoard(project, machine);
    return board && memberOfDevice(board, entry, place.structName, place.path);
  };
  const tested = (path: string, scope: Scope): bigint | undefined => {
    const structName = structOf(scope);
    const { description } = entry.owner;
    if (structName === undefined || description === undefined) return undefined;
    if (writtenOnLoad(project, description).has(lastName(path))) return undefined;
    return valueOf(structName, path, scope);
  };
  return {
    member({ structName, path }, scope) {
      const value = valueOf(structName, path, scope) ?? ofTemporary(project, scope, path, valueOf);
      return value === undefined ? undefined : integer(value);
    },
    tested,
    local({ member, count }, index, scope) {
      const reset = member && resetOf(project, entry, member, scope);
      if (member === undefined || reset === undefined) return undefined;
      if (reset !== "untouched") return reset;
      return tested(count.kind === "one" ? member.path : `${member.path}[${index}]`, scope);
    },
    isNull({ member }, index, scope) {
      const { description } = entry.owner;
      const place = member && placeIn(scope, member.structName, member.path);
      if (place === undefined || description === undefined) return undefined;
      if (writtenOnLoad(project, description).has(lastName(place.path))) return undefined;
      const board = setUpBoard(project, machine);
      return board && isNullInDevice(board, entry, place.structName, `${place.path}[${index}]`);
    },
    machineClass: (name, file) => {
      const board = setUpBoard(project, machine);
      return board && memberOfMachineClass(board, name, file);
    },
  };
}

/** What resets leave in a member, by the files of the device's types and of the tables around the field; undefined: it is not known. */
function resetOf(
  project: Project,
  { owner }: Entry,
  { structName, path }: WireMember,
  scope: Scope,
): bigint | "untouched" | undefined {
  const files = new Set([scope.description.file]);
  for (let at = scope; at.link.kind !== "root"; at = at.link.parent) files.add(at.link.parent.description.file);
  if (owner.description !== undefined) files.add(owner.description.file);
  for (const { file } of project.ancestry(owner.type)) files.add(file);
  const name = lastName(path);
  const all = [...files].map((file) => resetMembers(project, file));
  if (all.includes(undefined)) return undefined;
  const [only, ...others] = all.filter((members) => members?.has(name) === true);
  if (only === undefined) return "untouched";
  const left = only.get(name);
  const struct = project.ctypes().named(structName, project.scope(scope.description.file));
  const isOwn = path === name && struct.kind === "record" && struct.tag === left?.tag;
  return others.length === 0 && isOwn ? left?.value : undefined;
}

/** Of a WITH_TMP's struct, which its pre_load fills from the struct around it (get_tmp of migration/vmstate-types.c). */
function ofTemporary(
  project: Project,
  scope: Scope,
  path: string,
  valueOf: (structName: string, path: string, scope: Scope) => bigint | undefined,
): bigint | undefined {
  const { link, description } = scope;
  const hook = description.hooks.pre_load;
  if (link.kind !== "same" || hook === undefined) return undefined;
  const around = structOf(link.parent);
  if (around === undefined || around === structOf(scope)) return undefined;
  const member = (asked: string): bigint | undefined => {
    if (!asked.startsWith(ofParent)) return undefined;
    const inner = asked.slice(ofParent.length);
    const known = link.parent.known(inner);
    if (known !== undefined) return known.mask === allBits ? known.value : undefined;
    return valueOf(around, inner, link.parent);
  };
  return assignedBy(hook, description.file, member, decoderOf(project).classes.source)?.get(path);
}

/** The first member of such a struct, which VMSTATE_WITH_TMP wants to have that name. */
const ofParent = "parent->";

const written = cachedByRevision(() => new Map<string, ReadonlySet<string>>());

/** Names of members that code which runs while the section is loaded may set. */
function writtenOnLoad(project: Project, description: VMStateDescription): ReadonlySet<string> {
  const known = written(project);
  const key = `${description.file} ${description.symbol}`;
  let names = known.get(key);
  if (names === undefined) {
    names = new Set(writesOf(project, description));
    known.set(key, names);
  }
  return names;
}

function* writesOf(project: Project, description: VMStateDescription): Iterable<string> {
  for (const { name, file } of loadReach(project, description).functions) {
    const fn = project.function(name, file);
    if (fn === undefined) continue;
    for (const { place, kind } of accessesIn(bodyOf(project, fn).block))
      if (place.kind === "member" && kind !== "read") yield place.name;
  }
}

/** From the struct of the section; a struct of another type around the same state is none that the device has. */
function placeIn(
  scope: Scope,
  structName: string,
  path: string,
): { readonly structName: string; readonly path: string } | undefined {
  let own = structName;
  let whole = path;
  for (let at = scope; at.link.kind !== "root"; at = at.link.parent) {
    const around = structOf(at.link.parent);
    if (at.link.kind === "same") {
      if (around !== undefined && around !== own) return undefined;
      continue;
    }
    if (at.link.path === undefined || around === undefined) return undefined;
    own = around;
    whole = `${at.link.path}.${whole}`;
  }
  return { structName: own, path: whole };
}

function structOf({ description }: Scope): string | undefined {
  return description.fields.find(({ member }) => member !== undefined)?.member?.structName;
}
