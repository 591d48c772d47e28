import { type CType, typeText } from "../../../c/ctype";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Diagnostic, QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { givenIn, macroFor, movedBy } from "../../../project/fieldMacros";
import { declaredMember } from "../../../project/declaredMember";
import { typeOfMember } from "../../../project/stateTypes";
import { fieldName, has, textAt } from "../../tables";
import { failedCheck } from "../../memberType";
import { isOtherTarget, isSizedElsewhere } from "../../otherTarget";
import { type Finding, rule } from "../../rule";

/** QEMU's macros check most of this when it is built; macros without a check, and a table that is being typed, are not. */
export const typeMismatch = rule({
  code: "type-mismatch",
  group: "fields",
  severity: "error",
  varies:
    "information where the sign alone differs, and for a field that is written out without a macro: it may mean a part",
  default: "on",
  byFile: true,
  title: "Macro for another type",
  summary: "A field's macro is for integers of another size or sign than the member.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (isOtherTarget(project, description.file)) continue;
      for (const field of description.fields) {
        const finding = mismatch(project, description, field);
        if (finding !== undefined) yield finding;
      }
    }
  },
});

function mismatch(project: Project, description: VMStateDescription, field: VMStateField): Finding | undefined {
  return refused(project, description, field) ?? otherInteger(project, description, field);
}

/** What QEMU's own check of the macro says: the compiler stops there. */
function refused(project: Project, description: VMStateDescription, field: VMStateField): Finding | undefined {
  const failed = failedCheck(project, description, field);
  if (failed === undefined) return undefined;
  const { wanted, actual } = failed;
  const [first] = fixes(project, description, field);
  const member = failed.designator === "num_offset" ? field.numMember : field.member;
  const name = member?.path ?? "the member";
  const isNameless = actual.kind === "record" && actual.tag === undefined;
  const declared =
    isNameless && member && declaredMember(project, member.structName, member.path, description.file)?.typeName;
  const use = first === undefined ? "" : `; ${first.title.replace("Use", "use")}`;
  return {
    severity: "error",
    range: field.range,
    message: `${name} is ${declared || typeText(actual)}, and ${field.macro ?? "the field"} is for ${typeText(wanted)}: QEMU does not build with it${use}.`,
    fixes: first === undefined ? [] : [first],
  };
}

function otherInteger(project: Project, description: VMStateDescription, field: VMStateField): Finding | undefined {
  const moved = movedBy(field.info?.symbol);
  if (moved === undefined || typeof moved === "string" || field.member === undefined) return undefined;
  if (has(field, "MUST_EXIST", "VBUFFER", "MULTIPLY", "BUFFER", "POINTER", "ARRAY_OF_POINTER")) return undefined;
  // what the size says is another rule's
  if (!field.size.known || field.size.value !== moved.bytes) return undefined;
  let type: CType = typeOfMember(project, field.member, description.file);
  while (type.kind === "array") type = type.element;
  if (type.kind !== "scalar" || isSizedElsewhere(project, description.file, type)) return undefined;
  const { size, signed, floating, canonical } = type;
  const isBool = canonical.toLowerCase().includes("bool");
  // of a member that is too small field-beyond-member speaks
  if (size < moved.bytes) return undefined;
  const report = (what: string, severity: Diagnostic["severity"]): Finding => ({
    severity,
    range: field.range,
    message: `${fieldName(field)} is ${typeText(type)}, and ${field.macro ?? "the field"} moves ${field.info?.symbol.replace("vmstate_info_", "") ?? ""}: ${what}.`,
    fixes: fixes(project, description, field),
  });
  if (size > moved.bytes) {
    // a field that is written out may mean a part of the member; no macro takes one by mistake and says so
    return report(
      `${size - moved.bytes} of its ${size} bytes are lost`,
      field.macro === undefined ? "information" : "error",
    );
  }
  if (floating || isBool || signed === moved.signed) return undefined;
  return report("the bytes are the same, but QEMU's type check refuses it", "information");
}

/** The tree's macro for the member, with the version and the condition that the field has. */
function fixes(project: Project, description: VMStateDescription, field: VMStateField): readonly QuickFix[] {
  const { member, macro, range, numMember } = field;
  if (member === undefined || macro === undefined) return [];
  const text = textAt(project, range) ?? "";
  const best = macroFor(project, member.structName, member.path, description.file, givenIn(project, text, range.file));
  if (best === undefined || best.text === text) return [];
  // without its count the field would send another number of elements
  const isCounted = numMember === undefined || best.text.split(",").some((each) => each.trim() === numMember.path);
  if (!isCounted) return [];
  const use = best.macro === macro ? best.text : best.macro;
  return [{ title: `Use ${use}`, edits: [{ range, text: best.text }] }];
}
