/** Classes: made from their types when they are asked for, parents first. */
import type { Runner } from "../../run/runner";
import { copyInto, Native, Rec, type Value } from "../../run/values";
import { functionOf, member } from "../arguments";
import { type ClassData, classData, type TypeImpl } from "./data";
import type { TypeTable } from "./types";

export class ClassTable {
  constructor(
    private readonly runner: Runner,
    private readonly types: TypeTable,
  ) {}

  of(type: TypeImpl): Rec {
    if (type.cls !== undefined) return type.cls;
    const cls = new Rec();
    type.cls = cls;
    const parent = this.types.parentOf(type);
    const before = parent === undefined ? undefined : this.of(parent);
    if (before !== undefined) copyInto(cls, before);
    const data: ClassData = { kind: "class", type, concrete: undefined, properties: new Map(), interfaces: new Map() };
    cls.attached = data;
    cls.set("@0", new Native(type));
    for (const [name, impl] of classData(before)?.interfaces ?? [])
      data.interfaces.set(name, this.interfaceOf(impl, cls));
    for (const name of type.interfaces) {
      const found = this.types.find(name);
      if (found === undefined) continue;
      if ([...data.interfaces.keys()].some((each) => each === name || this.isNamed(each, name))) continue;
      data.interfaces.set(name, this.interfaceOf(this.of(found), cls));
    }
    const own = member(type.info, "TypeInfo", "class_data");
    for (const each of this.types.chain(type).slice(1).reverse()) {
      const fn = functionOf(member(each.info, "TypeInfo", "class_base_init"));
      if (fn !== undefined) this.runner.call(fn, [cls, own]);
    }
    const init = functionOf(member(type.info, "TypeInfo", "class_init"));
    if (init !== undefined) this.runner.call(init, [cls, own]);
    return cls;
  }

  private isNamed(of: string, name: string): boolean {
    const type = this.types.find(of);
    return type !== undefined && this.types.isA(type, name);
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

  cast(cls: Value | undefined, name: string): Value {
    const data = classData(cls);
    if (data === undefined || !(cls instanceof Rec)) return cls ?? 0;
    if (data.concrete !== undefined) {
      if (this.types.isA(data.type, name)) return cls;
      return this.cast(data.concrete, name);
    }
    if (this.types.chain(data.type).some((each) => each.name === name)) return cls;
    for (const [own, impl] of data.interfaces) if (own === name || this.isNamed(own, name)) return impl;
    return 0;
  }
}
