/**
 * QAPI schemas as C. QEMU generates `qapi/qapi-types-MODULE.h` from `qapi/MODULE.json` while it is built; a source tree
 * has only the schema. Enums come out whole, with the table of their texts (naming follows c_enum_const in
 * scripts/qapi/common.py), structs, unions and alternates as names only: their members depend on the generator's release.
 */

/** `qapi/common.json` -> `qapi/qapi-types-common.h`; undefined for what is no schema module of QEMU itself. */
export function generatedHeader(path: string): string | undefined {
  const module = /^qapi\/([\w-]+)\.json$/.exec(path)?.[1];
  return module === undefined ? undefined : `qapi/qapi-types-${module}.h`;
}

/** `qapi/qapi-types-common.h` -> `qapi/common.json`. */
export function schemaOf(path: string): string | undefined {
  const module = /^qapi\/qapi-types-([\w-]+)\.h$/.exec(path)?.[1];
  return module === undefined ? undefined : `qapi/${module}.json`;
}

type Json = string | boolean | readonly Json[] | { readonly [key: string]: Json };

/** C declarations of a schema module's text. Total: what can't be read is left out. */
export function declareSchema(schema: string): string {
  // by way of qapi-builtin-types.h
  const lines = ['#include "qapi/util.h"'];
  for (const definition of readDefinitions(schema)) {
    const condition = conditionOf(definition["if"]);
    if (condition !== undefined) lines.push(`#if ${condition}`);
    declare(definition, lines);
    if (condition !== undefined) lines.push("#endif");
  }
  return `${lines.join("\n")}\n`;
}

/** Values of an enum of a schema module's text; none where it has no such enum. */
export function enumeratorsOf(schema: string, name: string): readonly string[] {
  if (!schema.includes(name)) return [];
  const data = readDefinitions(schema).find((each) => each["enum"] === name)?.["data"];
  if (!Array.isArray(data)) return [];
  return (data as readonly Json[]).flatMap((item) => {
    const value = typeof item === "object" && !Array.isArray(item) ? (item as Record<string, Json>)["name"] : item;
    return typeof value === "string" ? [value] : [];
  });
}

function declare(definition: { readonly [key: string]: Json }, lines: string[]): void {
  const name = definition["enum"];
  if (typeof name === "string" && isName(name)) {
    declareEnum(name, definition, lines);
    return;
  }
  const record = definition["struct"] ?? definition["union"] ?? definition["alternate"];
  if (typeof record === "string" && isName(record)) lines.push(`typedef struct ${cName(record)} ${cName(record)};`);
}

function declareEnum(name: string, definition: { readonly [key: string]: Json }, lines: string[]): void {
  const { data, prefix: given } = definition;
  const prefix = typeof given === "string" ? given : upper(name);
  const type = cName(name);
  const texts: string[] = [];
  lines.push(`typedef enum ${type} {`);
  for (const item of Array.isArray(data) ? (data as readonly Json[]) : []) {
    const entry = typeof item === "object" && !Array.isArray(item) ? (item as { readonly [key: string]: Json }) : {};
    const value = typeof item === "string" ? item : entry["name"];
    if (typeof value !== "string" || !isName(value)) continue;
    const condition = conditionOf(entry["if"]);
    const member = `${prefix}_${cName(value).toUpperCase()}`;
    const guarded = (line: string): readonly string[] =>
      condition === undefined ? [line] : [`#if ${condition}`, line, "#endif"];
    lines.push(...guarded(`    ${member},`));
    texts.push(...guarded(`        [${member}] = "${value}",`));
  }
  lines.push(`    ${prefix}__MAX,`, `} ${type};`);
  // gen_enum_lookup
  lines.push(`const QEnumLookup ${type}_lookup = {`, "    .array = (const char *const[]) {", ...texts, "    },");
  lines.push(`    .size = ${prefix}__MAX,`, "};");
}

function isName(name: string): boolean {
  return /^[\w.-]+$/.test(name);
}

function cName(name: string): string {
  return name.replace(/[^\w]/g, "_");
}

/** `OnOffAuto` -> `ON_OFF_AUTO`, `QKeyCode` -> `Q_KEY_CODE`. */
function upper(name: string): string {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][^A-Z_-])/g, "$1_$2");
  return cName(parted).toUpperCase();
}

function conditionOf(condition: Json | undefined): string | undefined {
  if (typeof condition === "string") return /^\w+$/.test(condition) ? `defined(${condition})` : condition;
  if (Array.isArray(condition)) return joined(condition as readonly Json[], " && ");
  if (typeof condition !== "object") return undefined;
  const { all, any, not } = condition as { readonly [key: string]: Json };
  if (Array.isArray(all)) return joined(all as readonly Json[], " && ");
  if (Array.isArray(any)) return joined(any as readonly Json[], " || ");
  const inner = conditionOf(not);
  return inner === undefined ? undefined : `!(${inner})`;
}

function joined(parts: readonly Json[], operator: string): string | undefined {
  const conditions = parts.map(conditionOf).filter((part) => part !== undefined);
  return conditions.length === 0 ? undefined : `(${conditions.join(operator)})`;
}

const token = /#[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[{}[\]:,]|true|false/g;
const deepest = 50;

/** The `{ … }` expressions at the schema's top level. */
function readDefinitions(schema: string): { readonly [key: string]: Json }[] {
  const tokens = (schema.match(token) ?? []).filter((text) => !text.startsWith("#"));
  const definitions: { readonly [key: string]: Json }[] = [];
  let at = 0;

  const value = (depth: number): Json | undefined => {
    const text = tokens[at++];
    if (text === undefined || depth > deepest) return undefined;
    if (text.startsWith("'") || text.startsWith('"')) return text.slice(1, -1);
    if (text === "true" || text === "false") return text === "true";
    if (text === "[") {
      const items: Json[] = [];
      while (at < tokens.length && tokens[at] !== "]") {
        if (tokens[at] === ",") at++;
        else {
          const item = value(depth + 1);
          if (item !== undefined) items.push(item);
        }
      }
      at++;
      return items;
    }
    return text === "{" ? object(depth) : undefined;
  };

  const object = (depth: number): { readonly [key: string]: Json } => {
    const entries = new Map<string, Json>();
    while (at < tokens.length && tokens[at] !== "}") {
      const key = tokens[at++] ?? "";
      if (tokens[at] !== ":" || !/^['"]/.test(key)) continue;
      at++;
      const item = value(depth + 1);
      if (item !== undefined) entries.set(key.slice(1, -1), item);
    }
    at++;
    return Object.fromEntries(entries);
  };

  while (at < tokens.length) {
    if (tokens[at++] === "{") definitions.push(object(0));
  }
  return definitions;
}
