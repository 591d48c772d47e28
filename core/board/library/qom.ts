/**
 * QEMU's object model as qom/object.c keeps it: types, classes, objects, properties. What a type's functions do is run
 * from the tree; only the model's own bookkeeping is done here, under the names of its functions.
 */
import { copyInto, Fn, Native, Rec, textAt, Unknown, type Value } from "../run/values";
import { inside, load, store } from "../run/memory";
import type { NativeFunction, Runner } from "../run/runner";
import { anyScalar, elementsOf, functionOf, member, numberOf, truthOf } from "./arguments";
import { callsIn } from "../../c/calls";
import type { FileFacts } from "../../c/facts";
import { isTest } from "../../c/paths";
import { functionsWithTypeInfo } from "../../qom/runtimeTypes";
import { type Carrier, carrierOf, visitor } from "./visitor";

export interface TypeImpl {
  readonly name: string;
  readonly parent: string | undefined;
  /** Its TypeInfo. */
  readonly info: Rec;
  readonly isAbstract: boolean;
  readonly interfaces: readonly string[];
  cls: Rec | undefined;
}

interface ClassData {
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

function classData(value: Value | undefined): ClassData | undefined {
  return value instanceof Rec && isClassData(value.attached) ? value.attached : undefined;
}

function isClassData(value: unknown): value is ClassData {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "class";
}

const moduleInit = "register_module_init";
const maximumParents = 64;

/** The object model of one run. */
export class ObjectModel {
  private readonly types = new Map<string, TypeImpl>();
  private readonly filesRead = new Set<string>();
  private allRead = false;
  private root: Rec | undefined;
  /** Objects in the order in which they were made. */
  readonly objects: Rec[] = [];
  /** Messages of errors that nobody was there to take. */
  constructor(readonly runner: Runner) {}

  // ---- types ----

  register(info: Value | undefined): void {
    if (!(info instanceof Rec)) return;
    const name = textAt(info.get("@0"));
    if (name === undefined || name === "") return;
    const parent = textAt(member(info, "TypeInfo", "parent"));
    const list = member(info, "TypeInfo", "interfaces");
    const interfaces: string[] = [];
    for (const each of elementsOf(list, 32)) {
      const own = textAt(each.get("@0"));
      if (own === undefined) break;
      interfaces.push(own);
    }
    const isAbstract = truthOf(member(info, "TypeInfo", "abstract"));
    // a local TypeInfo is filled again for the next type
    const kept = new Rec();
    copyInto(kept, info);
    if (!this.types.has(name))
      this.types.set(name, { name, parent, info: kept, isAbstract, interfaces, cls: undefined });
  }

  find(name: string): TypeImpl | undefined {
    const known = this.types.get(name);
    if (known !== undefined) return known;
    const read = this.runner.project.type(name);
    if (read !== undefined) {
      this.readFile(read.file);
      const found = this.types.get(name);
      if (found !== undefined) return found;
    }
    this.readAll();
    return this.types.get(name);
  }

  /** Runs what a source's type_init names. */
  private readFile(file: string): void {
    if (this.filesRead.has(file)) return;
    this.filesRead.add(file);
    for (const name of moduleInits(this.runner, file)) this.runner.run(name, [], file);
  }

  readAll(): void {
    if (this.allRead) return;
    this.allRead = true;
    const { project } = this.runner;
    for (const path of project.paths()) {
      if (!path.endsWith(".c") || isTest(path) || project.compiles(path) === "false") continue;
      const facts = project.facts(path);
      const text = project.text(path);
      if (facts === undefined || text === undefined || !registersByCode(text, facts)) continue;
      this.readFile(path);
    }
  }

  /** Runs the initialisers that do more than to register types: drivers that add themselves to a list. */
  readOthers(): void {
    const { project } = this.runner;
    for (const path of project.paths()) {
      if (!path.endsWith(".c") || isTest(path)) continue;
      for (const each of project.facts(path)?.declarations ?? []) {
        if (each.kind !== "invocation" || each.name !== "type_init") continue;
        const call = project.text(path)?.slice(each.start, each.end) ?? "";
        const name = callsIn(call, 0, call.length)[0]?.args[0] ?? "";
        const fn = project.function(name, path);
        if (fn === undefined || fn.file !== path) continue;
        if (project.calls(fn).every(({ callee }) => callee.startsWith("type_register") || callee === "ARRAY_SIZE"))
          continue;
        if (project.compiles(path) === "false") continue;
        this.readFile(path);
      }
    }
  }

