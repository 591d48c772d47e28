import type { CType, RecordType } from "../../../c/ctype";
import { parseExpression } from "../../../c/expression";
import { lex } from "../../../c/lex";
import { findMember } from "../../../c/members";
import { didYouMean, nearest } from "../../../nearest";
import type { MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { structNamed, typeOfMember } from "../../../project/stateTypes";
import { isOtherTarget } from "../../otherTarget";
import { type Finding, rule } from "../../rule";
import { textAt } from "../../tables";

/** offsetof in the macros of include/migration/vmstate.h stops the build; a table that is being typed is not built. */
export const noSuchMember = rule({
  code: "no-such-member",
  group: "fields",
  severity: "error",
  default: "on",
  byFile: true,
  title: "Field of a member that is not there",
  summary: "A field names a member that its struct does not have.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (isOtherTarget(project, description.file) || project.compiles(description.file) === "false") continue;
      for (const field of description.fields) {
        for (const member of [field.member, field.numMember, field.sizeMember]) {
          const finding = member && missing(project, description, field, member);
          if (finding !== undefined) yield finding;
        }
      }
    }
  },
});

function missing(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  member: MemberReference,
): Finding | undefined {
  if (field.condition !== undefined || description.condition !== undefined) return undefined;
  if (typeOfMember(project, member, description.file).kind !== "unknown") return undefined;
  const found = absent(project, member, description.file);
  if (found === undefined) return undefined;
  const names = namesIn(project, found.record);
  return {
    range: field.range,
    message: `${member.structName} has no member ${found.path}: QEMU does not build with it${didYouMean(found.name, names)}`,
    fixes: spelled(project, field, found.name, names),
  };
}

interface Absent {
  readonly record: RecordType;
  readonly name: string;
  /** From the state struct to the name. */
  readonly path: string;
}

/** The first name of the path that its struct certainly does not have. */
function absent(project: Project, { structName, path }: MemberReference, file: string): Absent | undefined {
  const scope = project.scope(file);
  const context = { tokens: scope.expandText(`__builtin_offsetof(${structName}, ${path})`), scope };
  const expression = parseExpression(context);
  if (expression.kind !== "offsetof") return undefined;
  let type: CType = structNamed(project, structName, file);
  let shown = "";
  for (const part of expression.path) {
    if (part.kind === "index") {
      if (type.kind !== "array") return undefined;
      type = type.element;
      continue;
    }
    shown = shown === "" ? part.name : `${shown}.${part.name}`;
    if (type.kind !== "record") return undefined;
    const found = findMember(project.ctypes(), type, part.name);
    if (!found.known) return isRead(project, type) ? { record: type, name: part.name, path: shown } : undefined;
    type = found.value.member.type();
  }
  return undefined;
}

/** Whether all that the struct declares is understood. */
function isRead(project: Project, record: RecordType): boolean {
  const members = project.ctypes().members(record);
  if (!members.known || members.value.problem !== undefined) return false;
  return members.value.list.every((each) => {
    const inner = each.type();
    // what looks like a function, or is of a type that nobody defines, may be a macro: NAME(x);
    if (inner.kind === "function" || inner.kind === "unknown") return false;
    if (each.name !== undefined || each.bits !== undefined) return true;
    return inner.kind === "record" && isRead(project, inner);
  });
}

function namesIn(project: Project, record: RecordType): readonly string[] {
  const members = project.ctypes().members(record);
  if (!members.known) return [];
  return members.value.list.flatMap((each) => {
    if (each.name !== undefined) return [each.name];
    const inner = each.bits === undefined ? each.type() : undefined;
    return inner?.kind === "record" ? namesIn(project, inner) : [];
  });
}

/** The name that was meant, where one comes near and the field's text holds the wrong one once. */
function spelled(project: Project, field: VMStateField, wrong: string, names: readonly string[]): readonly QuickFix[] {
  const { range } = field;
  const [right] = nearest(wrong, names);
  const places = lex(textAt(project, range) ?? "", "").filter((token) => token.text === wrong);
  const [place] = places;
  if (right === undefined || place === undefined || places.length > 1) return [];
  const start = range.start + place.start;
  return [
    { title: `Use ${right}`, edits: [{ range: { file: range.file, start, end: start + wrong.length }, text: right }] },
  ];
}
