import { lastIndex } from "../../../c/words";
import { sizeOf } from "../../../c/layout";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { typeOfMember } from "../../../project/stateTypes";
import { fieldName, has } from "../../tables";
import { isOtherTarget, isSizedElsewhere } from "../../otherTarget";
import { type Finding, rule } from "../../rule";
import { failedCheck, isRaw, memberType } from "../../memberType";

/** Offsets count from the member, and QEMU checks the types of one-element and whole-array macros only. */
export const fieldBeyondMember = rule({
  code: "field-beyond-member",
  group: "fields",
  severity: "warning",
  default: "on",
  whenSent: true,
  byFile: true,
  title: "Field larger than its member",
  summary: "A field saves more bytes than its member has.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const finding = beyond(project, description, field);
        if (finding) yield finding;
      }
    }
  },
});

function beyond(project: Project, description: VMStateDescription, field: VMStateField): Finding | undefined {
  if (isOtherTarget(project, description.file)) return undefined;
  if (isSizedElsewhere(project, description.file, memberType(project, description, field))) return undefined;
  if (!isRaw(field) || has(field, "POINTER", "ARRAY_OF_POINTER", "VBUFFER", "MULTIPLY", "MULTIPLY_ELEMENTS"))
    return undefined;
  if (field.flagNames.some((flag) => flag.startsWith("VARRAY")) || field.member === undefined) return undefined;
  const { size, num } = field;
  if (!size.known || (has(field, "ARRAY") && !num.known)) return undefined;
  const saved = size.value * (has(field, "ARRAY") && num.known ? num.value : 1);
  const room = roomBehind(project, description, field);
  if (room === undefined || saved <= room) return undefined;
  // what QEMU does not build with is type-mismatch's
  if (failedCheck(project, description, field) !== undefined) return undefined;
  return {
    range: field.range,
    message: `${fieldName(field)} saves ${saved} bytes of ${field.member.path}, which has ${room}: what lies behind it is saved and overwritten too.`,
  };
}

/** Bytes from the place that the path names to the end of its member; an index counts from the array's start. */
function roomBehind(project: Project, description: VMStateDescription, field: VMStateField): number | undefined {
  const { member } = field;
  if (member === undefined) return undefined;
  const indexed = lastIndex(member.path);
  const types = project.ctypes();
  if (indexed !== undefined) {
    const array = typeOfMember(project, { ...member, path: indexed.array }, description.file);
    const index = project.evaluate(indexed.index, description.file);
    if (array.kind !== "array" || !index.known || array.length === undefined || !array.length.known) return undefined;
    const element = sizeOf(types, array.element);
    return element.known ? (array.length.value - index.value) * element.value : undefined;
  }
  const type = typeOfMember(project, member, description.file);
  if (type.kind === "array" && type.length === undefined) return undefined;
  if (type.kind === "pointer" || type.kind === "function") return undefined;
  const size = sizeOf(types, type);
  return size.known ? size.value : undefined;
}
