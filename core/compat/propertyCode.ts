/** What C code does to properties and to the members behind them, beside the compat lists. */
import { accessesIn } from "../c/body/accesses";
import { mayChange } from "../c/body/mayChange";
import type { Body } from "../c/body/parse";
import type { FileFacts } from "../c/facts";
import type { Expression } from "../c/syntax";
import { bodyOf, callsStarting, functionsWith, macroBody } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { DeviceProperty } from "../code/deviceProperties";

interface SetCall {
  readonly property: string;
  /** undefined: computed. */
  readonly value: bigint | undefined;
}

const calls = new WeakMap<FileFacts, readonly SetCall[]>();

/** `qdev_prop_set_bit(dev, "x", v)` and its like in a file. */
function setCalls(project: Project, file: string): readonly SetCall[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  const known = calls.get(facts);
  if (known !== undefined) return known;
  const found: SetCall[] = [];
  for (const start of setters) {
    for (const { node } of callsStarting(project, file, start)) found.push(...setCallOf(node.arguments));
  }
  calls.set(facts, found);
  return found;
}

const setters = ["qdev_prop_set_", "object_property_set_"];

/** object_property_set_bool(obj, value, name, errp) until 5.1, (obj, name, value, errp) since. */
function setCallOf(given: readonly Expression[]): readonly SetCall[] {
  const at = given.findIndex(({ kind }) => kind === "string");
  const name = given[at];
  if (name?.kind !== "string") return [];
  return [{ property: name.value, value: constant(given[at + 1]) ?? (at > 1 ? constant(given[at - 1]) : undefined) }];
}

function constant(value: Expression | undefined): bigint | undefined {
  if (value?.kind === "integer") return value.value;
  if (value?.kind !== "identifier") return undefined;
  return value.name === "true" ? 1n : value.name === "false" ? 0n : undefined;
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
  const macros = (project.facts(file)?.macros ?? []).filter(
    ({ parameters, bodyStart, bodyEnd }) =>
      parameters !== undefined && mayChange(text.slice(bodyStart, bodyEnd), member),
  );
  const found =
    functionsWith(project, file, member, (own) => mayChange(own, member)).some((fn) =>
      sets(bodyOf(project, fn), member),
    ) || macros.some((macro) => sets(macroBody(project, file, macro), member));
  known.set(member, found);
  return found;
}

function sets(body: Body, member: string): boolean {
  for (const { place, kind } of accessesIn(body.block)) {
    if (kind !== "read" && place.kind === "member" && place.name === member) return true;
  }
  return false;
}
