/** What C code does to properties and to the members behind them, beside the compat lists. */
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { FileFacts } from "../c/facts";
import type { DeviceProperty } from "./deviceProperties";

interface SetCall {
  readonly property: string;
  /** undefined: computed. */
  readonly value: bigint | undefined;
}

const calls = new WeakMap<FileFacts, readonly SetCall[]>();

const setter = /\b(?:qdev_prop_set|object_property_set)_\w+\s*\(([^;]*?)\)\s*;/g;

/** `qdev_prop_set_bit(dev, "x", v)` and its like in a file. */
function setCalls(project: Project, file: string): readonly SetCall[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  const known = calls.get(facts);
  if (known !== undefined) return known;
  const found: SetCall[] = [];
  const text = project.text(file) ?? "";
  for (const match of /property_set_|prop_set_/.test(text) ? text.matchAll(setter) : []) {
    const inside = match[1] ?? "";
    const name = /"([^"]*)"/.exec(inside);
    if (name?.[1] === undefined) continue;
    // object_property_set_bool(obj, value, name, errp) until 5.1, (obj, name, value, errp) since
    const after = inside.slice(name.index + name[0].length).split(",");
    const before = inside.slice(0, name.index).split(",");
    const value = after.length > 1 ? constant(after[1]) : undefined;
    found.push({ property: name[1], value: value ?? (before.length > 2 ? constant(before.at(-2)) : undefined) });
  }
  calls.set(facts, found);
  return found;
}

function constant(text: string | undefined): bigint | undefined {
  const plain = text?.trim() ?? "";
  if (plain === "true") return 1n;
  if (plain === "false") return 0n;
  return /^\d+$/.test(plain) ? BigInt(plain) : undefined;
}

export type Setter = "nobody" | "boards" | "device";

/** Who sets the property to something else than `value`, or to what is not known: then lists and defaults don't decide. */
export function setByCode(project: Project, property: DeviceProperty, value: bigint | undefined): Setter {
  const sets = (file: string): boolean =>
    setCalls(project, file).some((each) => each.property === property.name && each.value !== value);
  if (sets(property.file)) return "device";
  return settersOf(project)
    .get(property.name)
    ?.some((each) => each.value !== value) === true
    ? "boards"
    : "nobody";
}

/** Reads what the first comparison asks of all devices, one file a step. */
export function* warmSetters(project: Project): Iterable<void> {
  for (const file of project.paths()) {
    if (!file.startsWith("hw/") || !file.endsWith(".c")) continue;
    setCalls(project, file);
    yield;
  }
}

const settersOf = cachedByRevision((project): ReadonlyMap<string, readonly SetCall[]> => {
  const found = new Map<string, SetCall[]>();
  for (const file of project.paths()) {
    if (!file.startsWith("hw/") || !file.endsWith(".c")) continue;
    for (const call of setCalls(project, file)) {
      const list = found.get(call.property);
      if (list) list.push(call);
      else found.set(call.property, [call]);
    }
  }
  return found;
});

const assignments = new WeakMap<FileFacts, Map<string, boolean>>();

/** Whether one of the files puts something into the member by itself. */
export function memberIsAssigned(project: Project, member: string, files: readonly string[]): boolean {
  return files.some((file) => assignsIn(project, member, file));
}

function assignsIn(project: Project, member: string, file: string): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  let known = assignments.get(facts);
  if (known === undefined) {
    known = new Map();
    assignments.set(facts, known);
  }
  const before = known.get(member);
  if (before !== undefined) return before;
  const text = project.text(file) ?? "";
  const pattern = `(?:->|[\\w\\])]\\.)\\s*${member}\\s*(?:[|&^+-]?=(?!=)|\\+\\+|--)|&[\\w>.()-]*\\b${member}\\b`;
  const found = text.includes(member) && new RegExp(pattern).test(text);
  known.set(member, found);
  return found;
}
