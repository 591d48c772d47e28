/** Devices that are no objects: structs that a board allocates and whose handlers the guest's accesses run. */
import type { CType, RecordType } from "../c/ctype";
import { localsOf } from "../c/body/locals";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf, functionsWith } from "../project/bodies";
import { tableByRevision } from "../project/cache";
import { homesOf, structKey } from "../project/privateStructs";
import type { Project } from "../project/project";
import { stateStructs, taggedOrNamed } from "../project/stateTypes";
import { callsOf } from "../c/body/calls";
import { typesByFile } from "./registered";
import { isSavedStruct, type TypeStruct, writtenState } from "./typeState";
import { statePartsOf, typeStructs } from "./stateMembers";

export interface PlainState {
  readonly structName: string;
  /** The function that hands it to a memory region, and where. */
  readonly function: string;
  readonly range: SourceRange;
  /** What the guest's writes set; never empty. */
  readonly members: readonly string[];
}

/** By function that makes a region with handlers, the argument that they are given. */
const makers: ReadonlyMap<string, number> = new Map([
  ["memory_region_init_io", 3],
  ["memory_region_init_rom_device", 3],
  ["portio_list_init", 3],
]);

/** Structs behind the handlers of the file that neither belong to a type nor are in any table. */
export function plainStates(project: Project, file: string): readonly PlainState[] {
  const found = new Map<string, PlainState>();
  const seen = new Set<string>();
  for (const fn of [...makers.keys()].flatMap((name) => functionsWith(project, file, name))) {
    const body = bodyOf(project, fn);
    for (const { name, node, through } of callsOf(body)) {
      const given = through === undefined ? node.arguments[makers.get(name) ?? -1] : undefined;
      const structName = given && structBehind(given, (at) => localsOf(body).at(at.name, at.start)?.declarator);
      if (given === undefined || structName === undefined || seen.has(structName)) continue;
      seen.add(structName);
      const state = { structName, file };
      if (isObject(project, state) || isSavedStruct(project, state)) continue;
      // what a device makes for itself is a part of its state
      if (body.parameters.some((each) => each.stars === 1 && isDevice(project, each.typeName, file))) continue;
      const members = writtenState(project, state);
      if (members.length === 0 || isPart(project, state)) continue;
      const range = { file, start: given.start, end: given.end };
      found.set(structName, { structName, function: fn.definition.name, range, members });
    }
  }
  return [...found.values()];
}

type Named = Expression & { readonly kind: "identifier" };

/** Of a variable that points to one. */
function structBehind(
  given: Expression,
  declared: (at: Named) => { readonly typeName: string; readonly stars: number } | undefined,
): string | undefined {
  let at = given;
  while (at.kind === "cast") at = at.operand;
  const declarator = at.kind === "identifier" ? declared(at) : undefined;
  return declarator?.stars === 1 && declarator.typeName !== "void" ? declarator.typeName : undefined;
}

function isObject(project: Project, { structName, file }: TypeStruct): boolean {
  return typeStructs(project).has(structKey(project, file, structName));
}

function isDevice(project: Project, structName: string, file: string): boolean {
  return deviceStructs(project).has(structKey(project, file, structName));
}

/** Of types that are devices or buses; a board hands CPUs to what it makes as well. */
const deviceStructs = tableByRevision(
  (project): ReadonlyMap<string, true> => {
    const found = new Map<string, true>();
    for (const { name, instanceStruct, file } of project.types()) {
      if (instanceStruct === undefined || name === "device" || name === "sys-bus-device") continue;
      const above = project.ancestry(name);
      const isOne = above.some((each) => each.name === "device" || each.parent === "device" || each.name === "bus");
      if (isOne && !above.some((each) => each.name === "cpu"))
        found.set(structKey(project, file, instanceStruct), true);
    }
    return found;
  },
  { name: "device struct", keyOf: (key) => key, said: () => true },
);

/** In the struct of a type or a table of a file that sees it, or behind a pointer there that is looked at as a part of it. */
function isPart(project: Project, { structName, file }: TypeStruct): boolean {
  const part = taggedOrNamed(project, structName, file);
  if (part.kind !== "record") return true;
  const homes = [...homesOf(project, file, structName)].filter((home) => home.endsWith(".h"));
  const files = new Set([file, ...homes.flatMap((home) => [...project.includers(home)])]);
  return [...files].some((each) => holdsIn(project, each, part, structName));
}

function holdsIn(project: Project, file: string, part: RecordType, structName: string): boolean {
  const owners = [
    ...(typesByFile(project).get(file) ?? []).flatMap(({ instanceStruct }) => instanceStruct ?? []),
    ...project.descriptionsIn(file).flatMap((each) => stateStructs(each)),
  ];
  return [...new Set(owners)].some((name) => {
    const owner = taggedOrNamed(project, name, file);
    if (owner.kind !== "record") return false;
    const parts = statePartsOf(project, name, owner);
    return (
      owner.identity === part.identity ||
      parts.some((each) => each.structName === part.tag || each.structName === structName) ||
      holds(project, owner, part, new Set())
    );
  });
}

/** By value, arrays included. `seen`: structs that were looked into. */
function holds(project: Project, outer: RecordType, inner: RecordType, seen: Set<unknown>): boolean {
  if (seen.has(outer.identity)) return false;
  seen.add(outer.identity);
  const members = project.ctypes().members(outer);
  if (!members.known) return false;
  return members.value.list.some((member) => {
    let type: CType = member.type();
    while (type.kind === "array") type = type.element;
    return type.kind === "record" && (type.identity === inner.identity || holds(project, type, inner, seen));
  });
}
