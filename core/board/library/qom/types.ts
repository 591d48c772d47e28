/** Types by name: read from the sources that register them, when they are asked for. */
import { callsIn } from "../../../c/calls";
import type { Declaration, FileFacts, FunctionDefinition } from "../../../c/facts";
import { isStub, isTest } from "../../../c/paths";
import { functionsWithTypeInfo } from "../../../qom/runtimeTypes";
import type { Runner } from "../../run/runner";
import { copyInto, Rec, textAt, type Value } from "../../run/values";
import { elementsOf, member, truthOf } from "../arguments";
import { maximumParents, type TypeImpl } from "./data";

const moduleInit = "register_module_init";

export class TypeTable {
  private readonly types = new Map<string, TypeImpl>();
  private readonly filesRead = new Set<string>();
  private allRead = false;
  /** By macro. */
  private readonly registering = new Map<string, boolean>();

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
    for (const name of this.moduleInits(file, "MODULE_INIT_QOM")) this.runner.run(name, [], file);
  }

  /** Runs what the emulator's sources hand to the module system for another time than that of types. */
  runModuleInits(kind: string): void {
    const { project } = this.runner;
    const inEmulator = (file: string): boolean =>
      file.endsWith(".c") && !isTest(file) && project.compiles(file) !== "false";
    const files = project.paths().filter(inEmulator);
    // a type that a target has of its own goes before the stub's
    for (const file of [...files.filter((each) => !isStub(each)), ...files.filter(isStub)]) {
      for (const name of this.moduleInits(file, kind)) this.runner.run(name, [], file);
    }
  }

  /** Functions that a source hands to the module system, in order. */
  private moduleInits(file: string, kind: string): readonly string[] {
    const { project } = this.runner;
    const found: string[] = [];
    const scope = project.scope(file);
    for (const declaration of project.facts(file)?.declarations ?? []) {
      const use = macroUse(declaration);
      if (use === undefined || !this.mayRegister(use.name, file, use)) continue;
      const tokens = scope.tokens(file, use.start, use.end);
      tokens.forEach((token, k) => {
        if (token.text !== moduleInit || tokens[k + 1]?.text !== "(") return;
        const name = tokens[k + 2]?.text;
        if (name !== undefined && tokens[k + 4]?.text === kind) found.push(name);
      });
    }
    return found;
  }

  /** Whether a macro, used at top level, hands a function to the module system. */
  private mayRegister(macro: string, file: string, use: { readonly start: number; readonly end: number }): boolean {
    let answer = this.registering.get(macro);
    if (answer === undefined) {
      answer = this.runner.project
        .scope(file)
        .tokens(file, use.start, use.end)
        .some(({ text }) => text === moduleInit);
      this.registering.set(macro, answer);
    }
    return answer;
  }

  private readAll(): void {
    if (this.allRead || !this.runner.goesOn()) return;
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

/** Types whose names stand in no TypeInfo are made by functions. */
function registersByCode(text: string, facts: FileFacts): boolean {
  return (
    text.includes("type_register(") ||
    facts.declarations.some(isHeaded) ||
    functionsWithTypeInfo(text, facts).length > 0
  );
}

/** `FAMILY(x)(ObjectClass *oc, void *data) { … }` */
function isHeaded(declaration: Declaration): declaration is FunctionDefinition {
  return declaration.kind === "function" && declaration.name.includes("(");
}

/** A macro used at top level, also as the head of a function. */
function macroUse(
  declaration: Declaration,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  if (declaration.kind === "invocation") return declaration;
  if (!isHeaded(declaration)) return undefined;
  const { name, start, nameStart } = declaration;
  return { name: name.slice(0, name.indexOf("(")), start, end: nameStart + name.length };
}
