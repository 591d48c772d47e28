/** What an edit of one file means for what was derived from others. */
import type { FileFacts } from "../c/facts";

export interface FileShape {
  /** Macros with their bodies, includes and conditions. */
  readonly preprocessing: string;
  /** Macros used at top level, with their arguments. */
  readonly invocations: string;
  /** Names that other files can see. */
  readonly exports: string;
}

export function shapeOf(facts: FileFacts | undefined, text: string | undefined): FileShape {
  if (facts === undefined || text === undefined) return { preprocessing: "", invocations: "", exports: "" };
  const preprocessing = facts.macros.map((m) => text.slice(m.nameStart, m.bodyEnd));
  for (const include of facts.includes) preprocessing.push(include.name);
  for (const condition of facts.conditions) preprocessing.push(`${condition.kind} ${condition.expression}`);
  const invocations: string[] = [];
  const exports: string[] = [];
  for (const d of facts.declarations) {
    switch (d.kind) {
      case "invocation":
        invocations.push(text.slice(d.start, d.end));
        break;
      case "typedef":
        exports.push(...d.names);
        break;
      case "struct":
      case "union":
      case "enum":
        exports.push(d.tag ?? "", ...d.enumerators);
        break;
      case "variable":
        exports.push(d.isStatic ? "static" : "", d.typeName, d.name);
        break;
      case "function":
        exports.push(d.isStatic ? "static" : "", d.name);
        break;
    }
  }
  return { preprocessing: preprocessing.join("\n"), invocations: invocations.join("\n"), exports: exports.join(" ") };
}
