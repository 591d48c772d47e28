/** Rules about the struct that `opaque` points to. */
import { typeText } from "../../c/ctype";
import type { FunctionReference, HookName, VMStateDescription } from "../../vmstate/model";
import type { Diagnostic } from "../diagnostic";
import type { LocatedFunction, Project } from "../project";
import { descriptionKey, descriptionRoles } from "../registered";
import { stateStructs, startsWith, structNamed, unrelated } from "../stateTypes";
import { nameOf } from "../tables";
import type { Rule } from "./rule";

/** A device's description is handed the device itself (qdev_realize in hw/core/qdev.c). */
export const stateTypeMismatch: Rule = {
  code: "state-type-mismatch",
  summary: "A description of one struct is registered for a device of another.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
      for (const structName of stateStructs(description)) {
        const finding = mismatch(project, description, structName, types);
        if (finding === undefined) continue;
        yield finding;
        break;
      }
    }
  },
};

function mismatch(
  project: Project,
  description: VMStateDescription,
  structName: string,
  types: readonly string[],
): Diagnostic | undefined {
  const state = structNamed(project, structName, description.file);
  for (const name of types) {
    if (project.type(name)?.abstract !== false) continue;
    const owner = project.ancestry(name).find((type) => type.instanceStruct !== undefined);
    if (owner?.instanceStruct === undefined) continue;
    const instance = structNamed(project, owner.instanceStruct, owner.file);
    if (!unrelated(project, instance, state)) continue;
    return {
      code: "state-type-mismatch",
      severity: "error",
      range: description.nameRange,
      message: `${nameOf(description)} holds fields of ${structName}, but ${name} hands it a ${owner.instanceStruct}: other members are saved and overwritten than those named.`,
      related: [{ range: owner.range, message: `${owner.name} is a ${owner.instanceStruct}` }],
      fixes: [],
    };
  }
  return undefined;
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
      for (const reference of functionsOf(description)) {
        if (seen.has(reference.name)) continue;
        seen.add(reference.name);
        const finding = wrongOpaque(project, description, structs[0], reference);
        if (finding) yield finding;
      }
    }
  },
};

function functionsOf(description: VMStateDescription): readonly FunctionReference[] {
  const hooks = opaqueHooks.flatMap((hook) => description.hooks[hook] ?? []);
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
    for (const description of descriptions) {
      const key = descriptionKey(description);
      const types = roles.registered.get(key)?.types ?? [];
      if (types.length === 0) continue;
      for (const { parent, as } of roles.nested.get(key) ?? []) {
        if (as !== "field") continue;
        const around = roles.registered.get(descriptionKey(parent))?.types ?? [];
        const field = parent.fields.find((each) => each.vmsd !== undefined && project.resolve(each.vmsd) === description);
        if (field?.member === undefined || around.length === 0) continue;
        if (field.flagNames.includes("POINTER") || isOwnPart(project, around, types, field.member, parent)) continue;
        yield {
          code: "migrated-twice",
          severity: "warning",
          range: field.range.file === description.file ? field.range : description.nameRange,
          message: `${nameOf(description)} is saved twice: it is registered for ${types[0] ?? ""} and nested in ${parent.symbol}.`,
          related: [{ range: field.range, message: `nested in ${parent.symbol} here` }],
          fixes: [],
        };
        break;
      }
    }
  },
};

/** A derived type saves its base's part itself, as it has a description of its own. */
function isOwnPart(
  project: Project,
  around: readonly string[],
  types: readonly string[],
  member: { readonly structName: string; readonly path: string },
  parent: VMStateDescription,
): boolean {
  if (around.some((name) => project.ancestry(name).some((type) => types.includes(type.name)))) return true;
  const state = structNamed(project, member.structName, parent.file);
  const base = types.map((name) => project.ancestry(name).find((type) => type.instanceStruct !== undefined));
  return base.some((type) => {
    if (type?.instanceStruct === undefined) return true;
    return startsWith(project, state, structNamed(project, type.instanceStruct, type.file)) !== false;
  });
}
