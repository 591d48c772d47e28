/** Members of the structs that tables name: where they are declared and what they are. */
import { isDigits, wordsIn } from "../../c/words";
import type { Project } from "../../project";
import type { CType, CTypes, Member, RecordType } from "../../c/ctype";
import { writtenIn } from "../../c/body/conditions";
import type { SourceRange } from "../../c/range";
import { sizeOf } from "../../c/layout";
import type { Value } from "../../c/value";

export interface FoundMember {
  readonly name: string;
  readonly record: string;
  readonly type: CType;
  readonly range: SourceRange | undefined;
  /** The declaration's line without comment, for showing. */
  readonly text: string;
}

/** `structName` as a table spells it (`struct X` or a typedef's name), `path` as in offsetof: `ring.q[0].head`. */
export function findMember(project: Project, file: string, structName: string, path: string): FoundMember | undefined {
  const types = project.ctypes();
  let type = structType(project, file, structName);
  let found: FoundMember | undefined;
  for (const part of wordsIn(path)) {
    if (
      isDigits(part.charAt(0)) ||
      (found !== undefined && type.kind === "array" && memberOf(types, type, part) === undefined)
    ) {
      type = type.kind === "array" ? type.element : type.kind === "pointer" ? type.target() : type;
      continue;
    }
    const owner = recordIn(type);
    const member = owner && memberOf(types, owner, part);
    if (owner === undefined || member === undefined) return undefined;
    type = member.type();
    found = { name: part, record: nameOf(owner), type, range: rangeOf(member), text: textOf(project, member) };
  }
  return found;
}

export function structType(project: Project, file: string, structName: string): CType {
  const scope = project.scope(file);
  const types = project.ctypes();
  for (const kind of ["struct", "union"] as const) {
    if (structName.startsWith(`${kind} `)) return types.tagged(kind, structName.slice(kind.length).trim(), scope);
  }
  return types.named(structName, scope);
}

/** Named members of a struct, those of anonymous structs inside it included, in order of declaration. */
export function membersOf(project: Project, type: CType): readonly Member[] {
  const record = recordIn(type);
  return record === undefined ? [] : flatten(project.ctypes(), record, 0);
}

function flatten(types: CTypes, record: RecordType, depth: number): readonly Member[] {
  const members = types.members(record);
  if (!members.known || depth > 4) return [];
  return members.value.list.flatMap((member) => {
    if (member.name !== undefined) return [member];
    const inner = recordIn(member.type());
    return inner === undefined ? [] : flatten(types, inner, depth + 1);
  });
}

function memberOf(types: CTypes, type: CType, name: string): Member | undefined {
  const record = recordIn(type);
  return record && flatten(types, record, 0).find((member) => member.name === name);
}

/** The record that a value of this type leads to: itself, its elements, or what it points to. */
function recordIn(type: CType): RecordType | undefined {
  if (type.kind === "record") return type;
  if (type.kind === "array") return recordIn(type.element);
  if (type.kind === "pointer") {
    const target = type.target();
    return target.kind === "record" ? target : undefined;
  }
  return undefined;
}

function nameOf(record: RecordType): string {
  return record.tag === undefined ? `${record.recordKind} {…}` : record.tag;
}

/** The member's name where it is declared. */
function rangeOf(member: Member): SourceRange | undefined {
  const token = member.token;
  if (token === undefined || token.file === "") return undefined;
  return { file: token.file, start: token.start, end: token.end };
}

function textOf(project: Project, member: Member): string {
  const range = rangeOf(member);
  const text = range && project.text(range.file);
  if (range === undefined || text === undefined) return member.name ?? "";
  const start =
    Math.max(
      text.lastIndexOf(";", range.start),
      text.lastIndexOf("{", range.start),
      text.lastIndexOf("*/", range.start) + 1,
    ) + 1;
  const end = text.indexOf(";", range.end);
  const line = text.slice(start, end === -1 ? range.end : end);
  return writtenIn(line, { start: 0, end: line.length });
}

/** `uint32_t[16]`, `struct X *`. */
export function typeText(type: CType): string {
  switch (type.kind) {
    case "void":
      return "void";
    case "scalar":
    case "opaque":
      return type.name;
    case "enum":
      return `enum ${type.tag ?? "{…}"}`;
    case "record":
      return type.tag === undefined ? `${type.recordKind} {…}` : `struct ${type.tag}`;
    case "pointer": {
      const target = type.target();
      return target.kind === "function" ? "a function pointer" : `${typeText(target)} *`;
    }
    case "array": {
      const length = type.length?.known === true ? String(type.length.value) : "";
      return `${typeText(type.element)}[${length}]`;
    }
    case "function":
      return "function";
    case "unknown":
      return "unknown type";
  }
}

export function typeSize(project: Project, type: CType): Value<number> {
  return sizeOf(project.ctypes(), type);
}
