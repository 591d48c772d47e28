/** JSON as Python's json.dumps(indent=4) prints it, without the newline behind it. */
import type { Json } from "./trailer";

export function pythonJson(json: Json, indent = ""): string {
  if (json === null || typeof json === "boolean" || typeof json === "number") return JSON.stringify(json);
  if (typeof json === "string") return quoted(json);
  const inner = `${indent}    `;
  if (Array.isArray(json)) {
    const elements = (json as readonly Json[]).map((each) => inner + pythonJson(each, inner));
    return bracketed("[", elements, "]", indent);
  }
  const members = Object.entries(json as { readonly [key: string]: Json });
  const lines = members.map(([key, member]) => `${inner}${quoted(key)}: ${pythonJson(member, inner)}`);
  return bracketed("{", lines, "}", indent);
}

function bracketed(open: string, lines: readonly string[], close: string, indent: string): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

/** A string in ASCII. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (!/[\u007f-\uffff]/.test(json)) return json;
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
