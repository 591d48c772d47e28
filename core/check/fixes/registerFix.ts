/** `dc->vmsd = &vmstate_x;` where the file has one device without a table. */
import { indentBefore } from "../../c/body";
import { localsOf } from "../../c/body/locals";
import type { Body } from "../../c/body/parse";
import type { Edit, QuickFix } from "../diagnostic";
import { bodyOf } from "../../project/bodies";
import { bareName } from "../../project/stateTypes";
import type { Project } from "../../project/project";

export interface RegisterEdit {
  readonly edit: Edit;
  /** Offset at which the class_init begins: a table has to be declared before it. */
  readonly functionStart: number;
  readonly title: string;
}

/**
 * undefined where there is no class_init that has a class to set it on, or more than one device that it may be for.
 * `structName`: what the table saves, which is the device's where the type says it.
 */
export function registerEdit(
  project: Project,
  file: string,
  symbol: string,
  structName: string | undefined,
): RegisterEdit | undefined {
  const bare = [...project.types()].filter(
    (type) => type.file === file && type.classInit !== undefined && type.descriptions.length === 0 && !type.abstract,
  );
  const [type] = bare;
  const fn = type?.classInit === undefined || bare.length > 1 ? undefined : project.function(type.classInit.name, file);
  if (type === undefined || fn === undefined || fn.file !== file) return undefined;
  const saved = structName === undefined ? undefined : bareName(structName);
  if (saved !== undefined && (type.instanceStruct ?? saved) !== saved) return undefined;
  const body = bodyOf(project, fn);
  const slot = classIn(project, file, body);
  if (slot === undefined) return undefined;
  const text = project.text(file) ?? "";
  const own = localsOf(body).all.filter(({ isParameter }) => !isParameter);
  const last = Math.max(body.block.start + 1, ...own.map(({ end }) => end));
  const indent = own[0] === undefined ? "    " : indentBefore(text, own[0].start);
  const start = text.startsWith("\n\n", last) && slot.declaration === undefined ? last + 1 : last;
  const declaration = slot.declaration === undefined ? "" : `\n${indent}${slot.declaration}\n`;
  const behind = slot.declaration === undefined || text.startsWith("\n\n", last) ? "" : "\n";
  return {
    edit: {
      range: { file, start, end: start },
      text: `${declaration}\n${indent}${slot.name}->vmsd = &${symbol};${behind}`,
    },
    functionStart: fn.definition.start,
    title: `Set ${slot.name}->vmsd in ${fn.definition.name}`,
  };
}

interface ClassSlot {
  /** Of a variable of type `DeviceClass *`. */
  readonly name: string;
  /** To be written where the function has none yet. */
  readonly declaration?: string;
}

function classIn(project: Project, file: string, body: Body): ClassSlot | undefined {
  const locals = localsOf(body).all;
  const pointers = locals.filter(({ declarator }) => declarator.stars === 1);
  const device = pointers.find(({ declarator }) => declarator.typeName === "DeviceClass");
  if (device !== undefined) return device.isParameter ? undefined : device.declarator;
  const klass = pointers.find(({ declarator, isParameter }) => isParameter && declarator.typeName === "ObjectClass");
  const cast = "DEVICE_CLASS";
  const hasCast = project.macros(cast).length > 0 || project.madeFunction(cast, file) !== undefined;
  if (klass === undefined || !hasCast || locals.some(({ declarator }) => declarator.name === "dc")) return undefined;
  return { name: "dc", declaration: `DeviceClass *dc = ${cast}(${klass.declarator.name});` };
}

export function registerFix(
  project: Project,
  file: string,
  symbol: string,
  structName: string | undefined,
): readonly QuickFix[] {
  const found = registerEdit(project, file, symbol, structName);
  return found === undefined ? [] : [{ title: found.title, edits: [found.edit] }];
}
