/** The values that an instance of a struct holds: its members, those of structs inside it, and those of what it allocates. */
import type { CType, Member, RecordType } from "../c/ctype";
import { tableByRevision } from "../project/cache";
import type { Project } from "../project/project";
import { structKey } from "../project/privateStructs";
import { stateStructs } from "../project/stateTypes";

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
    !(inner.tag !== undefined && owners.has(structKey(project, home, inner.tag)));
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
        if (member.name === undefined || isOwn(type)) walk(type, part, name, depth + 1);
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

function elementOf(type: CType): CType {
  let element = type;
  while (element.kind === "array") element = element.element;
  return element;
}

function tagBehind(type: CType): string | undefined {
  const target = type.kind === "pointer" ? type.target() : type;
  return target.kind === "record" ? target.tag : undefined;
}

function fileOf({ body }: RecordType): string {
  const context = body?.();
  return context?.context.tokens[context.span.start]?.file ?? "";
}

/** Structs that any table saves, by `structKey`. */
export const savedStructs = tableByRevision(
  (project): ReadonlyMap<string, true> => {
    const found = new Map<string, true>();
    for (const description of project.descriptions()) {
      for (const name of stateStructs(description)) found.set(structKey(project, description.file, name), true);
    }
    return found;
  },
  { name: "saved struct", keyOf: (key) => key, said: () => true },
);

/** Those, and what is an instance of a type: each is looked at by itself. */
const ownedStructs = tableByRevision(
  (project): ReadonlyMap<string, true> => {
    const found = new Map(savedStructs(project));
    for (const { instanceStruct, file } of project.types()) {
      if (instanceStruct !== undefined) found.set(structKey(project, file, instanceStruct), true);
    }
    return found;
  },
  { name: "owned struct", keyOf: (key) => key, said: () => true },
);
