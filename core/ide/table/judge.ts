/** What of a struct is the guest's state, by how its members are declared and who sets them. */
import type { CType, Member } from "../../c/ctype";
import type { SourceRange } from "../../c/range";
import type { Writers } from "../../code/memberWrites";
import { propertySetters } from "../../code/propertyMembers";
import { macroFor } from "../../project/fieldMacros";
import type { Project } from "../../project/project";
import { typeText } from "../constructs/members";
import type { LeftOut } from "./model";
import { isValue } from "./parts";

type Judged = { readonly macro: string; readonly text: string } | Pick<LeftOut, "why" | "range" | "field">;

/** A field for one member, or what speaks against it. */
export function judge(
  project: Project,
  file: string,
  structName: string,
  path: string,
  member: Member,
  writers: Writers | undefined,
): Judged {
  const range = declaredAt(member);
  if (member.bits !== undefined) return { why: "a bit-field has no address", range };
  const macro = macroFor(project, structName, path, file);
  const field = macro === undefined ? {} : { field: macro.text };
  if (propertySetters(project, file, path))
    return { why: "a property sets it: both sides have it from the command line", range, ...field };
  if (macro === undefined) return { why: whyNone(member.type()), range };
  if (leadsToObject(project, macro.text, file)) return { why: whyNone(pointerIn(member.type())), range, ...field };
  if (!isValue(member.type())) return macro;
  if (writers === undefined || writers.running.length > 0) return macro;
  const [first] = writers.setUp;
  return { why: "it is set when the device is made, and not while the guest runs", range: first ?? range, ...field };
}

export function declaredAt({ token }: Member): SourceRange | undefined {
  return token === undefined || token.file === ""
    ? undefined
    : { file: token.file, start: token.start, end: token.end };
}

/** A pointer to a struct with a table: a part that is allocated, or, as a rule, another device. */
function leadsToObject(project: Project, text: string, file: string): boolean {
  const field = project.field(text, file)?.field;
  if (field?.vmsd === undefined || !text.includes(field.vmsd.symbol)) return false;
  return field.flagNames.some((flag) => flag === "POINTER" || flag === "ARRAY_OF_POINTER");
}

function pointerIn(type: CType): CType {
  return type.kind === "array" ? pointerIn(type.element) : type;
}

/** Why a member has no field. */
export function whyNone(type: CType): string {
  let element = type;
  while (element.kind === "array") element = element.element;
  switch (element.kind) {
    case "pointer":
      return element.target().kind === "function"
        ? "a function of this QEMU"
        : "a pointer: what it leads to has an owner of its own";
    case "record":
      return `${typeText(element)} has no table that is seen here`;
    case "enum":
      return "an enum: no macro of this tree takes its type";
    case "unknown":
      return `its type is not known: ${element.reason}`;
    default:
      return `no macro of this tree takes ${typeText(type)}`;
  }
}
