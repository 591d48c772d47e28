/** Properties of objects and classes: found, set and read as object_property_set and _get do. */
import { inside, load, store } from "../../run/memory";
import { bytesOf, spend } from "../../run/meter";
import type { Runner } from "../../run/runner";
import { Fn, Rec, textAt, Unknown, type Value } from "../../run/values";
import { anyScalar } from "../arguments";
import { type Carrier, carrierOf, visitor } from "../visitor";
import type { ClassTable } from "./classes";
import { classData, type ObjectData, objectData, type Property } from "./data";
import type { TypeTable } from "./types";

export class Properties {
  constructor(
    private readonly runner: Runner,
    private readonly types: TypeTable,
    private readonly classes: ClassTable,
    private readonly resolve: (path: string) => Rec | undefined,
  ) {}

  find(object: Value | undefined, name: string): Property | undefined {
    const data = objectData(object);
    if (data === undefined) return undefined;
    for (const each of this.types.chain(data.type)) {
      const found = classData(this.classes.of(each))?.properties.get(name);
      if (found !== undefined) return found;
    }
    return data.properties.get(name);
  }

  /** Records of an object's or a class's properties, own ones first. */
  recordsOf(of: Value | undefined): Rec[] {
    const data = objectData(of);
    const type = data?.type ?? classData(of)?.type;
    const found = [...(data?.properties.values() ?? [])];
    for (const each of type === undefined ? [] : this.types.chain(type)) {
      found.push(...(classData(this.classes.of(each))?.properties.values() ?? []));
    }
    return found.map(({ record }) => record);
  }

  add(owner: Value | undefined, property: Property): Rec {
    const data = objectData(owner);
    const of = classData(owner);
    if (data !== undefined) {
      const name = freeName(data, property.name);
      const made = name === property.name ? property : { ...property, name };
      data.properties.set(name, made);
    } else of?.properties.set(property.name, property);
    return property.record;
  }

  setText(object: Rec, name: string, text: string): void {
    this.set(object, name, carrierOf(text), 0);
  }

  set(object: Value | undefined, name: string, carrier: Carrier, errp: Value): boolean {
    if (!(object instanceof Rec)) return false;
    const property = this.find(object, name);
    if (property === undefined) {
      const type = objectData(object)?.type.name ?? "?";
      this.runner.fail(errp, `Property '${type}.${name}' not found`);
      return false;
    }
    return this.setOn(object, property, carrier, errp);
  }

  setOn(object: Rec, { name, how }: Property, carrier: Carrier, errp: Value): boolean {
    const { runner } = this;
    switch (how.kind) {
      case "accessors": {
        if (!(how.set instanceof Fn)) {
          runner.fail(errp, `Property '${name}' is not writable`);
          return false;
        }
        runner.call(how.set, [object, visitor(carrier), name, how.opaque, errp]);
        return true;
      }
      case "bool":
        if (how.set instanceof Fn) runner.call(how.set, [object, carrier.asBool(), errp]);
        return true;
      case "str":
        if (how.set instanceof Fn) runner.call(how.set, [object, carrier.asText(), errp]);
        return true;
      case "enum":
        if (how.set instanceof Fn) runner.call(how.set, [object, carrier.asEnum(how.lookup), errp]);
        return true;
      case "pointer":
        store(how.target, carrier.asNumber());
        return true;
      case "link": {
        const text = carrier.asText();
        const path = carrier.value instanceof Rec || carrier.value === 0 ? undefined : textAt(text);
        const found = path === undefined || path === "" ? undefined : this.resolve(path);
        if (path !== undefined && path !== "" && found === undefined) {
          runner.fail(errp, `Device '${path}' not found`);
          return false;
        }
        store(inObject(object, how.target), path === undefined ? carrier.value : (found ?? 0));
        return true;
      }
      case "alias":
        return this.set(how.object, how.name, carrier, errp);
      default:
        return false;
    }
  }

  get(object: Value | undefined, name: string, errp: Value): Value {
    const property = this.find(object, name);
    if (property === undefined || !(object instanceof Rec)) {
      if (object instanceof Unknown) return object;
      this.runner.fail(errp, `Property '${objectData(object)?.type.name ?? "?"}.${name}' not found`);
      return 0;
    }
    const { how } = property;
    switch (how.kind) {
      case "accessors": {
        if (!(how.get instanceof Fn)) return new Unknown(`property ${name}`);
        const carrier = carrierOf(new Unknown(`property ${name}`));
        carrier.reads = true;
        this.runner.call(how.get, [object, visitor(carrier), name, how.opaque, errp]);
        return carrier.value;
      }
      case "bool":
      case "str":
      case "enum":
        return how.get instanceof Fn ? this.runner.call(how.get, [object, errp]) : new Unknown(`property ${name}`);
      case "pointer":
        return load(how.target, anyScalar);
      case "link":
      case "child":
      case "const":
        return this.linked(object, property);
      case "alias":
        return this.get(how.object, how.name, errp);
    }
  }

  linked(object: Rec, { how }: Property): Value {
    switch (how.kind) {
      case "link":
        return load(inObject(object, how.target), anyScalar);
      case "child":
      case "const":
        return how.object;
      case "alias": {
        const property = this.find(how.object, how.name);
        return property === undefined ? 0 : this.linked(how.object, property);
      }
      default:
        return 0;
    }
  }
}

/** A link's place: a pointer, or where it lies in each object. */
function inObject(object: Rec, target: Value): Value {
  return target instanceof Rec || typeof target !== "object" || !("steps" in target) ? target : inside(object, target);
}

/** `name[*]` becomes the first name with a number that is free. */
export function freeName(data: ObjectData, name: string): string {
  if (!name.endsWith("[*]")) return name;
  const base = name.slice(0, -3);
  for (let k = 0; ; k++) {
    spend(bytesOf.visit);
    if (!data.properties.has(`${base}[${k}]`)) return `${base}[${k}]`;
  }
}
