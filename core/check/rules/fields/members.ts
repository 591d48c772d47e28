/** Rules about a field and the member that it saves. */
import type { CType } from "../../../c/ctype";
import { typeText } from "../../../c/ctype";
import { sizeOf } from "../../../c/layout";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Diagnostic } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { stateStructs, structNamed, typeOfMember } from "../../../project/stateTypes";
import { fieldName, has } from "../../tables";
import { isOtherTarget, isSizedElsewhere } from "../../otherTarget";
import type { Rule } from "../../rule";

/** Bytes that the get and put functions of migration/vmstate-types.c move, whatever the field's size. */
const fixedSizes: ReadonlyMap<string, number> = new Map(
  [1, 2, 4, 8].flatMap((bytes) =>
    [`int${bytes * 8}`, `uint${bytes * 8}`, `int${bytes * 8}_equal`, `uint${bytes * 8}_equal`].map(
      (name): [string, number] => [`vmstate_info_${name}`, bytes],
    ),
  ),
);

const rawInfos = new Set([...fixedSizes.keys(), "vmstate_info_bool", "vmstate_info_buffer"]);

export const infoSizeMismatch: Rule = {
  code: "info-size-mismatch",
  summary: "A field is of another size than its VMStateInfo moves.",
  *check({ descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const moved = field.info === undefined ? undefined : fixedSizes.get(field.info.symbol);
        if (
          moved === undefined ||
          !field.size.known ||
          has(field, "VBUFFER", "MULTIPLY", "MUST_EXIST", "ARRAY_OF_POINTER")
        )
          continue;
        const size = field.size.value;
        if (size === moved) continue;
        yield {
          code: "info-size-mismatch",
          severity: "error",
          range: field.range,
          message: `${fieldName(field)} is of ${size} bytes, but ${field.info?.symbol ?? ""} saves and loads ${moved}: ${size > moved ? "the rest is lost" : "what lies behind it is overwritten"}.`,
          related: [],
          fixes: [],
        };
      }
    }
  },
};

/** Without VMS_POINTER, vmstate_save_state takes the member's own bytes: an address of this process, and what stands behind it. */
export const pointerSaved: Rule = {
  code: "pointer-saved",
  summary: "A field saves a pointer instead of what it points to.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (has(field, "POINTER", "ARRAY_OF_POINTER")) continue;
        const type = memberType(project, description, field);
        if (type?.kind !== "pointer" || !(isRaw(field) || isTableOf(project, field, type.target()))) continue;
        const what = isRaw(field)
          ? "that is saved as if it were the data: the destination overwrites it with an address of the source"
          : "and its table is applied to the pointer itself and what lies behind it: loading writes over both";
        yield {
          code: "pointer-saved",
          severity: "error",
          range: field.range,
          message: `${fieldName(field)} is a pointer (${typeText(type)}) ${what}.`,
          related: [],
          fixes: [],
        };
      }
    }
  },
};

function isRaw(field: VMStateField): boolean {
  return field.info !== undefined && rawInfos.has(field.info.symbol) && !has(field, "MUST_EXIST");
}

/** Whether the field's table is one of the struct that is pointed to; some tables are made for a pointer. */
function isTableOf(project: Project, field: VMStateField, target: CType): boolean {
  const nested = field.vmsd === undefined ? undefined : project.resolve(field.vmsd);
  if (nested === undefined || target.kind !== "record" || !has(field, "STRUCT", "VSTRUCT")) return false;
  return stateStructs(nested).some((name) => {
    const state = structNamed(project, name, nested.file);
    return state.kind === "record" && state.identity === target.identity;
  });
}

function memberType(project: Project, description: VMStateDescription, field: VMStateField): CType | undefined {
  if (field.member === undefined) return undefined;
  return typeOfMember(project, field.member, description.file);
}

/** Offsets count from the member, and QEMU checks the types of one-element and whole-array macros only. */
export const fieldBeyondMember: Rule = {
  code: "field-beyond-member",
  summary: "A field saves more bytes than its member has.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const finding = beyond(project, description, field);
        if (finding) yield finding;
      }
    }
  },
};

function beyond(project: Project, description: VMStateDescription, field: VMStateField): Diagnostic | undefined {
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
  return {
    code: "field-beyond-member",
    severity: "warning",
    range: field.range,
    message: `${fieldName(field)} saves ${saved} bytes of ${field.member.path}, which has ${room}: what lies behind it is saved and overwritten too.`,
    related: [],
    fixes: [],
  };
}

/** Bytes from the place that the path names to the end of its member; an index counts from the array's start. */
function roomBehind(project: Project, description: VMStateDescription, field: VMStateField): number | undefined {
  const { member } = field;
  if (member === undefined) return undefined;
  const indexed = /^(.*)\[([^[\]]+)\]$/.exec(member.path);
  const types = project.ctypes();
  if (indexed?.[1] !== undefined && indexed[2] !== undefined) {
    const array = typeOfMember(project, { ...member, path: indexed[1] }, description.file);
    const index = project.evaluate(indexed[2], description.file);
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
