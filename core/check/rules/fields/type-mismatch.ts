import { type CType, typeText } from "../../../c/ctype";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Diagnostic, QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import { fieldName, has, textAt } from "../../tables";
import { isOtherTarget, isSizedElsewhere } from "../../otherTarget";
import { type Finding, rule } from "../../rule";

interface Moved {
  readonly bytes: number;
  readonly signed: boolean;
}

/** What the get and put functions of migration/vmstate-types.c move. */
function movedBy(symbol: string | undefined): Moved | undefined {
  const match = /^vmstate_info_(u?)int(8|16|32|64)(?:_equal|_le)?$/.exec(symbol ?? "");
  return match === null ? undefined : { bytes: Number(match[2]) / 8, signed: match[1] === "" };
}

/** QEMU's macros check most of this when it is built; macros without a check, and a table that is being typed, are not. */
export const typeMismatch = rule({
  code: "type-mismatch",
  group: "fields",
  severity: "error",
  varies:
    "information where the sign alone differs, and for a field that is written out without a macro: it may mean a part",
  default: "on",
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
  const moved = movedBy(field.info?.symbol);
  if (moved === undefined || field.member === undefined) return undefined;
  if (has(field, "MUST_EXIST", "VBUFFER", "MULTIPLY", "BUFFER", "POINTER", "ARRAY_OF_POINTER")) return undefined;
  // what the size says is another rule's
  if (!field.size.known || field.size.value !== moved.bytes) return undefined;
  let type: CType = typeOfMember(project, field.member, description.file);
  while (type.kind === "array") type = type.element;
  if (type.kind !== "scalar" || isSizedElsewhere(project, description.file, type)) return undefined;
  const { size, signed, floating, canonical } = type;
  const isBool = /bool/i.test(canonical);
  // of a member that is too small field-beyond-member speaks
  if (size < moved.bytes) return undefined;
  if (size > moved.bytes) {
    // a field that is written out may mean a part of the member; no macro takes one by mistake and says so
    const severity = field.macro === undefined ? "information" : "error";
    return report(project, field, type, `${size - moved.bytes} of its ${size} bytes are lost`, severity);
  }
  if (floating || isBool || signed === moved.signed) return undefined;
  return report(project, field, type, "the bytes are the same, but QEMU's type check refuses it", "information");
}

function report(
  project: Project,
  field: VMStateField,
  type: Extract<CType, { kind: "scalar" }>,
  what: string,
  severity: Diagnostic["severity"],
): Finding {
  return {
    severity,
    range: field.range,
    message: `${fieldName(field)} is ${typeText(type)}, and ${field.macro ?? "the field"} moves ${field.info?.symbol.replace("vmstate_info_", "") ?? ""}: ${what}.`,
    fixes: macroFix(project, field, type),
  };
}

/** `VMSTATE_UINT32(x, S)` of a uint64_t: `VMSTATE_UINT64(x, S)`. */
function macroFix(
  project: Project,
  field: VMStateField,
  type: Extract<CType, { kind: "scalar" }>,
): readonly QuickFix[] {
  const text = textAt(project, field.range) ?? "";
  const match = /^VMSTATE_(U?INT)(8|16|32|64)(?=[_(])/.exec(text);
  if (match === null || type.floating || /bool/i.test(type.canonical)) return [];
  const right = `${type.signed ? "INT" : "UINT"}${type.size * 8}`;
  const start = field.range.start + "VMSTATE_".length;
  const range = { ...field.range, start, end: field.range.start + match[0].length };
  return [{ title: `Use VMSTATE_${right}`, edits: [{ range, text: right }] }];
}
