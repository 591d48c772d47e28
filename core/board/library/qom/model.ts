/**
 * QEMU's object model as qom/object.c keeps it: types, classes, objects, properties. What a type's functions do is run
 * from the tree; only the model's own bookkeeping is done here, under the names of its functions.
 */
import type { Runner } from "../../run/runner";
import { bytesOf, spend } from "../../run/meter";
import { Rec, Unknown, type Value } from "../../run/values";
import { functionOf, member } from "../arguments";
import { clearFirst } from "../memory";
import { ClassTable } from "./classes";
import {
  classData,
  type GivenGlobal,
  maximumParents,
  newProperty,
  type ObjectData,
  objectData,
  type TypeImpl,
} from "./data";
import { freeName, Properties } from "./properties";
import { TypeTable } from "./types";

/** The object model of one run. */
export class ObjectModel {
  readonly types: TypeTable;
  readonly classes: ClassTable;
  readonly properties: Properties;
  private root: Rec | undefined;
  globals: readonly GivenGlobal[] = [];
  /** Objects in the order in which they were made. */
  readonly objects: Rec[] = [];

  constructor(private readonly runner: Runner) {
    this.types = new TypeTable(runner);
    this.classes = new ClassTable(runner, this.types);
    this.properties = new Properties(runner, this.types, this.classes, (path) => this.resolve(path));
  }

  initialise(object: Rec, type: TypeImpl): void {
    const cls = this.classes.of(type);
    // memory inside another object: what properties of that one have put there is gone, as object_initialize_with_type has it
    const size = object.holder === undefined ? undefined : this.types.sizeOf(type);
    if (size !== undefined) clearFirst(this.runner, object, size, this.runner.project.type(type.name)?.file ?? "");
    object.attached = {
      kind: "object",
      type,
      properties: new Map(),
      children: new Map(),
      parent: undefined,
      name: undefined,
    } satisfies ObjectData;
    object.set("@0", cls);
    object.set("Object.ref", 1);
    spend(bytesOf.struct);
    this.objects.push(object);
    const chain = this.types.chain(type);
    for (const each of chain) {
      for (const property of classData(each.cls)?.properties.values() ?? []) {
        if (property.initial !== undefined) this.properties.setOn(object, property, property.initial, 0);
      }
    }
    for (const each of [...chain].reverse()) {
      const init = functionOf(member(each.info, "TypeInfo", "instance_init"));
      if (init !== undefined) this.runner.call(init, [object]);
    }
    for (const each of chain) {
      const post = functionOf(member(each.info, "TypeInfo", "instance_post_init"));
      if (post !== undefined) this.runner.call(post, [object]);
    }
  }

  /** Follows qdev_prop_set_globals; a property that the device lacks ends QEMU. */
  applyGlobals(device: Value | undefined): void {
    const data = objectData(device);
    if (!(device instanceof Rec) || data === undefined || this.globals.length === 0) return;
    const chain = new Set(this.types.chain(data.type).map(({ name }) => name));
    for (const { driver, property, value } of this.globals) {
      if (!chain.has(driver)) continue;
      if (this.properties.find(device, property) === undefined) {
        const message = `Property '${data.type.name}.${property}' not found`;
        this.runner.refuse(`can't apply global ${driver}.${property}=${value}: ${message}`);
      }
      this.properties.setText(device, property, value);
    }
  }

  create(name: string): Value {
    const type = this.types.find(name);
    if (type === undefined) {
      this.runner.lackingType(name);
      return new Unknown(`an object of type ${name}, which the tree does not have`);
    }
    const object = new Rec();
    this.initialise(object, type);
    return object;
  }

  rootObject(): Rec {
    if (this.root === undefined) {
      const made = this.create("container");
      this.root = made instanceof Rec ? made : new Rec();
    }
    return this.root;
  }

  addChild(parent: Rec, name: string, child: Rec): void {
    const data = objectData(parent);
    const own = objectData(child);
    if (data === undefined || own === undefined) return;
    if (own.parent !== undefined) this.removeChild(child);
    for (let at: Rec | undefined = parent; at !== undefined; at = objectData(at)?.parent) {
      if (at !== child) continue;
      this.runner.noteHere("an object inside of itself");
      return;
    }
    const free = freeName(data, name);
    data.children.set(free, child);
    data.properties.set(free, newProperty(free, `child<${own.type.name}>`, { kind: "child", object: child }));
    own.parent = parent;
    own.name = free;
    child.set("Object.parent", parent);
  }

  removeChild(child: Rec): void {
    const own = objectData(child);
    const data = objectData(own?.parent);
    if (own?.name !== undefined) {
      data?.children.delete(own.name);
      data?.properties.delete(own.name);
    }
    if (own !== undefined) own.parent = undefined;
    child.set("Object.parent", 0);
  }

  pathOf(object: Rec): string | undefined {
    const parts: string[] = [];
    let at: Rec | undefined = object;
    for (let k = 0; at !== undefined && k < maximumParents; k++) {
      if (at === this.root) return `/${parts.reverse().join("/")}`;
      const data = objectData(at);
      if (data?.name === undefined) return undefined;
      parts.push(data.name);
      at = data.parent;
    }
    return undefined;
  }

  *below(object: Rec): Generator<Rec> {
    for (const child of objectData(object)?.children.values() ?? []) {
      spend(bytesOf.visit);
      yield child;
      yield* this.below(child);
    }
  }

  component(object: Rec, name: string): Rec | undefined {
    const data = objectData(object);
    const child = data?.children.get(name);
    if (child !== undefined) return child;
    const property = data === undefined ? undefined : this.properties.find(object, name);
    const value = property === undefined ? 0 : this.properties.linked(object, property);
    return value instanceof Rec ? value : undefined;
  }

  resolve(path: string): Rec | undefined {
    const root = this.rootObject();
    const parts = path.split("/").filter((each) => each !== "");
    const follow = (from: Rec): Rec | undefined => {
      let at: Rec | undefined = from;
      for (const part of parts) at = at === undefined ? undefined : this.component(at, part);
      return at;
    };
    if (path.startsWith("/")) return follow(root);
    for (const each of [root, ...this.below(root)]) {
      const found = follow(each);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  ofType(name: string): readonly Rec[] {
    return [...this.below(this.rootObject())].filter((each) => {
      const data = objectData(each);
      return data !== undefined && this.types.isA(data.type, name);
    });
  }
}

export type Model = (runner: Runner) => ObjectModel;
