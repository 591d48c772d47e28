/** Rules about the struct that `opaque` points to. */
import { typeText } from "../../../c/ctype";
import type { FileFacts } from "../../../c/facts";
import type { SourceRange } from "../../../c/range";
import type { QomType } from "../../../qom/model";
import type { FunctionReference, HookName, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Diagnostic } from "../../diagnostic";
import type { LocatedFunction, Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { stateStructs, structNamed, typeOfMember, unrelated } from "../../../project/stateTypes";
import { fieldName, has, nameOf } from "../../tables";
import type { Rule } from "../../rule";

/** A device's description is handed the device itself (qdev_realize in hw/core/qdev.c). */
export const stateTypeMismatch: Rule = {
  code: "state-type-mismatch",
  summary: "A description of one struct is registered for a device of another.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
      const owners = [...typeOwners(project, types), ...tableOwners(project, description)];
      for (const structName of stateStructs(description)) {
        const finding = mismatch(project, description, structName, owners);
        if (finding === undefined) continue;
        yield finding;
        break;
      }
    }
  },
};

/** What hands itself to a description. */
interface Owner {
  readonly name: string;
  readonly instanceStruct: string;
  readonly range: SourceRange;
}

function typeOwners(project: Project, types: readonly string[]): readonly Owner[] {
  return types.flatMap((name) => {
    const owner = project.type(name)?.abstract === false ? instanceOwner(project, name) : undefined;
    return owner?.instanceStruct === undefined
      ? []
      : [{ name, instanceStruct: owner.instanceStruct, range: owner.range }];
  });
}

/** Before QOM, a device was a table: `.qdev.size = sizeof(T), .qdev.vmsd = &x`. */
function tableOwners(project: Project, { symbol, file }: VMStateDescription): readonly Owner[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  let owners = ownersByTable.get(facts);
  if (owners === undefined) {
    owners = readTableOwners(facts, project.text(file) ?? "");
    ownersByTable.set(facts, owners);
  }
  return owners.get(symbol) ?? [];
}

const ownersByTable = new WeakMap<FileFacts, ReadonlyMap<string, readonly Owner[]>>();

function readTableOwners(facts: FileFacts, text: string): ReadonlyMap<string, readonly Owner[]> {
  const owners = new Map<string, Owner[]>();
  if (!text.includes(".size") || !text.includes("vmsd")) return owners;
  for (const declaration of facts.declarations) {
    if (declaration.kind !== "variable" || !declaration.typeName.endsWith("Info")) continue;
    const table = text.slice(declaration.initStart, declaration.initEnd);
    const instanceStruct = /\.size\s*=\s*sizeof\s*\(([^()]*)\)/.exec(table)?.[1]?.trim();
    if (instanceStruct === undefined || !/^[\w ]+$/.test(instanceStruct)) continue;
    const name = /\.name\s*=\s*"([^"]*)"/.exec(table)?.[1] ?? declaration.name;
    const { nameStart } = declaration;
    const range = { file: facts.path, start: nameStart, end: nameStart + declaration.name.length };
    const symbols = Array.from(table.matchAll(/\.(?:qdev\.)?vmsd\s*=\s*&\s*(\w+)/g), ([, symbol = ""]) => symbol);
    for (const symbol of new Set(symbols)) {
      const list = owners.get(symbol) ?? [];
      list.push({ name, instanceStruct, range });
      owners.set(symbol, list);
    }
  }
  return owners;
}

function mismatch(
  project: Project,
  description: VMStateDescription,
  structName: string,
  owners: readonly Owner[],
): Diagnostic | undefined {
  const wrong = owners.filter(({ instanceStruct, range }) => {
    if (instanceStruct === structName) return false;
    const instance = structNamed(project, instanceStruct, range.file);
    return unrelated(project, instance, structNamed(project, structName, description.file));
  });
  const [first, ...others] = wrong;
  if (first === undefined) return undefined;
  const also = others.length === 0 ? "" : ` (as ${others.map(({ name }) => name).join(", ")} does)`;
  return {
    code: "state-type-mismatch",
    severity: "error",
    range: description.nameRange,
    message: `${nameOf(description)} holds fields of ${structName}, but ${first.name} hands it a ${first.instanceStruct}${also}: other members are saved and overwritten than those named.`,
    related: wrong.map(({ name, instanceStruct, range }) => ({ range, message: `${name} is a ${instanceStruct}` })),
    fixes: [],
  };
}

/** The type, or the nearest ancestor, that says which struct an instance is. */
function instanceOwner(project: Project, name: string): QomType | undefined {
  return project.ancestry(name).find((type) => type.instanceStruct !== undefined);
}

const opaqueHooks: readonly HookName[] = [
  "pre_load",
  "pre_load_errp",
  "post_load",
  "post_load_errp",
  "pre_save",
  "pre_save_errp",
  "post_save",
  "needed",
];

/** Hooks and test functions get the pointer that the fields' offsets count from. */
export const opaqueMismatch: Rule = {
  code: "opaque-mismatch",
  summary: "A hook takes its state for another struct than the fields do.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const structs = stateStructs(description);
      if (structs.length !== 1 || structs[0] === undefined) continue;
      const seen = new Set<string>();
      for (const reference of functionsOf(project, description)) {
        if (seen.has(reference.name)) continue;
        seen.add(reference.name);
        const finding = wrongOpaque(project, description, structs[0], reference);
        if (finding) yield finding;
      }
    }
  },
};

