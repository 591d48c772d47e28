/**
 * Runs QEMU's own set-up code: functions of the tree on values. What the C library, glib and QEMU's object model do is
 * done here (./library); all else is what the tree says. What cannot be decided is noted with its place.
 */
import { expandedFunction, expandedInitialiser, expandedVariable } from "../../c/body/expanded";
import { type CType, type CTypes, type RecordType, unknownType } from "../../c/ctype";
import { readDeclarations } from "../../c/declarator";
import { parseTypeOrExpression } from "../../c/expression";
import { pointerTo, scalarType } from "../../c/resolve";
import type { CScope } from "../../c/scope";
import type { Context, Expression, Span, Statement, TypeSyntax } from "../../c/syntax";
import { matching } from "../../c/initialiser";
import type { Token } from "../../c/token";
import type { LocatedFunction, Project } from "../../project/project";
import { type CompiledFunction, emptyFrame } from "./code";
import { Compiler } from "./compile";
import { initialOf } from "./initialisers";
import type { Frame, Global, Host, Site } from "./host";
import { definitionsFor } from "./definitions";
import { decisive } from "./decisive";
import { fresh, isAggregate, store } from "./memory";
import { Exceeded, OutOfMemory, startMeter, stopMeter } from "./meter";
import { Arguments, Arr, Fn, Ptr, Rec, Unknown, type Value } from "./values";

export type NativeFunction = (runner: Runner, values: readonly Value[], site: Site) => Value;

/** What could not be followed, and why. */
export interface Open {
  readonly file: string;
  /** Offset in the file. */
  readonly start: number;
  readonly text: string;
  readonly reason: string;
  /** Calls that led there, outermost first. */
  readonly through: readonly string[];
  /** It was followed only so far. */
  readonly isBound: boolean;
}

/** QEMU would end here, with that message. */
export class Stop extends Error {
  /** Calls that led there, outermost first. */
  through: readonly string[] = [];
}

/** How far code is followed. */
export interface Bounds {
  /** Calls and rounds of loops, long ones for more than one. */
  readonly steps: number;
  /** Of calls within calls. */
  readonly depth: number;
  /** Rough bytes of what is made and gone through. */
  readonly bytes: number;
}

const usual: Bounds = { steps: 10_000_000, depth: 400, bytes: 2 ** 29 };

export class Runner implements Host {
  readonly types: CTypes;
  readonly opens = new Map<string, Open>();
  /** Functions that were called and are nowhere, with how often. */
  readonly absent = new Map<string, number>();
  readonly stack: CompiledFunction[] = [];
  readonly sites: Site[] = [];
  steps = 0;
  /** The last error. */
  said: string | undefined;
  /** error_fatal and error_abort: an error in them ends QEMU. */
  readonly fatal = new Set<object>();
  private isOver = false;
  private readonly scopes = new Map<string, CScope>();
  private readonly functions = new Map<string, Fn | null>();
  private readonly compiled = new Map<string, CompiledFunction | null>();
  private readonly globals = new Map<string, Global | null>();

  constructor(
    readonly project: Project,
    private readonly natives: ReadonlyMap<string, NativeFunction>,
    /** What a function gives that QEMU's build makes, or a library. */
    private readonly generated: (runner: Runner, name: string, values: readonly Value[]) => Value | undefined,
    private readonly bounds: Bounds = usual,
  ) {
    startMeter(bounds.bytes);
    this.types = project.ctypes();
  }

  // ---- what names mean ----

  scope(file: string): CScope {
    let scope = this.scopes.get(file);
    if (scope === undefined) {
      scope = remembering(this.project.scope(file));
      this.scopes.set(file, scope);
    }
    return scope;
  }

  function(name: string, file: string): Fn | undefined {
    const native = this.natives.get(name);
    const key = native === undefined ? `${file}\n${name}` : name;
    const before = this.functions.get(key);
    if (before !== undefined) return before ?? undefined;
    let found: Fn | undefined;
    if (native !== undefined) found = new Fn(name, undefined, native);
    else {
      const located = this.project.function(name, file) ?? this.made(name, file) ?? this.aroundHeader(name, file);
      if (located !== undefined) {
        const own = `${located.file}\n${name}`;
        found = this.functions.get(own) ?? undefined;
        if (found === undefined) {
          found = new Fn(name, located);
          this.functions.set(own, found);
        }
      }
    }
    if (found !== undefined || file.endsWith(".c")) this.functions.set(key, found ?? null);
    return found;
  }

