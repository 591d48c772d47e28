/** Two decodings of the same bytes: by the trailer and by the source's definitions. */
import type { DescriptionState, FieldValue } from "../values/state";

interface Leaf {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
  readonly value: FieldValue;
}

/** Sentences about fields that lie elsewhere, have other names or other values. At most 20. */
export function compareStates(
  trailer: { readonly state: DescriptionState },
  source: { readonly state: DescriptionState },
): string[] {
  const found = new Map<number, Leaf[]>();
  for (const leaf of leaves(source.state, "")) {
    const list = found.get(leaf.offset);
    if (list === undefined) found.set(leaf.offset, [leaf]);
    else list.push(leaf);
  }
  const differences: string[] = [];
  for (const leaf of leaves(trailer.state, "")) {
    if (leaf.size === 0 || differences.length >= 20) continue;
    const others = found.get(leaf.offset) ?? [];
    const other = others.find((each) => plainName(each.path) === plainName(leaf.path)) ?? others[0];
    const where = `offset ${leaf.offset}`;
    if (other === undefined) differences.push(`${leaf.path} at ${where}: by the source no field starts here`);
    else if (plainName(other.path) !== plainName(leaf.path)) {
      differences.push(`${leaf.path} at ${where}: by the source this is ${other.path}`);
    } else if (!sameValue(leaf.value, other.value, leaf.size)) {
      differences.push(`${leaf.path} at ${where}: by the source it has another value`);
    }
  }
  return differences;
}

/**
 * Integers and bytes compare; what only one side takes apart is not compared here but by its parts. `size`: bytes on
 * the wire; a value that one side takes for signed is the same when its bytes are.
 */
function sameValue(a: FieldValue, b: FieldValue, size: number): boolean {
  if (a.kind === "integer" && b.kind === "integer") {
    return BigInt.asUintN(8 * Math.min(8, Math.max(1, size)), a.value - b.value) === 0n;
  }
  if (a.kind === "bytes" && b.kind === "bytes") {
    return a.value.length === b.value.length && a.value.every((octet, i) => octet === b.value[i]);
  }
  if (a.kind === "array" && b.kind === "array" && a.elements.length === b.elements.length) {
    const each = Math.floor(size / a.elements.length);
    return a.elements.every((element, i) => {
      const other = b.elements[i];
      return other !== undefined && sameValue(element, other, each);
    });
  }
  return true;
}

/** Last name of a path without the index that the trailer adds to a repeated name. */
function plainName(path: string): string {
  return (path.split("/").at(-1) ?? "").replace(/(\[\d+\])+$/, "");
}

function* leaves(state: DescriptionState, prefix: string): Generator<Leaf> {
  for (const { name, value, at } of state.fields) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    if (at !== undefined) yield { path, ...at, value };
    const nested = value.kind === "array" ? value.elements : [value];
    for (const [i, element] of nested.entries()) {
      const start = value.kind === "array" && i > 0 ? value.offsets?.[i] : undefined;
      if (start !== undefined) yield { path, offset: start, size: 1, value: element };
      if (element.kind !== "struct") continue;
      const first = element.state.fields[0]?.at;
      const isOwn = first !== undefined && first.offset !== start && first.offset !== at?.offset;
      if (isOwn) yield { path, offset: first.offset, size: first.size, value: element };
      yield* leaves(element.state, path);
    }
  }
  for (const subsection of state.subsections) yield* leaves(subsection, prefix);
}
