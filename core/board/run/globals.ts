/** Variables of the tree, and what they begin with. */
import { expandedInitialiser, expandedVariable } from "../../c/body/expanded";
import { type CType, unknownType } from "../../c/ctype";
import { readDeclarations } from "../../c/declarator";
import type { CScope } from "../../c/scope";
import type { Span } from "../../c/syntax";
import { namesIn } from "../../c/words";
import type { Project } from "../../project/project";
import { emptyFrame } from "./code";
import { Compiler } from "./compile";
import type { Functions } from "./functions";
import { type Global, type Host, variableOf } from "./host";
import { initialOf } from "./initialisers";
import { fresh, isAggregate } from "./memory";
import { Arr, Rec, type Value } from "./values";

export class Globals {
  private readonly globals = new Map<string, Global | null>();
  private readonly beside = new Map<string, ReadonlyMap<string, readonly Span[]>>();
  private readonly initialisers = new Map<object, { readonly type: CType; readonly run: () => Value } | undefined>();

  constructor(
    private readonly project: Project,
    private readonly host: Host,
    private readonly scope: (file: string) => CScope,
    private readonly functions: Functions,
  ) {}

  find(name: string, file: string): Global | undefined {
    const key = `${file}\n${name}`;
    const before = this.globals.get(key);
    if (before !== undefined) return before ?? undefined;
    this.globals.set(key, null);
    const found = this.project.global(name, file);
    if (found === undefined) {
      const made = this.besideOthers(name, file) ?? this.madeGlobal(name, file);
      if (made !== undefined) this.globals.set(key, made);
      return made;
    }
    const own = `${found.file}\n${found.declaration.start}\n${name}`;
    let global = this.globals.get(own) ?? undefined;
    if (global === undefined) {
      global = this.readGlobal(name, found.file, found.declaration);
      this.globals.set(own, global);
    }
    // a function whose result's struct is written out in its declaration
    if (global.type.kind === "function") return undefined;
    this.globals.set(key, global);
    return global;
  }

  /** A variable that a macro at top level makes. */
  private madeGlobal(name: string, file: string): Global | undefined {
    // most names are those of functions, and to look for what macros make takes long
    if (this.functions.isWritten(name, file)) return undefined;
    const made = this.project.madeFunction(name, file);
    if (made === undefined) return undefined;
    const own = `${made.file}\n${made.invocation.start}\n${name}`;
    const before = this.globals.get(own);
    if (before !== undefined) return before ?? undefined;
    const scope = this.scope(made.file);
    const context = { tokens: scope.tokens(made.file, made.invocation.start, made.invocation.end), scope };
    const variable = expandedVariable(context, name);
    if (variable === undefined) return undefined;
    const declared = this.host.types.resolve(variable.type, context);
    const compiler = new Compiler(this.host, context, made.file, "");
    const code = initialOf(compiler, declared, variable.value, true);
    const place = variableOf(this.host, code.type, () => code.run(emptyFrame()));
    const global: Global = { type: code.type, place };
    this.globals.set(own, global);
    return global;
  }

  /** A variable without a value behind others in one declaration, or declared by a macro: `static Info a, b;`, `BITMAP(name, 8);`. */
  private besideOthers(name: string, file: string): Global | undefined {
    let spans = this.beside.get(file);
    if (spans === undefined) {
      spans = this.namedBeside(file);
      this.beside.set(file, spans);
    }
    for (const { start, end } of spans.get(name) ?? []) {
      const global = this.readGlobal(name, file, { start, end, initStart: end, initEnd: end, typeName: "" });
      if (global.type.kind !== "function" && global.type.kind !== "unknown") return global;
    }
    return undefined;
  }

  /** Declarations of a file that are no variable's own, by the names in them. */
  private namedBeside(file: string): ReadonlyMap<string, readonly Span[]> {
    const found = new Map<string, Span[]>();
    const text = this.project.text(file) ?? "";
    for (const { kind, start, end } of this.project.facts(file)?.declarations ?? []) {
      if ((kind !== "prototype" && kind !== "invocation") || text.startsWith("extern", start)) continue;
      for (const name of new Set(namesIn(text, start, end))) {
        const spans = found.get(name);
        if (spans === undefined) found.set(name, [{ start, end }]);
        else spans.push({ start, end });
      }
    }
    return found;
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
      type = this.host.types.resolve(declarator.type, head);
      break;
    }
    const symbol = { file, name, typeName: declaration.typeName };
    const isTable = declaration.typeName === "VMStateDescription";
    const hasValue = declaration.initEnd > declaration.initStart && !isTable;
    if (hasValue && type.kind === "array" && type.length === undefined) {
      const made = this.initialiserOf(file, declaration, type);
      if (made !== undefined) type = made.type;
    }
    const begin = (): Value => {
      const value = hasValue
        ? (this.initialiserOf(file, declaration, type)?.run() ?? 0)
        : isAggregate(type)
          ? fresh(type)
          : 0;
      if (value instanceof Rec || value instanceof Arr) value.symbol = symbol;
      return value;
    };
    // a pointer to what is constant may lead elsewhere later
    const isConstant = type.kind !== "pointer" && head.tokens.some(({ text }) => text === "const");
    return { type, place: variableOf(this.host, type, begin, isConstant) };
  }

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
    const compiler = new Compiler(this.host, context, file, "");
    const code = initialOf(compiler, type, expandedInitialiser(tokens, scope), true);
    const converted = compiler.converting(type);
    const made = { type: code.type, run: () => converted(code.run(emptyFrame())) };
    this.initialisers.set(declaration, made);
    return made;
  }
}
