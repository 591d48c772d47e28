/** What the object model keeps with types, classes, objects and properties. */
import { Native, Rec, type Value } from "../../run/values";
import type { Carrier } from "../visitor";

/** One -global. */
export interface GivenGlobal {
  /** QOM type: what descends from it has it as well. */
  readonly driver: string;
  readonly property: string;
  readonly value: string;
}

export interface TypeImpl {
  readonly name: string;
  readonly parent: string | undefined;
  /** Its TypeInfo. */
  readonly info: Rec;
  readonly isAbstract: boolean;
  readonly interfaces: readonly string[];
  cls: Rec | undefined;
}

export interface ClassData {
  readonly kind: "class";
  readonly type: TypeImpl;
  /** Of an interface that a class implements: that class. */
  readonly concrete: Rec | undefined;
  readonly properties: Map<string, Property>;
  readonly interfaces: Map<string, Rec>;
}

export interface ObjectData {
  readonly kind: "object";
  readonly type: TypeImpl;
  readonly properties: Map<string, Property>;
  readonly children: Map<string, Rec>;
  parent: Rec | undefined;
  name: string | undefined;
}

export interface Property {
  readonly name: string;
  readonly type: string;
  readonly how:
    | { readonly kind: "accessors"; readonly get: Value; readonly set: Value; readonly opaque: Value }
    | { readonly kind: "bool" | "str"; readonly get: Value; readonly set: Value }
    | { readonly kind: "enum"; readonly get: Value; readonly set: Value; readonly lookup: Value }
    | { readonly kind: "pointer"; readonly target: Value }
    | { readonly kind: "link"; readonly target: Value }
    | { readonly kind: "child" | "const"; readonly object: Value }
    | { readonly kind: "alias"; readonly object: Rec; readonly name: string };
  /** What objects begin with. */
  initial: Carrier | undefined;
  readonly record: Rec;
}

export function objectData(value: Value | undefined): ObjectData | undefined {
  return value instanceof Rec && isObjectData(value.attached) ? value.attached : undefined;
}

function isObjectData(value: unknown): value is ObjectData {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
}

export function classData(value: Value | undefined): ClassData | undefined {
  return value instanceof Rec && isClassData(value.attached) ? value.attached : undefined;
}

function isClassData(value: unknown): value is ClassData {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "class";
}

export const maximumParents = 64;

export function newProperty(name: string, type: string, how: Property["how"]): Property {
  const record = new Rec();
  record.set("@0", name);
  record.set("ObjectProperty.type", type);
  const made: Property = { name, type, how, initial: undefined, record };
  record.attached = made;
  if (how.kind === "accessors") {
    record.set("ObjectProperty.opaque", how.opaque);
    record.set("ObjectProperty.set", how.set);
    record.set("ObjectProperty.get", how.get);
  }
  return made;
}

export function isProperty(value: unknown): value is Property {
  return typeof value === "object" && value !== null && "how" in value;
}

export function typeOf(value: Value | undefined): TypeImpl | undefined {
  return objectData(value)?.type ?? classData(value)?.type;
}

export function typeIn(value: Value): TypeImpl | undefined {
  const inner = value instanceof Native ? value.value : undefined;
  return isType(inner) ? inner : undefined;
}

function isType(value: unknown): value is TypeImpl {
  return typeof value === "object" && value !== null && "info" in value && "interfaces" in value;
}
