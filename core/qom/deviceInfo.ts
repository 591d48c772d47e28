/**
 * Device types of trees older than QOM (before 1.1): a struct that ends in `Info` and holds qdev's name and vmsd,
 * `static PCIDeviceInfo x = { .qdev.name = "e1000", .qdev.vmsd = &vmstate_e1000, … }`.
 */
import type { InitialisedVariable } from "../c/definitions";
import type { Initialiser, ListInitialiser } from "../c/initialiser";
import { stringValue } from "../vmstate/constants";
import { descriptionReference, functionReference } from "../vmstate/field";
import type { QomType } from "./model";
import type { QomContext } from "./read";

export function isDeviceInfoType(typeName: string): boolean {
  return typeName.endsWith("Info");
}

/** undefined where the variable describes no device. */
export function readDeviceInfo(variable: InitialisedVariable, context: QomContext): QomType | undefined {
  const { initialiser, tokens, range } = variable;
  if (initialiser.kind !== "list") return undefined;
  const members = new Map<string, Initialiser>();
  flatten(initialiser, "", members, 0);
  // the name stands beside other members of the same struct that only qdev's has
  const prefix = [...members.keys()].map(prefixOfName).find(isOfQdev(members));
  const name = prefix === undefined ? undefined : members.get(`${prefix}name`);
  if (prefix === undefined || name === undefined) return undefined;
  const text = stringValue(tokens, name.start, name.end, context.scope(range.file), context.evaluator);
  if (!text.known) return undefined;
  const vmsd = members.get(`${prefix}vmsd`);
  const reference = vmsd === undefined ? undefined : descriptionReference(tokens, vmsd.start, vmsd.end, range);
  const reset = members.get(`${prefix}reset`);
  const slot = reset === undefined ? undefined : functionReference(tokens, reset.start, reset.end, range);
  return {
    name: text.value,
    parent: undefined,
    abstract: false,
    interfaces: [],
    file: range.file,
    range,
    classInit: undefined,
    instanceInit: undefined,
    instanceStruct: undefined,
    classSlots: slot === undefined ? [] : [{ classStruct: "DeviceClass", slot: "reset", value: slot }],
    descriptions: reference === undefined ? [] : [{ classStruct: "DeviceClass", slot: "vmsd", reference }],
    condition: variable.condition,
  };
}

const deepest = 4;

function flatten(list: ListInitialiser, prefix: string, members: Map<string, Initialiser>, depth: number): void {
  for (const element of list.elements) {
    if (element.designators.length === 0) continue;
    const path = prefix + element.designators.join(".");
    members.set(path, element.value);
    if (element.value.kind === "list" && depth < deepest) flatten(element.value, `${path}.`, members, depth + 1);
  }
}

function isOfQdev(members: ReadonlyMap<string, Initialiser>): (prefix: string | undefined) => boolean {
  return (prefix) =>
    prefix !== undefined && ["size", "vmsd", "props", "reset"].some((member) => members.has(`${prefix}${member}`));
}

/** `qdev.` of `qdev.name`; undefined of another member. */
function prefixOfName(path: string): string | undefined {
  return path === "name" || path.endsWith(".name") ? path.slice(0, -"name".length) : undefined;
}
