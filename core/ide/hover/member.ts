import type { LoadableProject } from "../../project";
import type { Value } from "../../c/value";
import type { Construct } from "../constructs/construct";
import { findMember, membersOf, structType, typeSize, typeText } from "../constructs/members";
import { bytesText } from "../constructs/wireSize";
import { describeField } from "./field";
import { code, codeBlock, stillReading } from "./markdown";

/** The member as it is declared, and the field that saves it. */
export function describeMember(
  project: LoadableProject,
  construct: Extract<Construct, { kind: "member" }>,
  path: string,
): string {
  const { structName, owner, field } = construct;
  const member = findMember(project, path, structName, construct.path);
  const parts: string[] = [];
  if (member !== undefined) {
    const size = typeSize(project, member.type);
    parts.push(codeBlock(`/* ${member.record} */\n${member.text};`));
    parts.push(`${code(typeText(member.type))}${inMemory(project, size)}`);
  } else parts.push(`${code(construct.path)}: no such member is found in ${code(structName)}`);
  if (owner !== undefined && field !== undefined) parts.push(describeField(project, owner, field) ?? "");
  return parts.filter((part) => part !== "").join("\n\n");
}

export function describeStruct(project: LoadableProject, name: string, path: string): string | undefined {
  const type = structType(project, path, name);
  if (type.kind === "unknown") return undefined;
  const size = typeSize(project, type);
  const members = membersOf(project, type).length;
  return `${code(typeText(type))}, ${members} member${members === 1 ? "" : "s"}${inMemory(project, size)}`;
}

function inMemory(project: LoadableProject, size: Value<number>): string {
  if (size.known) return `, ${bytesText(size.value)} in memory`;
  return project.isPartial ? `. ${stillReading}` : "";
}