  /** A header's function may call what the source around it sees. */
  private aroundHeader(name: string, file: string): LocatedFunction | undefined {
    if (file.endsWith(".c")) return undefined;
    for (let k = this.sites.length - 1; k >= 0; k--) {
      const source = this.sites[k]?.file ?? "";
      if (source.endsWith(".c")) return this.project.function(name, source) ?? this.made(name, source);
    }
    return undefined;
  }

  private made(name: string, file: string): LocatedFunction | undefined {
    const made = this.project.madeFunction(name, file);
    if (made === undefined) return undefined;
    const { start, end, condition, nameStart } = made.invocation;
    const span = { parametersStart: start, parametersEnd: end, bodyStart: start, bodyEnd: end };
    return {
      file: made.file,
      definition: { kind: "function", name, nameStart, isStatic: true, start, end, condition, ...span },
    };
  }

  compile(fn: Fn): CompiledFunction | undefined {
    const { located, name } = fn;
    if (located === undefined) return undefined;
    const key = `${located.file}\n${located.definition.start}\n${name}`;
    const before = this.compiled.get(key);
    if (before !== undefined) return before ?? undefined;
    const scope = this.scope(located.file);
    const { start, bodyEnd } = located.definition;
    const read = expandedFunction(plain(scope.tokens(located.file, start, bodyEnd)), scope, name);
    const made =
      read === undefined ? undefined : new Compiler(this, read.context, located.file, name).function(read, name);
    this.compiled.set(key, made ?? null);
    return made;
  }

  /** The type that a call of that name has. */
  resultOf(name: string, file: string): CType {
    const located = this.project.function(name, file);
    if (located !== undefined) return this.headResult(located);
    const made = this.made(name, file);
    if (made !== undefined) return this.compile(new Fn(name, made))?.result ?? unknownType(`result of ${name}`);
    return libraryResult(name, this.scope(file)) ?? unknownType(`result of ${name}`);
  }

  private readonly heads = new Map<object, CType>();

  private headResult({ file, definition }: LocatedFunction): CType {
    let type = this.heads.get(definition);
    if (type === undefined) {
      const scope = this.scope(file);
      const context = { tokens: plain(scope.tokens(file, definition.start, definition.parametersEnd + 1)), scope };
      const syntax = readDeclarations(context, 0, context.tokens.length)[0]?.declarators[0];
      const own = syntax === undefined ? unknownType("a result") : this.types.resolve(syntax.type, context);
      type = own.kind === "function" ? own.result() : unknownType("a result");
      this.heads.set(definition, type);
    }
    return type;
  }

  private readonly whole = new Map<string, RecordType | undefined>();

  completed(record: RecordType): RecordType {
    const { tag, recordKind } = record;
    if (record.body !== undefined || tag === undefined) return record;
    const key = `${recordKind} ${tag}`;
    if (!this.whole.has(key)) this.whole.set(key, this.definitionOf(recordKind, tag));
    return this.whole.get(key) ?? record;
  }

  private definitionOf(kind: "struct" | "union", tag: string): RecordType | undefined {
    const [only, ...others] = definitionsFor(this.project, `${kind} ${tag}`);
    if (only === undefined || others.length > 0) return undefined;
    const scope = this.scope(only);
    const type = this.types.tagged(kind, tag, scope, scope);
    return type.kind === "record" && type.body !== undefined ? type : undefined;
  }

  operandOf(context: Context, span: Span): { readonly type: TypeSyntax } | { readonly expression: Expression } {
    return parseTypeOrExpression(context, span.start, span.end);
  }

  global(name: string, file: string): Global | undefined {
    const key = `${file}\n${name}`;
    const before = this.globals.get(key);
    if (before !== undefined) return before ?? undefined;
    this.globals.set(key, null);
    const found = this.project.global(name, file);
    if (found === undefined) {
      const made = this.madeGlobal(name, file);
      if (made !== undefined) this.globals.set(key, made);
      return made;
    }
    const own = `${found.file}\n${found.declaration.start}\n${name}`;
    let global = this.globals.get(own) ?? undefined;
    if (global === undefined) {
      global = this.readGlobal(name, found.file, found.declaration);
      this.globals.set(own, global);
    }
    if (name === "error_fatal" || name === "error_abort") this.fatal.add(global.place(emptyFrame()).holder);
    this.globals.set(key, global);
    return global;
  }

