/** The names under which functions of a file know members of a struct: `q.head` of Dev is `head` of Queue behind a `Queue *`. */
import { withoutIndexes } from "../c/words";
import type { Member, RecordType } from "../c/ctype";
import { findMember } from "../c/members";
import type { Path } from "../c/body/paths";
import { isPrivate } from "../project/privateStructs";
import type { Project } from "../project/project";
import { cachedByRevision } from "../project/cache";
import { bareName, stateStructs, taggedOrNamed } from "../project/stateTypes";
import { noteFile } from "../project/uses";
import { descriptionKey, descriptionRoles } from "./registered";
import { elementOf, fileOf, isRequest, writtenType } from "./stateMembers";

export interface MemberOf {
  readonly structName: string;
  /** Its path: `q.head`. */
  readonly member: string;
}

/** A struct by which a member may be named: the one that is asked about first, what lies in it, and what it lies in. */
export interface StructAlong {
  /** Where it lies in the struct: "", `q`, `chan.dma`. */
  readonly prefix: string;
  /** Where the struct lies in it, by the tables: "", `chan`. */
  readonly outer: string;
  /** Its tag, and what the member is declared as. */
  readonly names: ReadonlySet<string>;
}

const known = cachedByRevision(() => new Map<string, readonly StructAlong[]>(), "own");

/** Those that the paths go through, as far as they are defined in the same file as the struct: others are used for other things too. */
export function structsAlong(
  project: Project,
  file: string,
  structName: string,
  paths: readonly string[],
): readonly StructAlong[] {
  noteFile(file);
  const prefixes = new Set(paths.flatMap((path) => prefixesOf(path)));
  const key = [file, structName, ...prefixes].join("\n");
  const cache = known(project);
  let found = cache.get(key);
  if (found === undefined) {
    found = read(project, file, structName, prefixes);
    cache.set(key, found);
  }
  return found;
}

/** `type member` for each way to name the member. */
export function spellingsOf(project: Project, file: string, { structName, member }: MemberOf): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { prefix, outer, names } of structsAlong(project, file, structName, [member])) {
    const rest = prefix === "" ? member : member.slice(prefix.length + 1);
    for (const name of names) found.add(`${name} ${joined(outer, rest)}`);
  }
  return found;
}

/** The member's path in the struct, of a place that one of the structs along has. */
export function pathsOf(
  { typeName, member }: { readonly typeName: string; readonly member: string },
  structs: readonly StructAlong[],
): readonly string[] {
  return structs.flatMap(({ prefix, outer, names }) => {
    if (member === "" || !names.has(typeName) || !(outer === "" || member.startsWith(`${outer}.`))) return [];
    return [joined(prefix, outer === "" ? member : member.slice(outer.length + 1))];
  });
}

export function joined(outer: string, inner: string): string {
  return outer === "" ? inner : inner === "" ? outer : `${outer}.${inner}`;
}

/** `a` and `a.b` of `a.b.c`. */
function prefixesOf(path: string): readonly string[] {
  const steps = path.split(".");
  return steps.slice(1).map((_, k) => steps.slice(0, k + 1).join("."));
}

function read(
  project: Project,
  file: string,
  structName: string,
  prefixes: ReadonlySet<string>,
): readonly StructAlong[] {
  const outer = taggedOrNamed(project, structName, file);
  const names = new Set([bareName(structName)]);
  if (outer.kind === "record" && outer.tag !== undefined) names.add(outer.tag);
  const own = { prefix: "", outer: "", names };
  if (outer.kind !== "record") return [own];
  const inner = [...prefixes].flatMap((prefix): readonly StructAlong[] => {
    const found = declaredAt(project, outer, prefix);
    return found === undefined ? [] : [{ prefix, outer: "", names: found }];
  });
  return [own, ...inner, ...structsAround(project, file, names)];
}

/** What the file's tables nest the struct in: `chan` of Dev for a Channel. */
function structsAround(project: Project, file: string, names: ReadonlySet<string>): readonly StructAlong[] {
  const found: StructAlong[] = [];
  const { nested } = descriptionRoles(project);
  for (const table of project.descriptionsIn(file)) {
    const [struct = ""] = stateStructs(table);
    if (!names.has(bareName(struct))) continue;
    for (const { parent, as } of nested.get(descriptionKey(table)) ?? []) {
      if (as === "subsection") continue;
      for (const { vmsd, member } of parent.fields) {
        if (vmsd?.symbol !== table.symbol || member === undefined) continue;
        const record = taggedOrNamed(project, member.structName, file);
        const tag = record.kind === "record" ? record.tag : undefined;
        const around = [bareName(member.structName), ...(tag === undefined ? [] : [tag])];
        found.push({ prefix: "", outer: withoutIndexes(member.path), names: new Set(around) });
      }
    }
  }
  return found;
}

function declaredAt(project: Project, outer: RecordType, prefix: string): ReadonlySet<string> | undefined {
  const home = fileOf(outer);
  let record = outer;
  let last: Member | undefined;
  for (const step of prefix.split(".")) {
    const found = findMember(project.ctypes(), record, step);
    if (!found.known) return undefined;
    last = found.value.member;
    const type = elementOf(last.type());
    if (type.kind !== "record" || fileOf(type) !== home || !isOneOfAKind(project, record, type)) return undefined;
    record = type;
  }
  const names = [record.tag, last && writtenType(project, last)].filter((each) => each !== undefined);
  return names.length === 0 ? undefined : new Set(names);
}

/** No other member of the struct is one as well, and it is no request that QEMU ends before it saves. */
function isOneOfAKind(project: Project, outer: RecordType, inner: RecordType): boolean {
  const around = project.ctypes().members(outer);
  if (!around.known || !project.ctypes().members(inner).known || isRequest(project, inner)) return false;
  const same = around.value.list.filter((each) => {
    const type = elementOf(each.type());
    return type.kind === "record" && type.identity === inner.identity;
  });
  return same.length === 1;
}

/** The path from the last pointer on that a struct of the file has: `*.ctl` of Dev for `tmp->parent->ctl`. */
export function pathBehind(project: Project, file: string, path: Path): Path | undefined {
  const { typeName, steps } = path;
  const [first, step = "", next] = steps;
  if (first !== "*" || !step.startsWith(".") || next !== "*" || !isPrivate(project, file, typeName)) return undefined;
  const record = taggedOrNamed(project, typeName, file);
  const found = record.kind === "record" ? findMember(project.ctypes(), record, step.slice(1)) : undefined;
  const name = found?.known === true ? writtenType(project, found.value.member) : undefined;
  return name === undefined ? undefined : { ...path, typeName: name, steps: steps.slice(2) };
}
