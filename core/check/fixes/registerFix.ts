/** `dc->vmsd = &vmstate_x;` where the file has one device without a table. */
import { indentBefore } from "../../c/body";
import { localsOf } from "../../c/body/locals";
import type { Edit, QuickFix } from "../diagnostic";
import { bodyOf } from "../../project/bodies";
import type { Project } from "../../project/project";

export interface RegisterEdit {
  readonly edit: Edit;
  /** Offset at which the class_init begins: a table has to be declared before it. */
  readonly functionStart: number;
  readonly title: string;
}

/** undefined where there is no class_init with a DeviceClass of its own, or more than one device that it may be for. */
export function registerEdit(project: Project, file: string, symbol: string): RegisterEdit | undefined {
  const bare = [...project.types()].filter(
    (type) => type.file === file && type.classInit !== undefined && type.descriptions.length === 0 && !type.abstract,
  );
  const [type] = bare;
  const fn = type?.classInit === undefined || bare.length > 1 ? undefined : project.function(type.classInit.name, file);
  if (fn === undefined || fn.file !== file) return undefined;
  const locals = localsOf(bodyOf(project, fn)).all;
  const device = locals.find(({ declarator }) => declarator.typeName === "DeviceClass" && declarator.stars === 1);
  const last = Math.max(...locals.filter(({ isParameter }) => !isParameter).map(({ end }) => end));
  if (device === undefined || device.isParameter) return undefined;
  const text = project.text(file) ?? "";
  const { name } = device.declarator;
  const start = text.startsWith("\n\n", last) ? last + 1 : last;
  const line = `\n${indentBefore(text, device.start)}${name}->vmsd = &${symbol};`;
  return {
    edit: { range: { file, start, end: start }, text: line },
    functionStart: fn.definition.start,
    title: `Set ${name}->vmsd in ${fn.definition.name}`,
  };
}

export function registerFix(project: Project, file: string, symbol: string): readonly QuickFix[] {
  const found = registerEdit(project, file, symbol);
  return found === undefined ? [] : [{ title: found.title, edits: [found.edit] }];
}
