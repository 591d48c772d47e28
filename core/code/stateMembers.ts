/** The values that an instance of a struct holds: its members, those of structs inside it, and those of what it allocates. */
import type { CType, Member, RecordType } from "../c/ctype";
import { isIdentifierPart } from "../c/body";
import { findMember } from "../c/members";
import { tableByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { structKey } from "../project/privateStructs";
import { bareName, stateStructs } from "../project/stateTypes";
import type { VMStateDescription } from "../vmstate/model";
import { descriptionKey } from "./registered";

export interface StateMember {
  /** `cmd`, and `dma.cmd` of a struct inside. */
  readonly name: string;
  readonly member: Member;
}

/** Members of one struct, and how they are reached from the instance: "" or `timers[].` of what a pointer leads to. */
export interface StatePart {
  readonly structName: string;
  readonly prefix: string;
  readonly members: readonly StateMember[];
}

const deepest = 4;

/**
 * Numbers, enums and arrays of them, of the struct and of those inside it that stand in one file with it: what QEMU
 * brings for all devices has owners of its own, as has what is an object by itself.
 */
export function valuesIn(project: Project, structName: string, record: RecordType): readonly StateMember[] {
  return readParts(project, structName, record, false)[0]?.members ?? [];
}

/** The same, with what pointers to structs of the same file lead to. */
export function statePartsOf(project: Project, structName: string, record: RecordType): readonly StatePart[] {
  return readParts(project, structName, record, true);
}

interface OpenPart extends StatePart {
  readonly members: StateMember[];
}

function readParts(
  project: Project,
  structName: string,
  record: RecordType,
  withPointers: boolean,
): readonly StatePart[] {
  const home = fileOf(record);
  const owners = ownedStructs(project);
  const first: OpenPart = { structName, prefix: "", members: [] };
  const parts = [first];
  const isOwn = (inner: RecordType): boolean =>
    inner.identity !== record.identity &&
    fileOf(inner) === home &&
    inner.tag?.endsWith("Class") !== true &&
    !(inner.tag !== undefined && isDefinedIn(owners.get(structKey(project, home, inner.tag)), home));
  const walk = (struct: RecordType, part: OpenPart, prefix: string, depth: number): void => {
    const members = project.ctypes().members(struct);
    if (!members.known || depth > deepest) return;
    // what lies behind a pointer beside it is the image's
    const hasImage = members.value.list.some((each) => tagBehind(each.type()) === "BlockBackend");
    for (const member of members.value.list) {
      const type = elementOf(member.type());
      const name = member.name === undefined ? prefix : prefix === "" ? member.name : `${prefix}.${member.name}`;
      if (type.kind === "scalar" || type.kind === "enum") {
        if (member.name !== undefined && !isHandle(type)) part.members.push({ name, member });
      } else if (type.kind === "record") {
        // one that is saved may stand for the others
        if (type.recordKind === "union" && !withPointers) continue;
        const isMany = member.type().kind === "array" && isRequest(project, type);
        if (!isMany && (member.name === undefined || isOwn(type))) walk(type, part, name, depth + 1);
      } else if (type.kind === "pointer" && withPointers && member.name !== undefined) {
        const target = type.target();
        if (target.kind === "scalar" && !hasImage) part.members.push({ name, member });
        if (target.kind !== "record" || target.tag === undefined || !isOwn(target)) continue;
        if (parts.some((each) => each.structName === target.tag)) continue;
        const behind: OpenPart = { structName: target.tag, prefix: `${part.prefix}${name}[].`, members: [] };
        parts.push(behind);
        walk(target, behind, "", depth + 1);
      }
    }
  };
  walk(record, first, "", 0);
  return parts;
}

/** What GLib hands out for a source of events, a watch: the host's. */
function isHandle(type: CType): boolean {
  return type.kind === "scalar" && type.name === "guint";
}

/** What the host's part of a request is made of. */
const requestTypes: ReadonlySet<string> = new Set([
  ...["SCSIRequest", "BlockAIOCB", "BlockDriverAIOCB", "QEMUSGList", "QEMUIOVector", "USBPacket"],
]);

/** The name in front of the member's: `Queue` of `Queue q;`. */
export function writtenType(project: Project, { token }: Member): string | undefined {
  const text = token === undefined ? undefined : project.text(token.file);
  if (token === undefined || text === undefined) return undefined;
  let end = token.start;
  while (end > 0 && " \t\n*".includes(text.charAt(end - 1))) end--;
  let start = end;
  while (start > 0 && isIdentifierPart(text.charCodeAt(start - 1))) start--;
  return start === end ? undefined : text.slice(start, end);
}

/** Whether it holds what a request of the host's is made of: QEMU ends those before it saves. */
export function isRequest(project: Project, record: RecordType): boolean {
  const members = project.ctypes().members(record);
  return members.known && members.value.list.some((each) => requestTypes.has(writtenType(project, each) ?? ""));
}

export function elementOf(type: CType): CType {
  let element = type;
  while (element.kind === "array") element = element.element;
  return element;
}

function tagBehind(type: CType): string | undefined {
  const target = type.kind === "pointer" ? type.target() : type;
  return target.kind === "record" ? target.tag : undefined;
}

/** Where its members are written; "" where they are not to be seen. */
export function fileOf({ body }: RecordType): string {
  const context = body?.();
  return context?.context.tokens[context.span.start]?.file ?? "";
}

/** What a path through members and elements of a struct leads to: `slots.ram` of `Slot slots[2]`; undefined where it is none. */
export function typeAt(project: Project, record: RecordType, path: string): CType | undefined {
  const types = project.ctypes();
  let type: CType = record;
  for (const step of path.split(".")) {
    const inside = elementOf(type);
    const found = inside.kind === "record" ? findMember(types, inside, step) : undefined;
    if (found?.known !== true) return undefined;
    type = found.value.member.type();
  }
  return elementOf(type);
}

/** A member that is the state of a device of its own: `ahci` of a controller around one. */
export interface DevicePart {
  readonly name: string;
  /** What saves that device's struct; never empty. */
  readonly tables: readonly VMStateDescription[];
}

/** Those that stand in the struct itself, arrays of them included. */
export function devicesIn(project: Project, record: RecordType): readonly DevicePart[] {
  const members = project.ctypes().members(record);
  if (!members.known) return [];
  const home = fileOf(record);
  return members.value.list.flatMap((member): readonly DevicePart[] => {
    const type = elementOf(member.type());
    if (member.name === undefined || type.kind !== "record" || type.tag === undefined) return [];
    const { tag } = type;
    const tables = (savedStructs(project).get(structKey(project, home, tag)) ?? []).filter((each) =>
      isDefinedIn([definitionOf(project, each.file, tag)], fileOf(type)),
    );
    return tables.length === 0 ? [] : [{ name: member.name, tables }];
  });
}

/** The file in which a file finds the struct; "" where it finds none. */
function definitionOf(project: Project, file: string, structName: string): string {
  return project.scope(file).record("struct", bareName(structName))?.file ?? "";
}

/** Two headers may each have a struct of the name. */
function isDefinedIn(homes: readonly string[] | undefined, home: string): boolean {
  return homes?.some((each) => each === "" || each === home) === true;
}

/** Structs that any table saves, by `structKey`, with those tables. */
export const savedStructs = tableByRevision(
  (project): ReadonlyMap<string, readonly VMStateDescription[]> => {
    const found = new Map<string, VMStateDescription[]>();
    for (const description of project.descriptions()) {
      for (const name of stateStructs(description)) {
        const key = structKey(project, description.file, name);
        const list = found.get(key);
        if (list) list.push(description);
        else found.set(key, [description]);
      }
    }
    return found;
  },
  { name: "saved struct", keyOf: (key) => key, said: (tables) => tables.map(descriptionKey) },
);

/** Structs whose instances are objects of a type, by `structKey`, with where who speaks of them finds them. */
export const typeStructs = tableByRevision(
  (project): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const { instanceStruct, file } of project.types()) {
      if (instanceStruct === undefined) continue;
      const key = structKey(project, file, instanceStruct);
      const home = definitionOf(project, file, instanceStruct);
      const list = found.get(key);
      if (list === undefined) found.set(key, [home]);
      else if (!list.includes(home)) list.push(home);
    }
    return found;
  },
  { name: "type struct", keyOf: (key) => key, said: (homes) => homes },
);

/** Those, and what a table saves: each is looked at by itself. */
const ownedStructs = tableByRevision(
  (project): ReadonlyMap<string, readonly string[]> => {
    const found = new Map([...typeStructs(project)].map(([key, homes]) => [key, new Set(homes)]));
    for (const description of project.descriptions()) {
      for (const name of stateStructs(description)) {
        const key = structKey(project, description.file, name);
        const homes = found.get(key) ?? new Set();
        found.set(key, homes.add(definitionOf(project, description.file, name)));
      }
    }
    return new Map([...found].map(([key, homes]) => [key, [...homes]]));
  },
  { name: "owned struct", keyOf: (key) => key, said: (homes) => homes },
);