  /** Types that are, or descend from, the named one. */
  *all(wanted: string | undefined): Generator<TypeImpl> {
    this.readAll();
    const { project } = this.runner;
    for (const type of project.types()) {
      if (project.compiles(type.file) === "false" || isTest(type.file)) continue;
      if (
        wanted !== undefined &&
        !project.ancestry(type.name).some((each) => each.name === wanted || each.interfaces.includes(wanted))
      )
        continue;
      this.find(type.name);
    }
    for (const type of [...this.types.values()]) if (wanted === undefined || this.isA(type, wanted)) yield type;
  }

  parentOf(type: TypeImpl): TypeImpl | undefined {
    return type.parent === undefined ? undefined : this.find(type.parent);
  }

  /** The type and its ancestors, nearest first. */
  chain(type: TypeImpl): readonly TypeImpl[] {
    const found: TypeImpl[] = [];
    for (let at: TypeImpl | undefined = type; at !== undefined && found.length < maximumParents; at = this.parentOf(at))
      found.push(at);
    return found;
  }

  isA(type: TypeImpl, name: string): boolean {
    for (const each of this.chain(type)) {
      if (each.name === name) return true;
      for (const own of each.interfaces) {
        if (own === name) return true;
        const found = this.find(own);
        if (found !== undefined && found !== type && this.isA(found, name)) return true;
      }
    }
    return false;
  }

  // ---- classes ----

  classOf(type: TypeImpl): Rec {
    if (type.cls !== undefined) return type.cls;
    const cls = new Rec();
    type.cls = cls;
    const parent = this.parentOf(type);
    const before = parent === undefined ? undefined : this.classOf(parent);
    if (before !== undefined) copyInto(cls, before);
    const data: ClassData = { kind: "class", type, concrete: undefined, properties: new Map(), interfaces: new Map() };
    cls.attached = data;
    cls.set("@0", new Native(type));
    for (const [name, impl] of classData(before)?.interfaces ?? [])
      data.interfaces.set(name, this.interfaceOf(impl, cls));
    for (const name of type.interfaces) {
      const found = this.find(name);
      if (found === undefined) continue;
      if ([...data.interfaces.keys()].some((each) => each === name || this.isNamed(each, name))) continue;
      data.interfaces.set(name, this.interfaceOf(this.classOf(found), cls));
    }
    const own = member(type.info, "TypeInfo", "class_data");
    for (const each of this.chain(type).slice(1).reverse()) {
      const fn = functionOf(member(each.info, "TypeInfo", "class_base_init"));
      if (fn !== undefined) this.runner.call(fn, [cls, own]);
    }
    const init = functionOf(member(type.info, "TypeInfo", "class_init"));
    if (init !== undefined) this.runner.call(init, [cls, own]);
    return cls;
  }

  private isNamed(of: string, name: string): boolean {
    const type = this.find(of);
    return type !== undefined && this.isA(type, name);
  }

  private interfaceOf(of: Rec, concrete: Rec): Rec {
    const made = new Rec();
    copyInto(made, of);
    const type = classData(of)?.type;
    if (type !== undefined) {
      made.attached = {
        kind: "class",
        type,
        concrete,
        properties: new Map(),
        interfaces: new Map(),
      } satisfies ClassData;
      made.set("InterfaceClass.concrete_class", concrete);
      made.set("@0", new Native(type));
    }
    return made;
  }

  castClass(cls: Value | undefined, name: string): Value {
    const data = classData(cls);
    if (data === undefined || !(cls instanceof Rec)) return cls ?? 0;
    if (data.concrete !== undefined) {
      if (this.isA(data.type, name)) return cls;
      return this.castClass(data.concrete, name);
    }
    if (this.chain(data.type).some((each) => each.name === name)) return cls;
    for (const [own, impl] of data.interfaces) if (own === name || this.isNamed(own, name)) return impl;
    return 0;
  }

  // ---- objects ----