  /** A variable that a macro at top level makes. */
  private madeGlobal(name: string, file: string): Global | undefined {
    const made = this.project.madeFunction(name, file);
    if (made === undefined) return undefined;
    const own = `${made.file}\n${made.invocation.start}\n${name}`;
    const before = this.globals.get(own);
    if (before !== undefined) return before ?? undefined;
    const scope = this.scope(made.file);
    const context = { tokens: scope.tokens(made.file, made.invocation.start, made.invocation.end), scope };
    const variable = expandedVariable(context, name);
    if (variable === undefined) return undefined;
    const declared = this.types.resolve(variable.type, context);
    const compiler = new Compiler(this, context, made.file, "");
    const code = initialOf(compiler, declared, variable.value, true);
    const home = new Arr(undefined, 1);
    const place = new Ptr(home, 0, code.type);
    const global: Global = {
      type: code.type,
      place: () => {
        home.items[0] ??= code.run(emptyFrame());
        return place;
      },
    };
    this.globals.set(own, global);
    return global;
  }

  private readGlobal(
    name: string,
    file: string,
    declaration: {
      readonly start: number;
      readonly end: number;
      readonly initStart: number;
      readonly initEnd: number;
      readonly typeName: string;
    },
  ): Global {
    const scope = this.scope(file);
    const head = { tokens: scope.tokens(file, declaration.start, declaration.end), scope };
    let type: CType = unknownType(`type of \`${name}\``);
    for (const { declarators } of readDeclarations(head, 0, head.tokens.length)) {
      const declarator = declarators.find((each) => each.name === name);
      if (declarator === undefined) continue;
      type = this.types.resolve(declarator.type, head);
      break;
    }
    const home = new Arr(undefined, 1);
    const symbol = { file, name, typeName: declaration.typeName };
    const isTable = declaration.typeName === "VMStateDescription";
    const hasValue = declaration.initEnd > declaration.initStart && !isTable;
    if (hasValue && type.kind === "array" && type.length === undefined) {
      const made = this.initialiserOf(file, declaration, type);
      if (made !== undefined) type = made.type;
    }
    let ready = false;
    const place = new Ptr(home, 0, type);
    return {
      type,
      place: () => {
        if (!ready) {
          ready = true;
          home.items[0] = isAggregate(type) ? fresh(type) : 0;
          if (hasValue) home.items[0] = this.initialiserOf(file, declaration, type)?.run() ?? 0;
          const value = home.items[0];
          if (value instanceof Rec || value instanceof Arr) value.symbol = symbol;
        }
        return place;
      },
    };
  }

  private readonly initialisers = new Map<object, { readonly type: CType; readonly run: () => Value } | undefined>();

  private initialiserOf(
    file: string,
    declaration: { readonly initStart: number; readonly initEnd: number },
    type: CType,
  ): { readonly type: CType; readonly run: () => Value } | undefined {
    if (this.initialisers.has(declaration)) return this.initialisers.get(declaration);
    this.initialisers.set(declaration, undefined);
    const scope = this.scope(file);
    const tokens = scope.tokens(file, declaration.initStart, declaration.initEnd);
    const context = { tokens, scope };
    const compiler = new Compiler(this, context, file, "");
    const code = initialOf(compiler, type, expandedInitialiser(tokens, scope), true);
    const converted = compiler.converting(type);
    const made = { type: code.type, run: () => converted(code.run(emptyFrame())) };
    this.initialisers.set(declaration, made);
    return made;
  }

  // ---- running ----

  goesOn(steps = 1): boolean {
    this.steps += steps;
    return !this.isOver && this.steps <= this.bounds.steps;
  }

  bound(file: string, context: Context, node: Span, reason: string): void {
    const isLast = this.steps > this.bounds.steps;
    this.noteAt(file, context, node, isLast ? this.tooLong() : reason, true);
    if (isLast) this.end();
  }

