/** What an edit of one file means for what was derived from others. */
import type { ConditionIndex, FileFacts } from "../c/facts";

export interface FileShape {
  /** Each macro's definitions under their conditions, by its name. */
  readonly macros: ReadonlyMap<string, string>;
  readonly includes: string;
  /** Macros with their bodies, includes and conditions. */
  readonly preprocessing: string;
  /** Macros used at top level, with their arguments. */
  readonly invocations: string;
  /** Names that other files can see. */
  readonly exports: string;
}

export function shapeOf(facts: FileFacts | undefined, text: string | undefined): FileShape {
  if (facts === undefined || text === undefined)
    return { macros: new Map(), includes: "", preprocessing: "", invocations: "", exports: "" };
  const preprocessing = facts.macros.map((m) => text.slice(m.nameStart, m.bodyEnd));
  const macros = new Map<string, string>();
  for (const [k, { name, condition }] of facts.macros.entries()) {
    const definition = [preprocessing[k], ...armsAround(facts, condition)].join("\n");
    macros.set(name, `${macros.get(name) ?? ""}${definition}\n`);
  }
  const includes = facts.includes.map(({ name }) => name).join("\n");
  preprocessing.push(includes);
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
  return {
    macros,
    includes,
    preprocessing: preprocessing.join("\n"),
    invocations: invocations.join("\n"),
    exports: exports.join(" "),
  };
}

/** Names of the macros that came, went or say something else. */
export function changedMacros(before: FileShape, after: FileShape): readonly string[] {
  const names = new Set([...before.macros.keys(), ...after.macros.keys()]);
  return [...names].filter((name) => before.macros.get(name) !== after.macros.get(name));
}

/** No code nests deeper, and text that does must not cost its square. */
const deepest = 64;

/** What decides whether a place is compiled: the arms that it is in, and those before each. */
export function armsAround(facts: FileFacts, condition: ConditionIndex): readonly string[] {
  const arms: string[] = [];
  let arm = facts.conditions[condition];
  for (; arm !== undefined && arms.length < deepest; arm = facts.conditions[arm.parent]) {
    arms.push(`${arm.kind} ${arm.expression}`);
    let before = facts.conditions[arm.previous];
    for (; before !== undefined && arms.length < deepest; before = facts.conditions[before.previous]) {
      arms.push(`not ${before.expression}`);
    }
  }
  return arms;
}