  initialise(object: Rec, type: TypeImpl): void {
    const cls = this.classOf(type);
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
    this.objects.push(object);
    const chain = this.chain(type);
    for (const each of chain) {
      for (const property of classData(each.cls)?.properties.values() ?? []) {
        if (property.initial !== undefined) this.setOn(object, property, property.initial, 0);
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

  create(name: string): Value {
    const type = this.find(name);
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
    const free = this.freeName(data, name);
    data.children.set(free, child);
    data.properties.set(free, newProperty(free, `child<${own.type.name}>`, { kind: "child", object: child }));
    own.parent = parent;
    own.name = free;
    child.set("Object.parent", parent);
  }

  private freeName(data: ObjectData, name: string): string {
    if (!name.endsWith("[*]")) return name;
    const base = name.slice(0, -3);
    for (let k = 0; ; k++) if (!data.properties.has(`${base}[${k}]`)) return `${base}[${k}]`;
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
      yield child;
      yield* this.below(child);
    }
  }

  component(object: Rec, name: string): Rec | undefined {
    const data = objectData(object);
    const child = data?.children.get(name);
    if (child !== undefined) return child;
    const property = data === undefined ? undefined : this.property(object, name);
    const value = property === undefined ? 0 : this.linked(object, property);
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
      return data !== undefined && this.isA(data.type, name);
    });
  }

  // ---- properties ----

  property(object: Value | undefined, name: string): Property | undefined {
    const data = objectData(object);
    if (data === undefined) return undefined;
    for (const each of this.chain(data.type)) {
      const found = classData(this.classOf(each))?.properties.get(name);
      if (found !== undefined) return found;
    }
    return data.properties.get(name);
  }

  /** Records of an object's or a class's properties, own ones first. */
  propertiesOf(of: Value | undefined): Rec[] {
    const data = objectData(of);
    const type = data?.type ?? classData(of)?.type;
    const found = [...(data?.properties.values() ?? [])];
    for (const each of type === undefined ? [] : this.chain(type)) {
      found.push(...(classData(this.classOf(each))?.properties.values() ?? []));
    }
    return found.map(({ record }) => record);
  }

  add(owner: Value | undefined, property: Property): Rec {
    const data = objectData(owner);
    const of = classData(owner);
    if (data !== undefined) {
      const name = this.freeName(data, property.name);
      const made = name === property.name ? property : { ...property, name };
      data.properties.set(name, made);
    } else of?.properties.set(property.name, property);
    return property.record;
  }

  setText(object: Rec, name: string, text: string): void {
    this.set(object, name, carrierOf(text, this.runner), 0);
  }

  set(object: Value | undefined, name: string, carrier: Carrier, errp: Value): boolean {
    if (!(object instanceof Rec)) return false;
    const property = this.property(object, name);
    if (property === undefined) {
      const type = objectData(object)?.type.name ?? "?";
      this.runner.fail(errp, `Property '${type}.${name}' not found`);
      return false;
    }
    return this.setOn(object, property, carrier, errp);
  }

