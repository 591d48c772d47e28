/**
 * The tree's functions and variables as code that is ready to run. It is the same for all boards of a tree, so each function is
 * compiled once; what variables hold belongs to the run that asks.
 */
import type { CType, CTypes, RecordType } from "../../c/ctype";
import { parseTypeOrExpression } from "../../c/expression";
import { isTest } from "../../c/paths";
import type { CScope } from "../../c/scope";
import type { Context, Expression, Span, Statement, TypeSyntax } from "../../c/syntax";
import { storeOf } from "../../project/cache";
import type { Project } from "../../project/project";
import { structureStamp } from "../../project/stamps";
import { apart, createUses, noteOpen, within } from "../../project/uses";
import { type CompiledFunction, intType } from "./code";
import { completer } from "./definitions";
import { Functions } from "./functions";
import { Globals } from "./globals";
import { type Global, type Host, type Run, type Site, variableOf } from "./host";
import { keptScopes } from "./scopes";
import type { Fn, Value } from "./values";

export class Program implements Host {
  readonly types: CTypes;
  readonly scope: (file: string) => CScope;
  readonly completed: (record: RecordType) => RecordType;
  readonly errorNumber: Global = { type: intType, place: variableOf(this, intType, () => 0) };
  private readonly functions: Functions;
  private readonly globals: Globals;
  private current: Run | undefined;
  private variables = 0;
  private begun = 0;
  /** What any run has read so far. */
  private readonly uses = createUses();
  private readonly structure: object;
  private revision: number;

  constructor(readonly project: Project) {
    // names are found in files that have been read, and set-up code calls into folders that have no devices
    for (const path of project.paths()) if (path.endsWith(".c") && !isTest(path)) project.facts(path);
    this.revision = project.revision;
    this.structure = structureStamp(project);
    this.types = project.ctypes();
    this.scope = keptScopes(project);
    this.completed = completer(project, this.types, this.scope);
    this.functions = new Functions(project, this, this.scope);
    this.globals = new Globals(project, this, this.scope, this.functions);
  }

  /** How many functions have been compiled. */
  get compiled(): number {
    return this.functions.count;
  }

  /** How many runs have begun. */
  get runs(): number {
    return this.begun;
  }

  begin(): void {
    this.begun++;
  }

  /** Whether all that was read is as it was. */
  holds(): boolean {
    const { project } = this;
    if (project.revision === this.revision) return true;
    if (structureStamp(project) !== this.structure || !project.keeps(this.revision, this.uses.files)) return false;
    this.revision = project.revision;
    return true;
  }

  /** Notes what `work` reads of the tree. */
  reading<T>(work: () => T): T {
    return within(this.uses, work);
  }

  /** Whose run it is from here on. */
  enter(run: Run): void {
    this.current = run;
  }

  get run(): Run {
    if (this.current === undefined) throw new Error("code runs without a run");
    return this.current;
  }

  nextVariable(): number {
    return this.variables++;
  }

  function(name: string, file: string): Fn | undefined {
    return this.isNative(name, file) ? this.functions.native(name) : this.functions.find(name, file, this.run.sites);
  }

  isSteady(name: string, file: string): boolean {
    return this.isNative(name, file) || this.functions.isSteady(name, file);
  }

  private isNative(name: string, file: string): boolean {
    return this.run.isNative(name) && !(this.run.isOfLibrary(name) && this.functions.isOwn(name, file));
  }

  compile(fn: Fn): CompiledFunction | undefined {
    return this.functions.compile(fn);
  }

  resultOf(name: string, file: string): CType {
    return this.functions.resultOf(name, file);
  }

  operandOf(context: Context, span: Span): { readonly type: TypeSyntax } | { readonly expression: Expression } {
    return parseTypeOrExpression(context, span.start, span.end);
  }

  global(name: string, file: string): Global | undefined {
    return this.globals.find(name, file);
  }

  goesOn(steps?: number): boolean {
    return this.run.goesOn(steps);
  }

  bound(file: string, context: Context, node: Span, reason: string): void {
    this.run.bound(file, context, node, reason);
  }

  met(error: unknown, file: string, context: Context, node: Span): void {
    this.run.met(error, file, context, node);
  }

  call(fn: Fn, values: readonly Value[], site?: Site): Value {
    return this.run.call(fn, values, site);
  }

  missing(name: string, values: readonly Value[], site: Site): Value {
    return this.run.missing(name, values, site);
  }

  unknownCall(fn: Value, site: Site): Value {
    return this.run.unknownCall(fn, site);
  }

  asserted(run: () => void): void {
    this.run.asserted(run);
  }

  undecided(file: string, context: Context, condition: Expression, value: Value, whole: Statement | Expression): void {
    this.run.undecided(file, context, condition, value, whole);
  }

  leaveGuard(guard: Value): void {
    this.run.leaveGuard(guard);
  }
}

const kept = storeOf<{ program: Program | undefined }>(() => ({ program: undefined }));

/** The same until an edit reaches something that it has read. */
export function programOf(project: Project): Program {
  noteOpen();
  const store = kept(project);
  if (store.program?.holds() !== true) store.program = apart(() => new Program(project));
  return store.program;
}