/** Those that QEMU calls: `needed` of a nested description is never read. */
function functionsOf(project: Project, description: VMStateDescription): readonly FunctionReference[] {
  const { registered, insideVirtio, nested } = descriptionRoles(project);
  const key = descriptionKey(description);
  const asks = registered.has(key) || insideVirtio.has(key) || nested.get(key)?.some(({ as }) => as === "subsection");
  const hooks = opaqueHooks.flatMap((hook) =>
    hook === "needed" && asks !== true ? [] : (description.hooks[hook] ?? []),
  );
  return [...hooks, ...description.fields.flatMap((field) => field.fieldExists ?? [])];
}

function wrongOpaque(
  project: Project,
  description: VMStateDescription,
  structName: string,
  reference: FunctionReference,
): Diagnostic | undefined {
  const fn = project.function(reference.name, description.file);
  const taken = fn && opaqueStruct(project, fn);
  if (fn === undefined || taken === undefined || taken === structName) return undefined;
  const state = structNamed(project, structName, description.file);
  const other = structNamed(project, taken, fn.file);
  if (!unrelated(project, state, other)) return undefined;
  const { nameStart, name } = fn.definition;
  return {
    code: "opaque-mismatch",
    severity: "error",
    range: reference.range.file === description.file ? reference.range : description.nameRange,
    message: `${name} takes its state for a ${taken}, but the fields of ${nameOf(description)} are those of ${typeText(state).replace(/^struct \{…\}$/, structName)}: it works on the wrong memory.`,
    related: [{ range: { file: fn.file, start: nameStart, end: nameStart + name.length }, message: name }],
    fixes: [],
  };
}

/** `T *s = opaque;` where opaque is the first parameter and a `void *`. */
function opaqueStruct(project: Project, fn: LocatedFunction): string | undefined {
  const { parametersStart, parametersEnd, bodyStart, bodyEnd } = fn.definition;
  const text = project.text(fn.file) ?? "";
  const parameter = /^\s*(?:const\s+)?void\s*\*\s*(\w+)/.exec(text.slice(parametersStart, parametersEnd))?.[1];
  if (parameter === undefined) return undefined;
  const body = text.slice(bodyStart, bodyEnd);
  const pattern = new RegExp(
    `(?:^|[;{}]|\\*/)\\s*(?:const\\s+)?((?:struct\\s+)?[A-Za-z_]\\w*)\\s*\\*\\s*(?:const\\s+)?\\w+\\s*=\\s*(?:\\([^()]*\\)\\s*)?${parameter}\\s*;`,
  );
  const found = pattern.exec(body)?.[1];
  return found === undefined || found === "void" || found === "char" ? undefined : found.replace(/\s+/g, " ");
}

/** The same state twice in the stream: once in the section of its own device, once in that of the device around it. */
export const migratedTwice: Rule = {
  code: "migrated-twice",
  summary: "A device's description is registered and nested in another device's too.",
  *check({ project, descriptions }) {
    const roles = descriptionRoles(project);
    for (const parent of descriptions) {
      if ((roles.registered.get(descriptionKey(parent))?.types ?? []).length === 0) continue;
      for (const field of parent.fields) {
        const nested = field.vmsd === undefined ? undefined : project.resolve(field.vmsd);
        const types = nested === undefined ? undefined : roles.registered.get(descriptionKey(nested))?.types;
        if (nested === undefined || types === undefined) continue;
        const type = field.member === undefined ? undefined : ownDevice(project, parent, field, types);
        if (type === undefined) continue;
        yield {
          code: "migrated-twice",
          severity: "warning",
          range: field.range,
          message: `${fieldName(field)} is saved twice: as a ${type} it is a device with a section of its own, by the same table (${nested.symbol}).`,
          related: [{ range: nested.nameRange, message: `${nested.symbol} is registered for ${type}` }],
          fixes: [],
        };
      }
    }
  },
};

/** The registered type whose instance the field's member is, where it is a part and not the base of its parent. */
function ownDevice(
  project: Project,
  parent: VMStateDescription,
  field: VMStateField,
  types: readonly string[],
): string | undefined {
  const { member } = field;
  if (member === undefined || /^parent(?:_obj)?(?:\.|$)/.test(member.path)) return undefined;
  if (has(field, "POINTER", "ARRAY_OF_POINTER")) return undefined;
  if (!field.offset.known || field.offset.value === 0) return undefined;
  const whole = { ...member, path: member.path.replace(/(?:\.parent_obj)+$/, "") };
  const type = typeOfMember(project, whole, parent.file);
  if (type.kind !== "record") return undefined;
  return types.find((name) => {
    const owner = project.type(name)?.abstract === false ? instanceOwner(project, name) : undefined;
    if (owner?.instanceStruct === undefined) return false;
    const instance = structNamed(project, owner.instanceStruct, owner.file);
    return instance.kind === "record" && instance.identity === type.identity;
  });
}
