/** Values that a load compares with the destination's own, and that each version works out by itself. */
import type { Project } from "../project/project";
import type { WireDescription, WireField } from "../wire/values/schema";
import type { Finding, Side } from "./model";
import { propertiesOfMember } from "./deviceProperties";
import type { Item } from "./layout";

/**
 * Text that changes when a version works the member out another way: constants that are assigned to it in the field's folder;
 * for a count that must not be larger than the destination's (`_LE`), also the files that compute it. undefined: neither is seen.
 */
export function derivationOf(project: Project, files: readonly string[], field: WireField): string | undefined {
  const member = /(\w+)(?:\[[^\]]*\])*$/.exec(field.member?.path ?? "")?.[1];
  if (member === undefined || field.element.kind !== "integer") return undefined;
  const whole = field.element.check === "le";
  const found: string[] = [];
  const assigned = new RegExp(`(?:->|[\\w\\])]\\.)\\s*${member}\\s*[|+]?=(?!=)\\s*([^;]+);`, "g");
  for (const file of files) {
    const text = project.text(file);
    if (text?.includes(member) !== true) continue;
    if (propertiesOfMember(project, file, member).length > 0) found.push("a property");
    const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
    for (const [, value = ""] of plain.matchAll(assigned)) {
      const fixed = !/\b[a-z]\w*/.test(value.replace(/\b0x[0-9a-f]+/gi, ""));
      const number = fixed ? project.evaluate(value, file) : undefined;
      if (fixed) found.push(number?.known === true ? String(number.value) : value.replace(/\s+/g, ""));
      else if (whole) found.push(plain.replace(/\s+/g, " "));
    }
  }
  return found.length === 0 ? undefined : [...new Set(found)].sort().join("\n");
}

/** Fields of one name on both sides that the loader checks, where the two versions derive them differently. */
export function* derivedDifferently(
  saved: readonly Item[],
  expected: readonly Item[],
  from: Side,
  to: Side,
): Iterable<Finding> {
  const sent = new Map([...leaves(saved)].map((item) => [`${item.description.name} ${item.name}`, item]));
  for (const item of leaves(expected)) {
    const { element } = item.field;
    if (element.kind !== "integer" || element.check === "none") continue;
    const other = sent.get(`${item.description.name} ${item.name}`);
    const [a, b] = [
      other && from.derivation?.(other.field, other.description),
      to.derivation?.(item.field, item.description),
    ];
    if (other === undefined || a === undefined || b === undefined || a === b) continue;
    const rule = element.check === "le" ? "is larger than its own" : "differs from its own";
    yield {
      verdict: "refused",
      certain: false,
      declared: false,
      message: `${to.label} refuses the stream if ${item.description.name}/${item.name} ${rule}, and ${from.label} works it out in another way.`,
      offset: undefined,
      saver: place(other),
      loader: place(item),
      difference: undefined,
    };
  }
}

function place({ description, field }: Item): { readonly description: WireDescription; readonly field: WireField } {
  return { description, field };
}

function* leaves(items: readonly Item[]): Iterable<Item> {
  for (const item of items) {
    if (item.kind === "repeat" || item.kind === "counted" || item.kind === "maybe") yield* leaves(item.body);
    else yield item;
  }
}
