/** Rules about a field and the member that it saves. */
import type { CType } from "../c/ctype";
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import type { Project } from "../project/project";
import { typeOfMember } from "../project/stateTypes";
import { has } from "./tables";

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
