/** Functions by name, as a file sees them, and their compiled code. */
import { expandedFunction } from "../../c/body/expanded";
import { type CType, unknownType } from "../../c/ctype";
import { readDeclarations } from "../../c/declarator";
import { matching } from "../../c/initialiser";
import { pointerTo, scalarType } from "../../c/resolve";
import type { CScope } from "../../c/scope";
import type { Token } from "../../c/token";
import type { LocatedFunction, Project } from "../../project/project";
import type { CompiledFunction } from "./code";
import { Compiler } from "./compile";
import type { Host, Site } from "./host";
import { Fn } from "./values";

export class Functions {
  private readonly functions = new Map<string, Fn | null>();
  private readonly natives = new Map<string, Fn>();
  private readonly compiled = new Map<string, CompiledFunction | null>();
  private readonly byFunction = new Map<Fn, CompiledFunction | null>();
  private readonly heads = new Map<object, CType>();

  constructor(
    private readonly project: Project,
    private readonly host: Host,
    private readonly scope: (file: string) => CScope,
  ) {}

  /** How many have been compiled. */
  get count(): number {
    return this.compiled.size;
  }

  /** One that is done without the tree. */
  native(name: string): Fn {
    let fn = this.natives.get(name);
    if (fn === undefined) {
      fn = new Fn(name, undefined, true);
      this.natives.set(name, fn);
    }
    return fn;
  }

  /** `sites`: calls that are open, outermost first. */
  find(name: string, file: string, sites: readonly Site[]): Fn | undefined {
    const found = this.seenFrom(name, file);
    if (found !== undefined || file.endsWith(".c")) return found;
    // a header's function may call what the source around it sees
    for (let k = sites.length - 1; k >= 0; k--) {
      const source = sites[k]?.file ?? "";
      if (source.endsWith(".c")) return this.seenFrom(name, source);
    }
    return undefined;
  }

  isSteady(name: string, file: string): boolean {
    return file.endsWith(".c") || this.seenFrom(name, file) !== undefined;
  }

  /** Whether the source has a static function of that name itself. */
  isOwn(name: string, file: string): boolean {
    const found = file.endsWith(".c") ? this.project.function(name, file) : undefined;
    return found?.file === file && found.definition.isStatic;
  }

  /** Whether the file sees a function of that name that no macro makes. */
  isWritten(name: string, file: string): boolean {
    return this.project.function(name, file) !== undefined;
  }

  private seenFrom(name: string, file: string): Fn | undefined {
    const key = `${file}\n${name}`;
    const before = this.functions.get(key);
    if (before !== undefined) return before ?? undefined;
    const located = this.project.function(name, file) ?? this.made(name, file);
    let found: Fn | undefined;
    if (located !== undefined) {
      const own = `${located.file}\n${name}`;
      found = this.functions.get(own) ?? undefined;
      if (found === undefined) {
        found = new Fn(name, located);
        this.functions.set(own, found);
      }
    }
    this.functions.set(key, found ?? null);
    return found;
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
    let code = this.byFunction.get(fn);
    if (code === undefined) {
      code = this.compiledAt(fn) ?? null;
      this.byFunction.set(fn, code);
    }
    return code ?? undefined;
  }

  private compiledAt(fn: Fn): CompiledFunction | undefined {
    const { located, name } = fn;
    if (located === undefined) return undefined;
    const key = `${located.file}\n${located.definition.start}\n${name}`;
    const before = this.compiled.get(key);
    if (before !== undefined) return before ?? undefined;
    const scope = this.scope(located.file);
    const { start, nameStart, bodyEnd } = located.definition;
    const tokens = (from: number, to: number): readonly Token[] => scope.tokens(located.file, from, to);
    const nameEnd = nameStart + name.length;
    // a macro of the same name stands for the function in other builds
    const read =
      expandedFunction(plain(tokens(start, bodyEnd)), scope, name) ??
      expandedFunction(
        plain([...tokens(start, nameStart), ...tokens(nameStart, nameEnd), ...tokens(nameEnd, bodyEnd)]),
        scope,
        name,
      );
    const made =
      read === undefined ? undefined : new Compiler(this.host, read.context, located.file, name).function(read, name);
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

  private headResult({ file, definition }: LocatedFunction): CType {
    let type = this.heads.get(definition);
    if (type === undefined) {
      const scope = this.scope(file);
      const context = { tokens: plain(scope.tokens(file, definition.start, definition.parametersEnd + 1)), scope };
      const syntax = readDeclarations(context, 0, context.tokens.length)[0]?.declarators[0];
      const own = syntax === undefined ? unknownType("a result") : this.host.types.resolve(syntax.type, context);
      type = own.kind === "function" ? own.result() : unknownType("a result");
      this.heads.set(definition, type);
    }
    return type;
  }
}

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