  private tooLong(): string {
    return `more steps than are followed (${this.bounds.steps})`;
  }

  /** From here on nothing runs. */
  end(): void {
    this.isOver = true;
    stopMeter();
  }

  /** Does what runs code, up to a bound; undefined past it. */
  bounded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.metHere(error);
      return undefined;
    }
  }

  met(error: unknown, file: string, context: Context, node: Span): void {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    this.noteAt(file, context, node, reason, true);
    if (error instanceof OutOfMemory) this.end();
  }

  /** The same where a call stands. */
  private metHere(error: unknown): Unknown {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    this.noteHere(reason, true);
    if (error instanceof OutOfMemory) this.end();
    return new Unknown(reason);
  }

  call(fn: Fn, values: readonly Value[], site: Site = nowhere): Value {
    if (this.isOver) return new Unknown("what comes after a bound");
    this.sites.push(site);
    try {
      if (fn.native !== undefined) return (fn.native as NativeFunction)(this, values, site);
      return this.callOwn(fn, values, site);
    } catch (error) {
      if (error instanceof Stop && error.through.length === 0) error.through = this.stack.map(({ name: each }) => each);
      return this.metHere(error);
    } finally {
      this.sites.pop();
    }
  }

  private callOwn(fn: Fn, values: readonly Value[], site: Site): Value {
    if (!this.goesOn()) {
      this.noteHere(this.tooLong(), true);
      this.end();
      return new Unknown(this.tooLong());
    }
    if (this.stack.length > this.bounds.depth) {
      const reason = `calls nested more than ${this.bounds.depth} deep`;
      this.noteHere(reason, true);
      return new Unknown(reason);
    }
    const code = this.compile(fn);
    if (code === undefined) return this.missing(fn.name, values, site);
    this.steps += code.steps;
    const variables = new Arr(undefined, code.size);
    const { items } = variables;
    code.parameters.forEach((type, k) => {
      const value = values[k] ?? 0;
      items[k] = value;
      if (isAggregate(type) && value instanceof Rec) {
        value.holder = variables;
        value.holderKey = k;
      }
    });
    const frame: Frame = { variables, rest: new Arguments(values.slice(code.parameters.length)), result: 0 };
    this.stack.push(code);
    try {
      code.body(frame);
      code.leave?.(frame);
    } finally {
      this.stack.pop();
    }
    return frame.result;
  }

  /** Calls a function of the tree by name, as seen from a file. */
  run(name: string, values: readonly Value[], file = ""): Value {
    const fn = this.function(name, file);
    return fn === undefined ? this.missing(name, values, nowhere) : this.call(fn, values);
  }

  missing(name: string, values: readonly Value[], _site: Site): Value {
    const made = this.generated(this, name, values);
    if (made !== undefined) return made;
    this.absent.set(name, (this.absent.get(name) ?? 0) + 1);
    return new Unknown(`what ${name}() gives`);
  }

  unknownCall(fn: Value, site: Site): Value {
    const reason = fn instanceof Unknown ? fn.reason : "a null pointer";
    this.noteAt(site.file, site.context, site.node, `a call through what is not known: ${reason}`);
    return new Unknown("what a call through an unknown pointer gives");
  }

  undecided(file: string, context: Context, condition: Expression, value: Value, whole: Statement | Expression): void {
    if (!decisive(this.project, file, whole)) return;
    const reason = value instanceof Unknown ? value.reason : "not known";
    this.noteAt(file, context, condition, reason);
  }

  /** A type that something makes an object of and that the tree does not have. */
  lackingType(name: string): void {
    this.noteHere(`an object of type ${name}, which the tree does not have`);
  }

  noteHere(reason: string, isBound = false): void {
    for (let k = this.sites.length - 1; k >= 0; k--) {
      const site = this.sites[k];
      if (site === undefined || site.file === "") continue;
      this.noteAt(site.file, site.context, site.node, reason, isBound);
      return;
    }
    this.note("", undefined, "", reason, isBound);
  }

  /** Sets an error where the caller takes one; ends the run where it does not. */
  fail(errp: Value, message: string): void {
    this.said = message;
    if (errp === 0) return;
    const symbol = errp instanceof Ptr && errp.holder instanceof Arr ? this.fatal.has(errp.holder) : false;
    if (symbol) throw new Stop(message);
    const error = new Rec();
    error.set(".msg", message);
    store(errp, error);
  }

  /** QEMU refuses what it is asked for. */
  refuse(message: string): void {
    throw new Stop(message);
  }

  enumerator(name: string): Value | undefined {
    const value = this.types.enumerator(name, this.scope(""));
    return value?.known === true ? Number(value.value) : undefined;
  }

  private readonly registering = new Map<string, boolean>();

  /** Whether a macro, used at top level, hands a function to the module system. */
  mayRegister(macro: string, file: string, use: { readonly start: number; readonly end: number }): boolean {
    let answer = this.registering.get(macro);
    if (answer === undefined) {
      answer = this.project
        .scope(file)
        .tokens(file, use.start, use.end)
        .some(({ text }) => text === "register_module_init");
      this.registering.set(macro, answer);
    }
    return answer;
  }

  private noteAt(file: string, context: Context, node: Span, reason: string, isBound = false): void {
    const first = context.tokens[node.start];
    const start = first?.use?.start ?? first?.start;
    const text = context.tokens
      .slice(node.start, Math.min(node.end, node.start + 24))
      .map((token, k) => (token.space && k > 0 ? ` ${token.text}` : token.text))
      .join("");
    this.note(first?.use?.file ?? first?.file ?? file, start, text, reason, isBound);
  }

  note(file: string, start: number | undefined, text: string, reason: string, isBound = false): void {
    if (this.isOver) return;
    const key = `${file}\n${start ?? -1}\n${isBound ? reason : ""}`;
    if (this.opens.has(key)) return;
    const through = this.stack.map(({ name }) => name);
    this.opens.set(key, { file, start: start ?? 0, text, reason, through, isBound });
  }

  /** ERRP_GUARD: what a function leaves in its own error goes to its caller's. */
  leaveGuard(guard: Value): void {
    if (!(guard instanceof Rec)) return;
    const local = guard.get("ErrorPropagator.local_err") ?? 0;
    const target = guard.get("@0") ?? guard.get("ErrorPropagator.errp") ?? 0;
    if (local === 0 || target === 0) return;
    this.run("error_propagate", [target, local]);
  }
}

