/** What `T::Name` is: the types that impls of the tree give, and those that `derive(ToMigrationState)` makes. */
import type { RustField, RustImpl, RustStruct } from "./items";
import { lexRust } from "./lex";
import { nameOf, type RustProgram } from "./program";
import { type Generics, parseType, type RustType, substitute } from "./types";

const primitives = /^(?:[ui](?:8|16|32|64)|bool)$/;

export interface AssociatedTypes {
  find(of: RustType, name: string): RustType | undefined;
  /** `XMigration` of a struct X that derives ToMigrationState. */
  derived(name: string): RustStruct | undefined;
}

export function createAssociatedTypes(program: RustProgram): AssociatedTypes {
  let derivedByName: ReadonlyMap<string, RustStruct> | undefined;
  const derivedStructs = (): ReadonlyMap<string, RustStruct> => {
    if (derivedByName === undefined) {
      const map = new Map<string, RustStruct>();
      for (const file of program.files()) {
        for (const own of file.structs) {
          const made = derives(own) ? migrationStruct(own) : undefined;
          if (made !== undefined) map.set(made.name, made);
        }
      }
      derivedByName = map;
    }
    return derivedByName;
  };
  return {
    derived: (name) => derivedStructs().get(name),
    find(of, name) {
      for (const impl of program.implsOf(nameOf(of))) {
        const constant = program.constantsOf(impl).find((c) => c.kind === "type" && c.name === name);
        const generics = constant === undefined ? undefined : match(impl, of, program);
        if (constant !== undefined && generics !== undefined) return substitute(constant.type, generics);
      }
      if (name !== "Migrated") return undefined;
      const own = program.struct(of);
      if (own !== undefined && derives(own)) {
        return { kind: "path", file: own.file, segments: [migrationName(own)], args: [] };
      }
      const bits = own?.attributes.map((a) => /^bitsize\((\d+)\)$/.exec(a)?.[1]).find((n) => n !== undefined);
      if (own !== undefined && bits !== undefined) {
        const width = [8, 16, 32, 64, 128].find((w) => Number(bits) <= w) ?? 128;
        return { kind: "path", file: own.file, segments: [`u${width}`], args: [] };
      }
      return of.kind === "path" && primitives.test(nameOf(of)) ? of : undefined;
    },
  };
}

function derives(own: RustStruct): boolean {
  return own.attributes.some((a) => /^derive\(.*\bToMigrationState\b/.test(a));
}

function migrationName(own: RustStruct): string {
  for (const each of own.attributes) {
    const name = /^migration_state\(rename=(\w+)\)$/.exec(each)?.[1];
    if (name !== undefined) return name;
  }
  return `${own.name}Migration`;
}

/** As rust/qemu-macros/src/migration_state.rs makes it. */
function migrationStruct(own: RustStruct): RustStruct {
  const fields: RustField[] = [];
  for (const field of own.fields) {
    const says =
      field.attributes.map((a) => /^migration_state\((.*)\)$/.exec(a)?.[1]).find((a) => a !== undefined) ?? "";
    if (/\bomit\b/.test(says)) continue;
    const given = /\b(?:try_)?into\((.*?)\)(?:,|$)/.exec(says)?.[1];
    fields.push({
      ...field,
      attributes: [],
      type: given === undefined ? migrated(field, says) : typeIn(given, own.file),
    });
  }
  return { ...own, name: migrationName(own), attributes: [], fields };
}

function migrated(field: RustField, says: string): RustType {
  return /\bclone\b/.test(says) ? field.type : { kind: "associated", of: field.type, name: "Migrated" };
}

function typeIn(text: string, file: string): RustType {
  const tokens = lexRust(text);
  return parseType(tokens, file, 0, tokens.list.length).type;
}

/** What an impl's generic names stand for in `type`; undefined where the impl is not for it. */
export function match(impl: RustImpl, type: RustType, program: RustProgram): Generics | undefined {
  const generics = new Map<string, RustType>([["Self", type]]);
  return unify(impl.self, type, new Set(impl.generics), generics, program) ? generics : undefined;
}

function unify(
  pattern: RustType,
  type: RustType,
  free: ReadonlySet<string>,
  generics: Map<string, RustType>,
  program: RustProgram,
): boolean {
  if (pattern.kind === "path" && pattern.segments.length === 1 && free.has(nameOf(pattern))) {
    generics.set(nameOf(pattern), type);
    return true;
  }
  if (pattern.kind === "path") {
    if (type.kind !== "path" || nameOf(pattern) !== nameOf(type)) return false;
    return pattern.args.every((each, k) => {
      const own = type.args[k];
      return own !== undefined && unify(each, own, free, generics, program);
    });
  }
  if (pattern.kind === "array" && type.kind === "array") {
    const { file, start, end } = pattern.length;
    const name = end - start === 1 ? program.file(file)?.tokens.list[start]?.text : undefined;
    if (name !== undefined && free.has(name)) generics.set(name, { kind: "constant", length: type.length });
    return unify(pattern.element, type.element, free, generics, program);
  }
  if (pattern.kind === "pointer" && type.kind === "pointer")
    return unify(pattern.target, type.target, free, generics, program);
  return pattern.kind === type.kind && pattern.kind !== "other";
}
