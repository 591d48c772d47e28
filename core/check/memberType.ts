/** Rules about a field and the member that it saves. */
import type { CType } from "../c/ctype";
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import type { Project } from "../project/project";
import type { TypeCheck } from "../vmstate/written";
import { movedBy } from "../project/fieldMacros";
import { typeOfMember } from "../project/stateTypes";
import { has, textAt } from "./tables";

/** Bytes that the get and put functions of migration/vmstate-types.c move, whatever the field's size. */
export const fixedSizes: ReadonlyMap<string, number> = new Map(
  [1, 2, 4, 8].flatMap((bytes) =>
    [`int${bytes * 8}`, `uint${bytes * 8}`, `int${bytes * 8}_equal`, `uint${bytes * 8}_equal`].map(
      (name): [string, number] => [`vmstate_info_${name}`, bytes],
    ),
  ),
);

const rawInfos = new Set([...fixedSizes.keys(), "vmstate_info_bool", "vmstate_info_buffer"]);

export function isRaw(field: VMStateField): boolean {
  return field.info !== undefined && rawInfos.has(field.info.symbol) && !has(field, "MUST_EXIST");
}

export function memberType(project: Project, description: VMStateDescription, field: VMStateField): CType | undefined {
  if (field.member === undefined) return undefined;
  return typeOfMember(project, field.member, description.file);
}

/** The type check in a macro's own expansion that the compiler refuses; undefined where none is known to fail. */
export function failedCheck(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
): TypeCheck | undefined {
  const { member, macro, range } = field;
  if (member === undefined || macro === undefined || isSimple(project, description, field)) return undefined;
  const text = textAt(project, range);
  if (text === undefined || !text.startsWith(macro) || project.compiles(description.file) === "false") return undefined;
  return project.field(text, description.file)?.checks.find(({ holds }) => holds.known && !holds.value);
}

/** An integer by the macro for that integer: most fields, told apart before anything is expanded again. */
function isSimple(project: Project, description: VMStateDescription, field: VMStateField): boolean {
  const moved = movedBy(field.info?.symbol);
  if (moved === undefined || typeof moved === "string" || field.flagNames.some((flag) => flag !== "SINGLE"))
    return false;
  const type = memberType(project, description, field);
  if (type?.kind !== "scalar" || type.floating || isOfItsOwn(type.canonical)) return false;
  return type.size === moved.bytes && type.signed === moved.signed;
}

/** C's integer types that no `intN_t` is, though they are of its size and sign. */
function isOfItsOwn(canonical: string): boolean {
  return canonical === "_Bool" || canonical === "bool" || canonical === "char" || canonical.endsWith("long long");
}