/** Which bound an error is; undefined where it is none. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof OutOfMemory || error instanceof Exceeded) return error.message;
  // JavaScript's own stack
  return error instanceof RangeError ? "calls nested too deeply" : undefined;
}

const noScope = { tokens: [], scope: undefined as unknown as CScope };
const nowhere: Site = {
  file: "",
  context: noScope,
  node: { kind: "call", callee: { kind: "omitted", start: 0, end: 0 }, arguments: [], start: 0, end: 0 },
  types: [],
};

/** Without glib's attributes and definitions, whose macros are not in the tree. */
function plain(tokens: readonly Token[]): readonly Token[] {
  const isOutside = (text: string): boolean => text.startsWith("G_GNUC_") || text.startsWith("G_DEFINE_");
  if (!tokens.some(({ text }) => isOutside(text))) return tokens;
  const kept: Token[] = [];
  for (let k = 0; k < tokens.length; k++) {
    const token = tokens[k];
    if (token === undefined) break;
    if (!isOutside(token.text)) kept.push(token);
    else if (tokens[k + 1]?.text === "(") k = matching(tokens, k + 1, tokens.length);
  }
  return kept;
}

/** What functions from outside the tree give. */
function libraryResult(name: string, scope: CScope): CType | undefined {
  if (name.startsWith("g_strdup") || name.startsWith("g_strconcat") || name === "g_build_filename") {
    return pointerTo(scope, scalarType("char", "char"));
  }
  return undefined;
}

/** The scope with answers that are asked for again and again kept. */
function remembering(scope: CScope): CScope {
  const typedefs = new Map<string, ReturnType<CScope["typedef"]>>();
  const enums = new Map<string, ReturnType<CScope["enumOf"]>>();
  return {
    ...scope,
    typedef(name) {
      if (!typedefs.has(name)) typedefs.set(name, scope.typedef(name));
      return typedefs.get(name);
    },
    enumOf(name) {
      if (!enums.has(name)) enums.set(name, scope.enumOf(name));
      return enums.get(name);
    },
  };
}
