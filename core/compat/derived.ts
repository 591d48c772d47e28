/** Values that a load compares with the destination's own, and that each version works out by itself. */
import { writtenIn } from "../c/body/conditions";
import { isAssignment } from "../c/body/locals";
import { mayChange } from "../c/body/mayChange";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { lastName, withoutSubscripts } from "../c/words";
import { bodyOf, functionsWith } from "../project/bodies";
import type { Project } from "../project/project";
import type { WireDescription, WireField } from "../wire/values/schema";
import type { Finding, Side } from "./model";
import { propertiesOfMember } from "../code/deviceProperties";
import type { Item } from "./layout";

/**
 * Text that changes when a version works the member out another way: constants that are assigned to it in the field's folder;
 * for a count that must not be larger than the destination's (`_LE`), also the files that compute it. undefined: neither is seen.
 */
export function derivationOf(project: Project, files: readonly string[], field: WireField): string | undefined {
  const member = lastName(withoutSubscripts(field.member?.path ?? ""));
  if (member === "" || field.element.kind !== "integer") return undefined;
  const whole = field.element.check === "le";
  const found: string[] = [];
  for (const file of files) {
    const text = project.text(file);
    if (text?.includes(member) !== true) continue;
    if (propertiesOfMember(project, file, member).length > 0) found.push("a property");
    for (const fn of functionsWith(project, file, member, (own) => mayChange(own, member))) {
      for (const node of nodesIn(bodyOf(project, fn).block)) {
        if (node.kind !== "binary" || !isAssignment(node.operator)) continue;
        if (node.left.kind !== "member" || node.left.name !== member) continue;
        if (isFixed(node.right)) {
          const value = writtenIn(text, node.right);
          const number = project.evaluate(value, file);
          found.push(number.known ? String(number.value) : value);
        } else if (whole) found.push(writtenIn(text, { start: 0, end: text.length }));
      }
    }
  }
  return found.length === 0 ? undefined : [...new Set(found)].sort().join("\n");
}

/** Made of numbers and of names that are spelled as constants. */
function isFixed(value: Expression): boolean {
  for (const node of nodesIn(value)) {
    if ((node.kind === "identifier" || node.kind === "member") && isLower(node.name.charAt(0))) return false;
  }
  return true;
}

function isLower(letter: string): boolean {
  return letter >= "a" && letter <= "z";
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