  private setOn(object: Rec, { name, how }: Property, carrier: Carrier, errp: Value): boolean {
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
        const target = path === undefined ? carrier.value : path === "" ? 0 : (this.resolve(path) ?? 0);
        store(inObject(object, how.target), target);
        return true;
      }
      case "alias":
        return this.set(how.object, how.name, carrier, errp);
      default:
        return false;
    }
  }

  get(object: Value | undefined, name: string, errp: Value): Value {
    const property = this.property(object, name);
    if (property === undefined || !(object instanceof Rec)) {
      if (object instanceof Unknown) return object;
      this.runner.fail(errp, `Property '${objectData(object)?.type.name ?? "?"}.${name}' not found`);
      return 0;
    }
    const { how } = property;
    switch (how.kind) {
      case "accessors": {
        if (!(how.get instanceof Fn)) return new Unknown(`property ${name}`);
        const carrier = carrierOf(new Unknown(`property ${name}`), this.runner);
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

  private linked(object: Rec, { how }: Property): Value {
    switch (how.kind) {
      case "link":
        return load(inObject(object, how.target), anyScalar);
      case "child":
      case "const":
        return how.object;
      case "alias": {
        const property = this.property(how.object, how.name);
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

function newProperty(name: string, type: string, how: Property["how"]): Property {
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

/** Functions that a source hands to the module system, in order. */
function moduleInits(runner: Runner, file: string): readonly string[] {
  const { project } = runner;
  const found: string[] = [];
  const scope = project.scope(file);
  for (const declaration of project.facts(file)?.declarations ?? []) {
    if (declaration.kind !== "invocation" || !runner.mayRegister(declaration.name, file, declaration)) continue;
    const tokens = scope.tokens(file, declaration.start, declaration.end);
    tokens.forEach((token, k) => {
      if (token.text !== moduleInit || tokens[k + 1]?.text !== "(") return;
      const name = tokens[k + 2]?.text;
      if (name !== undefined && tokens[k + 4]?.text === "MODULE_INIT_QOM") found.push(name);
    });
  }
  return found;
}

type Model = (runner: Runner) => ObjectModel;

export function objectFunctions(model: Model): readonly (readonly [string, NativeFunction])[] {
  const named = (runner: Runner, value: Value | undefined): TypeImpl | undefined => {
    const name = textAt(value);
    return name === undefined ? undefined : model(runner).find(name);
  };
  const typeOf = (value: Value | undefined): TypeImpl | undefined => objectData(value)?.type ?? classData(value)?.type;
  const accessors = (values: readonly Value[], from: number): Property["how"] => ({
    kind: "accessors",
    get: values[from] ?? 0,
    set: values[from + 1] ?? 0,
    opaque: values[from + 3] ?? 0,
  });
  const addProperty: NativeFunction = (runner, values) =>
    model(runner).add(values[0], newProperty(textAt(values[1]) ?? "", textAt(values[2]) ?? "", accessors(values, 3)));
  const simple =
    (kind: "bool" | "str"): NativeFunction =>
    (runner, values) =>
      model(runner).add(
        values[0],
        newProperty(textAt(values[1]) ?? "", kind === "bool" ? "bool" : "string", {
          kind,
          get: values[2] ?? 0,
          set: values[3] ?? 0,
        }),
      );
  const enumeration: NativeFunction = (runner, values) =>
    model(runner).add(
      values[0],
      newProperty(textAt(values[1]) ?? "", textAt(values[2]) ?? "", {
        kind: "enum",
        lookup: values[3] ?? 0,
        get: values[4] ?? 0,
        set: values[5] ?? 0,
      }),
    );
  const pointer: NativeFunction = (runner, values) =>
    model(runner).add(
      values[0],
      newProperty(textAt(values[1]) ?? "", "uint", { kind: "pointer", target: values[2] ?? 0 }),
    );
  const link: NativeFunction = (runner, values) =>
    model(runner).add(
      values[0],
      newProperty(textAt(values[1]) ?? "", `link<${textAt(values[2]) ?? ""}>`, {
        kind: "link",
        target: values[3] ?? 0,
      }),
    );
  const setting =
    (make: (runner: Runner, value: Value) => Carrier): NativeFunction =>
    (runner, [object, name, value, errp]) =>
      model(runner).set(object, textAt(name) ?? "", make(runner, value ?? 0), errp ?? 0) ? 1 : 0;
  const plain = (runner: Runner, value: Value): Carrier => carrierOf(value, runner);
  const getting: NativeFunction = (runner, [object, name, errp]) =>
    model(runner).get(object, textAt(name) ?? "", errp ?? 0);
  const initial =
    (): NativeFunction =>
    (runner, [property, value]) => {
      const data = property instanceof Rec ? property.attached : undefined;
      if (isProperty(data)) data.initial = carrierOf(value ?? 0, runner);
      return 0;
    };
  const addChild: NativeFunction = (runner, [parent, name, child]) => {
    if (parent instanceof Rec && child instanceof Rec) model(runner).addChild(parent, textAt(name) ?? "", child);
    return child ?? 0;
  };
  const castAssert: NativeFunction = (_runner, [object]) => object ?? 0;
  const create: NativeFunction = (runner, [name]) => {
    const text = textAt(name);
    return text === undefined ? new Unknown("an object of a type that is not known") : model(runner).create(text);
  };
  const foreach: NativeFunction = (runner, [fn, type, withAbstract, opaque]) => {
    const wanted = textAt(type);
    const found = functionOf(fn);
    if (found === undefined) return 0;
    for (const each of model(runner).all(wanted)) {
      if (each.isAbstract && !truthOf(withAbstract)) continue;
      runner.call(found, [model(runner).classOf(each), opaque ?? 0]);
    }
    return 0;
  };
  const classList: NativeFunction = (runner, [type, withAbstract]) => {
    const wanted = textAt(type);
    const list = [...model(runner).all(wanted)].filter((each) => !each.isAbstract || truthOf(withAbstract));
    let head: Value = 0;
    for (const each of list.reverse()) {
      const node = new Rec();
      node.set(".data", model(runner).classOf(each));
      node.set(".next", head);
      head = node;
    }
    return head;
  };
  const childForeach =
    (deep: boolean): NativeFunction =>
    (runner, [object, fn, opaque]) => {
      const found = functionOf(fn);
      if (found === undefined || !(object instanceof Rec)) return 0;
      const children = deep ? [...model(runner).below(object)] : [...(objectData(object)?.children.values() ?? [])];
      for (const each of children) {
        const result = runner.call(found, [each, opaque ?? 0]);
        if (typeof result === "number" && result !== 0) return result;
      }
      return 0;
    };
  const resolveType: NativeFunction = (runner, [path, type, ambiguous]) => {
    const wanted = textAt(type) ?? "";
    const prefix = textAt(path) ?? "";
    const found =
      prefix === ""
        ? model(runner).ofType(wanted)
        : [model(runner).resolve(prefix)].filter((each) => each !== undefined);
    if (ambiguous !== undefined && ambiguous !== 0) store(ambiguous, found.length > 1 ? 1 : 0);
    return found.length === 1 ? (found[0] ?? 0) : 0;
  };
  const nothing: NativeFunction = () => 0;
  return [
    ["type_register", (runner, [info]) => registered(model(runner), info)],
    ["type_register_static", (runner, [info]) => registered(model(runner), info)],
    [
      "type_register_static_array",
      (runner, [infos, count]) => {
        for (const each of elementsOf(infos, numberOf(count) ?? 0)) model(runner).register(each);
        return 0;
      },
    ],
    ["type_register_internal", (runner, [info]) => registered(model(runner), info)],
    ["type_print_class_properties", nothing],
    ["object_new", create],
    [
      "object_new_with_class",
      (runner, [cls]) => {
        const type = classData(cls)?.type;
        return type === undefined
          ? new Unknown("an object of a class that is not known")
          : model(runner).create(type.name);
      },
    ],
    [
      "object_initialize",
      (runner, [data, , name]) => {
        const type = named(runner, name);
        if (type === undefined) runner.lackingType(textAt(name) ?? "?");
        else if (data instanceof Rec) model(runner).initialise(data, type);
        return 0;
      },
    ],
    [
      "object_new_with_type",
      (runner, [type]) => {
        const impl = typeIn(type ?? 0);
        return impl === undefined
          ? new Unknown("an object of a type that is not known")
          : model(runner).create(impl.name);
      },
    ],
    [
      "object_initialize_with_type",
      (runner, values) => {
        const impl = values.map(typeIn).find((each) => each !== undefined);
        if (impl !== undefined && values[0] instanceof Rec) model(runner).initialise(values[0], impl);
        return 0;
      },
    ],
    [
      "type_get_by_name",
      (runner, [name]) => {
        const type = named(runner, name);
        return type === undefined ? 0 : new Native(type);
      },
    ],
    [
      "type_get_by_name_noload",
      (runner, [name]) => {
        const type = named(runner, name);
        return type === undefined ? 0 : new Native(type);
      },
    ],
    [
      "type_get_or_load_by_name",
      (runner, [name]) => {
        const type = named(runner, name);
        return type === undefined ? 0 : new Native(type);
      },
    ],
    ["object_ref", (_r, [object]) => object ?? 0],
    ["object_unref", nothing],
    ["object_dynamic_cast_assert", castAssert],
    [
      "object_dynamic_cast",
      (runner, [object, name]) => {
        const type = typeOf(object);
        if (type === undefined) return object instanceof Rec ? 0 : (object ?? 0);
        return model(runner).isA(type, textAt(name) ?? "") ? (object ?? 0) : 0;
      },
    ],
    ["object_class_dynamic_cast", (runner, [cls, name]) => model(runner).castClass(cls, textAt(name) ?? "")],
    [
      "object_class_dynamic_cast_assert",
      (runner, [cls, name]) => {
        const found = model(runner).castClass(cls, textAt(name) ?? "");
        return found === 0 ? (cls ?? 0) : found;
      },
    ],
    [
      "object_get_class",
      (runner, [object]) => {
        const data = objectData(object);
        if (data !== undefined) return model(runner).classOf(data.type);
        return object instanceof Unknown ? object : new Unknown("the class of no object");
      },
    ],
    ["object_get_typename", (_r, [object]) => typeOf(object)?.name ?? new Unknown("the type of no object")],
    ["object_class_get_name", (_r, [cls]) => typeOf(cls)?.name ?? new Unknown("the name of no class")],
    [
      "object_class_is_abstract",
      (_r, [cls]) => {
        const type = typeOf(cls);
        return type === undefined ? new Unknown("whether a class is abstract") : type.isAbstract ? 1 : 0;
      },
    ],
    ["object_class_by_name", (runner, [name]) => classNamed(runner, named(runner, name), model)],
    ["module_object_class_by_name", (runner, [name]) => classNamed(runner, named(runner, name), model)],
    [
      "object_class_get_parent",
      (runner, [cls]) => {
        const type = typeOf(cls);
        const parent = type === undefined ? undefined : model(runner).parentOf(type);
        return parent === undefined ? 0 : model(runner).classOf(parent);
      },
    ],
    ["object_class_foreach", foreach],
    ["object_class_get_list", classList],
    ["object_class_get_list_sorted", classList],
    ["object_child_foreach", childForeach(false)],
    ["object_child_foreach_recursive", childForeach(true)],
    ["object_get_root", (runner) => model(runner).rootObject()],
    ["object_get_objects_root", (runner) => containerAt(model(runner), "/objects")],
    ["object_get_internal_root", (runner) => containerAt(model(runner), "/internal")],
    ["object_get_container", (runner, [name]) => containerAt(model(runner), `/${textAt(name) ?? ""}`)],
    [
      "container_get",
      (runner, [root, path]) => (root instanceof Rec ? containerBelow(model(runner), root, textAt(path) ?? "") : 0),
    ],
    ["object_property_add", addProperty],
    ["object_property_try_add", addProperty],
    ["object_class_property_add", addProperty],
    ["object_property_add_bool", simple("bool")],
    ["object_class_property_add_bool", simple("bool")],
    ["object_property_add_str", simple("str")],
    ["object_class_property_add_str", simple("str")],
    ["object_property_add_enum", enumeration],
    ["object_class_property_add_enum", enumeration],
    ...[8, 16, 32, 64].flatMap((bits) => [
      [`object_property_add_uint${bits}_ptr`, pointer] as const,
      [`object_class_property_add_uint${bits}_ptr`, pointer] as const,
    ]),
    ["object_property_add_tm", nothing],
    ["object_class_property_add_tm", nothing],
    ["object_property_add_link", link],
    ["object_class_property_add_link", link],
    [
      "object_property_add_const_link",
      (runner, [object, name, target]) =>
        model(runner).add(object, newProperty(textAt(name) ?? "", "link<>", { kind: "const", object: target ?? 0 })),
    ],
    [
      "object_property_add_alias",
      (runner, [object, name, target, targetName]) =>
        target instanceof Rec
          ? model(runner).add(
              object,
              newProperty(textAt(name) ?? "", "alias", {
                kind: "alias",
                object: target,
                name: textAt(targetName) ?? "",
              }),
            )
          : 0,
    ],
    ["object_property_add_child", addChild],
    ["object_property_try_add_child", addChild],
    ["object_property_set_description", nothing],
    ["object_class_property_set_description", nothing],
    ["object_property_del", nothing],
    ["object_property_allow_set_link", nothing],
    ["object_unparent", (runner, [object]) => unparent(model(runner), runner, object)],
    ["object_property_set_bool", setting((runner, value) => carrierOf(truthOf(value) ? 1 : 0, runner))],
    ["object_property_set_int", setting(plain)],
    ["object_property_set_uint", setting(plain)],
    ["object_property_set_str", setting(plain)],
    ["object_property_set_link", setting(plain)],
    ["object_property_parse", setting(plain)],
    [
      "object_property_set",
      (runner, [object, name, given, errp]) =>
        given instanceof Native && model(runner).set(object, textAt(name) ?? "", given.value as Carrier, errp ?? 0)
          ? 1
          : 0,
    ],
    [
      "object_property_get_bool",
      (runner, values, site) => {
        const value = getting(runner, values, site);
        return value instanceof Unknown ? value : truthOf(value) ? 1 : 0;
      },
    ],
    ["object_property_get_int", getting],
    ["object_property_get_uint", getting],
    ["object_property_get_str", getting],
    ["object_property_get_link", getting],
    ["object_property_get_enum", getting],
    [
      "object_property_find",
      (runner, [object, name]) => model(runner).property(object, textAt(name) ?? "")?.record ?? 0,
    ],
    [
      "object_property_find_err",
      (runner, [object, name]) => model(runner).property(object, textAt(name) ?? "")?.record ?? 0,
    ],
    [
      "object_class_property_find",
      (runner, [cls, name]) => {
        const type = typeOf(cls);
        for (const each of type === undefined ? [] : model(runner).chain(type)) {
          const found = classData(model(runner).classOf(each))?.properties.get(textAt(name) ?? "");
          if (found !== undefined) return found.record;
        }
        return 0;
      },
    ],
    [
      "object_property_iter_init",
      (runner, [iterator, object]) => {
        if (iterator instanceof Rec) iterator.attached = model(runner).propertiesOf(object);
        return 0;
      },
    ],
    [
      "object_class_property_iter_init",
      (runner, [iterator, cls]) => {
        if (iterator instanceof Rec) iterator.attached = model(runner).propertiesOf(cls);
        return 0;
      },
    ],
    [
      "object_property_iter_next",
      (_r, [iterator]) => {
        const rest = iterator instanceof Rec && Array.isArray(iterator.attached) ? iterator.attached : [];
        const next: unknown = rest.shift();
        return next instanceof Rec ? next : 0;
      },
    ],
    [
      "object_property_get_type",
      (runner, [object, name]) => model(runner).property(object, textAt(name) ?? "")?.type ?? 0,
    ],
    ["object_property_set_default_bool", initial()],
    ["object_property_set_default_str", initial()],
    ["object_property_set_default_int", initial()],
    ["object_property_set_default_uint", initial()],
    ["object_property_set_default_list", nothing],
    [
      "object_get_canonical_path",
      (runner, [object]) => (object instanceof Rec ? (model(runner).pathOf(object) ?? 0) : 0),
    ],
    ["object_get_canonical_path_component", (_r, [object]) => objectData(object)?.name ?? 0],
    [
      "object_resolve_path",
      (runner, [path, ambiguous]) => {
        if (ambiguous !== undefined && ambiguous !== 0) store(ambiguous, 0);
        const text = textAt(path);
        return text === undefined ? 0 : (model(runner).resolve(text) ?? 0);
      },
    ],
    ["object_resolve_path_at", (runner, [, path]) => model(runner).resolve(textAt(path) ?? "") ?? 0],
    ["object_resolve_path_type", resolveType],
    ["object_resolve_type_unambiguous", (runner, [type], site) => resolveType(runner, ["", type ?? 0], site)],
    [
      "object_resolve_path_component",
      (runner, [object, name]) =>
        object instanceof Rec ? (model(runner).component(object, textAt(name) ?? "") ?? 0) : 0,
    ],
  ];
}

function typeIn(value: Value): TypeImpl | undefined {
  const inner = value instanceof Native ? value.value : undefined;
  return isType(inner) ? inner : undefined;
}

function isType(value: unknown): value is TypeImpl {
  return typeof value === "object" && value !== null && "info" in value && "interfaces" in value;
}

/** Types whose names stand in no TypeInfo are made by functions. */
function registersByCode(text: string, facts: FileFacts): boolean {
  return text.includes("type_register(") || functionsWithTypeInfo(text, facts).length > 0;
}

function isProperty(value: unknown): value is Property {
  return typeof value === "object" && value !== null && "how" in value;
}

function registered(model: ObjectModel, info: Value | undefined): Value {
  model.register(info);
  return new Native(info);
}

function classNamed(runner: Runner, type: TypeImpl | undefined, model: Model): Value {
  return type === undefined ? 0 : model(runner).classOf(type);
}

function containerAt(model: ObjectModel, path: string): Rec {
  return containerBelow(model, model.rootObject(), path);
}

function containerBelow(model: ObjectModel, root: Rec, path: string): Rec {
  let at = root;
  for (const part of path.split("/").filter((each) => each !== "")) {
    let next = objectData(at)?.children.get(part);
    if (next === undefined) {
      const made = model.create("container");
      next = made instanceof Rec ? made : new Rec();
      model.addChild(at, part, next);
    }
    at = next;
  }
  return at;
}

function unparent(model: ObjectModel, runner: Runner, object: Value | undefined): Value {
  if (!(object instanceof Rec)) return 0;
  const cls = objectData(object) === undefined ? 0 : object.get("@0");
  const fn = cls instanceof Rec ? functionOf(cls.get("ObjectClass.unparent")) : undefined;
  if (fn !== undefined && objectData(object)?.parent !== undefined) runner.call(fn, [object]);
  model.removeChild(object);
  return 0;
}
