import type { CType, CTypes } from "./ctype";
import { isSignedEnum } from "./layout";
import { known, unknown, type Value } from "./value";

/** Whether two types are compatible in C's sense, qualifiers aside. Functions are not compared by their parameters. */
export function compatibleTypes(types: CTypes, a: CType, b: CType): Value<boolean> {
  if (a === b) return known(true);
  if (a.kind === "unknown") return unknown(a.reason);
  if (b.kind === "unknown") return unknown(b.reason);
  if (a.kind === "enum" && b.kind === "scalar") return known(matchesEnum(types, b.canonical, a));
  if (b.kind === "enum" && a.kind === "scalar") return known(matchesEnum(types, a.canonical, b));
  if (a.kind === "scalar" && b.kind === "scalar") return known(a.canonical === b.canonical);
  if (a.kind === "opaque" && b.kind === "opaque") return known(a.name === b.name);
  if (a.kind === "record" && b.kind === "record") {
    const same = a.identity === b.identity;
    if (!same && a.tag !== undefined && a.tag === b.tag) return unknown(`${a.recordKind} ${a.tag} is defined twice`);
    return known(same);
  }
  if (a.kind === "enum" && b.kind === "enum") return known(a.identity === b.identity);
  if (a.kind === "void" && b.kind === "void") return known(true);
  if (a.kind === "pointer" && b.kind === "pointer") {
    return types.nested(() => types.compatible(a.target(), b.target()), unknown);
  }
  if (a.kind === "function" && b.kind === "function") return unknown("function types are not compared");
  if (a.kind !== "array" || b.kind !== "array") return known(false);
  const elements = types.nested(() => types.compatible(a.element, b.element), unknown);
  if (!elements.known || !elements.value) return elements;
  if (a.length === undefined || b.length === undefined) return known(true);
  if (!a.length.known) return a.length;
  return b.length.known ? known(a.length.value === b.length.value) : b.length;
}

function matchesEnum(types: CTypes, canonical: string, type: Extract<CType, { kind: "enum" }>): boolean {
  return canonical === (isSignedEnum(types, type) ? "int" : "unsigned int");
}
