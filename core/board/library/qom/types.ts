/** Types by name: read from the sources that register them, when they are asked for. */
import { isTest } from "../../../c/paths";
import type { Runner } from "../../run/runner";
import { copyInto, Rec, textAt, type Value } from "../../run/values";
import { elementsOf, member, truthOf } from "../arguments";
import { maximumParents, type TypeImpl } from "./data";
import { sourcesOf } from "./sources";

export class TypeTable {
  private readonly types = new Map<string, TypeImpl>();
  private readonly filesRead = new Set<string>();
  private allRead = false;

  constructor(private readonly runner: Runner) {}

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
    if (read !== undefined && !isTest(read.file)) {
      this.readFile(read.file);
      const found = this.types.get(name);
      if (found !== undefined) return found;
    }
    this.readAll();
    return this.types.get(name);
  }

  /** The type whose name a value is. */
  named(value: Value | undefined): TypeImpl | undefined {
    const name = textAt(value);
    return name === undefined ? undefined : this.find(name);
  }

  /** Runs what a source's type_init names. */
  private readFile(file: string): void {
    if (this.filesRead.has(file)) return;
    this.filesRead.add(file);
    for (const name of this.sources().handedOver(file, "MODULE_INIT_QOM")) this.runner.run(name, [], file);
  }

  /** Runs what the emulator's sources hand to the module system for another time than that of types. */
  runModuleInits(kind: string): void {
    for (const file of this.sources().built()) {
      for (const name of this.sources().handedOver(file, kind)) this.runner.run(name, [], file);
    }
  }

  private readAll(): void {
    if (this.allRead || !this.runner.goesOn()) return;
    this.allRead = true;
    for (const path of this.sources().makingTypes()) this.readFile(path);
  }

  /** Runs the initialisers that do more than to register types: drivers that add themselves to a list. */
  readOthers(): void {
    for (const path of this.sources().doingMore()) this.readFile(path);
  }

  private sources(): ReturnType<typeof sourcesOf> {
    return sourcesOf(this.runner.project);
  }

  /** Types that are, or descend from, the named one. */
  *all(wanted: string | undefined): Generator<TypeImpl> {
    this.readAll();
    const { project } = this.runner;
    for (const type of project.types()) {
      if (!this.runner.goesOn()) return;
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

  /** Bytes of an object: an ancestor's where the type says nothing; undefined where none of them does. */
  sizeOf(type: TypeImpl): number | undefined {
    for (const each of this.chain(type)) {
      const size = member(each.info, "TypeInfo", "instance_size");
      if (typeof size === "number" && size > 0) return size;
    }
    return undefined;
  }

  isA(type: TypeImpl, name: string, seen: Set<TypeImpl> = new Set()): boolean {
    seen.add(type);
    for (const each of this.chain(type)) {
      if (each.name === name) return true;
      for (const own of each.interfaces) {
        if (own === name) return true;
        const found = this.find(own);
        if (found !== undefined && !seen.has(found) && this.isA(found, name, seen)) return true;
      }
    }
    return false;
  }
}
