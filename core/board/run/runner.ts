/**
 * Runs QEMU's own set-up code: functions of the tree on values. What the C library, glib and QEMU's object model do is
 * done here (./library); all else is what the tree says. What cannot be decided is noted with its place.
 */
import { accessesIn } from "../../c/body/accesses";
import type { CType, CTypes } from "../../c/ctype";
import type { CScope } from "../../c/scope";
import type { Context, Expression, Span, Statement } from "../../c/syntax";
import type { Project } from "../../project/project";
import { type CompiledFunction, emptyFrame } from "./code";
import { complains, decisive } from "./decisive";
import type { Frame, Global, Return, Run, Site } from "./host";
import { forget } from "./forget";
import { fresh, isAggregate, store } from "./memory";
import { Exceeded, OutOfMemory, startMeter, stopMeter } from "./meter";
import { Notes, type Open } from "./notes";
import { type Program, programOf } from "./program";
import { Arguments, Arr, type Fn, Ptr, Rec, Unknown, Unread, type Value, Variables } from "./values";

export type NativeFunction = (runner: Runner, values: readonly Value[], site: Site) => Value;

/** QEMU would end here, with that message. */
export class Stop extends Error {
  /** Calls that led there, outermost first. */
  through: readonly string[] = [];
}

/** What code does that may not be guessed hangs on what is not known. */
export class Undecided extends Error {
  /** Where in the function that was called first; undefined: not known. */
  at: { readonly file: string; readonly start: number } | undefined;
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

export class Runner implements Run {
  readonly types: CTypes;
  readonly scope: (file: string) => CScope;
  /** Functions that were called and are nowhere, with how often. */
  readonly absent = new Map<string, number>();
  readonly stack: CompiledFunction[] = [];
  readonly sites: Site[] = [];
  steps = 0;
  /** Members that code under a condition that is not known may set. */
  readonly doubtful = new Set<string>();
  /** The last error that was told: one that who asked for it keeps to itself is none. */
  said: string | undefined;
  /** What variables hold that are not constant, where no set-up code has run. */
  unset: Unknown | undefined;
  /** Where the last call from outside was left. */
  leftAt: { readonly file: string; readonly start: number } | undefined;
  private stepsAfterwards = 0;
  private isOver = false;
  /** Nothing is noted: what is not known ends the run. */
  private isStrict = false;
  /** Assertions that are being asked. */
  private assertions = 0;
  private readonly notes = new Notes(this.stack, this.sites);
  private readonly program: Program;
  /** Of variables, by their numbers. */
  private readonly places: (Ptr | undefined)[] = [];

  constructor(
    readonly project: Project,
    private readonly natives: ReadonlyMap<string, NativeFunction>,
    /** Those of them that the C library, glib and libfdt have. */
    private readonly ofLibraries: ReadonlySet<string>,
    /** What a function gives that QEMU's build makes, or a library. */
    private readonly generated: (runner: Runner, name: string, values: readonly Value[]) => Value | undefined,
    private readonly bounds: Bounds = usual,
  ) {
    startMeter(bounds.bytes);
    this.program = programOf(project);
    this.program.begin();
    this.types = this.program.types;
    this.scope = this.program.scope;
  }

  get opens(): readonly Open[] {
    return [...this.notes.opens.values()];
  }

  // ---- what names mean ----

  isNative(name: string): boolean {
    return this.natives.has(name);
  }

  isOfLibrary(name: string): boolean {
    return this.ofLibraries.has(name);
  }

  function(name: string, file: string): Fn | undefined {
    return this.entered().function(name, file);
  }

  compile(fn: Fn): CompiledFunction | undefined {
    return this.entered().compile(fn);
  }

  global(name: string, file: string): Global | undefined {
    return this.entered().global(name, file);
  }

  private entered(): Program {
    this.program.enter(this);
    return this.program;
  }

  placeOf(variable: number, type: CType, begin: () => Value, isConstant: boolean): Ptr {
    const known = this.places[variable];
    if (known !== undefined) return known;
    const home = new Variables(1);
    const place = new Ptr(home, 0, type);
    this.places[variable] = place;
    // what it begins with may name it
    if (isAggregate(type)) home.items[0] = fresh(type);
    const { unset } = this;
    if (unset === undefined || isConstant) home.items[0] = begin();
    else home.items[0] = isAggregate(type) ? unwritten(type, unset, home) : unset;
    return place;
  }

  // ---- running ----

  goesOn(steps = 1): boolean {
    this.steps += steps;
    return !this.isOver && this.steps <= this.bounds.steps;
  }

  bound(file: string, context: Context, node: Span, reason: string): void {
    const isLast = this.steps > this.bounds.steps;
    const why = isLast ? this.tooLong() : reason;
    this.strictly(why);
    this.notes.at(file, context, node, why, true);
    if (isLast) this.end();
  }

  private tooLong(): string {
    return `more steps than are followed (${this.bounds.steps})`;
  }

  /** From here on nothing runs. */
  end(): void {
    this.isOver = true;
    this.notes.close();
    stopMeter();
  }

  /**
   * Runs code on what the run has left, within bounds that it shares with all that is run so. Throws Undecided where what it does is not
   * known, and Stop where it ends QEMU. Not strict: goes on with what is not known as set-up code does.
   */
  afterwards<T>(work: () => T, isStrict = true): T {
    startMeter(this.bounds.bytes);
    this.steps = this.stepsAfterwards;
    this.isOver = false;
    this.isStrict = isStrict;
    try {
      return work();
    } finally {
      this.stepsAfterwards = this.steps;
      this.isStrict = false;
      this.end();
    }
  }

  private strictly(reason: string, file = "", context: Context = noScope, node: Span | undefined = undefined): void {
    if (!this.isStrict) return;
    const error = new Undecided(reason);
    // the outermost call that code makes
    const site = this.sites.find((each) => each.file !== "") ?? { file, context, node };
    error.at = site.node && startOf({ ...site, node: site.node });
    throw error;
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
    this.strictly(reason);
    this.notes.at(file, context, node, reason, true);
    if (error instanceof OutOfMemory) this.end();
  }

  /** The same where a call stands. */
  private metHere(error: unknown): Unknown {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    this.strictly(reason);
    this.notes.here(reason, true);
    if (error instanceof OutOfMemory) this.end();
    return new Unknown(reason);
  }

  call(fn: Fn, values: readonly Value[], site: Site = nowhere): Value {
    if (this.isOver) return new Unknown("what comes after a bound");
    this.program.enter(this);
    this.sites.push(site);
    try {
      if (!fn.isNative) return this.callOwn(fn, values, site);
      const native = this.natives.get(fn.name);
      return native === undefined ? this.missing(fn.name, values, site) : native(this, values, site);
    } catch (error) {
      if (error instanceof Stop && error.through.length === 0) error.through = this.stack.map(({ name: each }) => each);
      return this.metHere(error);
    } finally {
      this.sites.pop();
    }
  }

  private callOwn(fn: Fn, values: readonly Value[], site: Site): Value {
    if (!this.goesOn()) {
      this.strictly(this.tooLong());
      this.notes.here(this.tooLong(), true);
      this.end();
      return new Unknown(this.tooLong());
    }
    if (this.stack.length > this.bounds.depth) {
      const reason = `calls nested more than ${this.bounds.depth} deep`;
      this.strictly(reason);
      this.notes.here(reason, true);
      return new Unknown(reason);
    }
    const code = this.compile(fn);
    if (code === undefined) return this.missing(fn.name, values, site);
    this.steps += code.steps;
    const variables = new Variables(code.size);
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
    if (this.stack.length === 0) this.leftAt = frame.left && startOf(frame.left);
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
    if (this.unset !== undefined) this.strictly(`what ${name}() does`);
    this.absent.set(name, (this.absent.get(name) ?? 0) + 1);
    for (const value of values) leave(value, name);
    store(this.entered().errorNumber.place(emptyFrame()), new Unknown(`what ${name}() leaves`));
    return new Unknown(`what ${name}() gives`);
  }

  unknownCall(fn: Value, site: Site): Value {
    const reason = fn instanceof Unknown ? fn.reason : "a null pointer";
    this.strictly(`a call through ${reason}`);
    this.notes.at(site.file, site.context, site.node, `a call through what is not known: ${reason}`);
    return new Unknown("what a call through an unknown pointer gives");
  }

  asserted(run: () => void): void {
    this.assertions++;
    try {
      run();
    } finally {
      this.assertions--;
    }
  }

  undecided(file: string, context: Context, condition: Expression, value: Value, whole: Statement | Expression): void {
    const reason = value instanceof Unknown ? value.reason : "not known";
    if (this.assertions === 0) this.strictly(reason, file, context, condition);
    if (value instanceof Unread && complains(whole)) this.hasTakenUnreadForGood = true;
    for (const { place, kind } of accessesIn(whole))
      if (kind !== "read" && place.kind === "member") this.doubtful.add(place.name);
    if (this.assertions > 0 || !decisive(this.project, file, whole)) return;
    this.notes.at(file, context, condition, reason);
  }

  /** A type that something makes an object of and that the tree does not have. */
  lackingType(name: string): void {
    this.noteHere(`an object of type ${name}, which the tree does not have`);
  }

  noteHere(reason: string, isBound = false): void {
    this.notes.here(reason, isBound);
  }

  note(file: string, start: number | undefined, text: string, reason: string): void {
    this.notes.add(file, start, text, reason);
  }

  /** Sets an error where the caller takes one; ends the run where it does not. */
  fail(errp: Value, message: string): void {
    if (errp === 0) return;
    const isFatal = ["error_fatal", "error_abort"].some(
      (name) => errp instanceof Ptr && this.global(name, "")?.place(emptyFrame()).holder === errp.holder,
    );
    if (isFatal) {
      this.ends(message);
      return;
    }
    const error = new Rec();
    error.set(".msg", message);
    store(errp, error);
  }

  /** Behind what was not followed an end of QEMU may be none: it is noted, and what would come behind it is followed. */
  isOpenEnded = false;

  /** Whether code went on as if what nobody has read were as it has to be: it may have gone on with less than that holds. */
  private hasTakenUnreadForGood = false;

  /** QEMU ends here. */
  ends(message: string): void {
    const isCertain = this.notes.opens.size === 0 && !this.hasTakenUnreadForGood;
    if (!this.isOpenEnded || this.isStrict || isCertain) throw new Stop(message);
    this.notes.here(`ends QEMU: ${message}`);
  }

  /** QEMU refuses what it is asked for. */
  refuse(message: string): void {
    throw new Stop(message);
  }

  enumerator(name: string): Value | undefined {
    const value = this.types.enumerator(name, this.scope(""));
    return value?.known === true ? Number(value.value) : undefined;
  }

  /** ERRP_GUARD: what a function leaves in its own error goes to its caller's. */
  leaveGuard(guard: Value): void {
    if (!(guard instanceof Rec)) return;
    // `local_err` is the first member
    const local = guard.get("@0") ?? 0;
    const target = guard.get("ErrorPropagator.errp") ?? 0;
    if (local === 0 || target === 0) return;
    this.run("error_propagate", [target, local]);
  }
}

/** A number of the caller whose address a function has that is nowhere, and memory that nothing has been put into. */
function leave(value: Value, name: string): void {
  const left = new Unread(`what ${name}() leaves`);
  if (value instanceof Arr && !(value.holder instanceof Rec) && value.text === undefined && value.items.length === 0)
    forget(value, undefined, left);
  if (value instanceof Rec && isEmpty(value)) {
    value.cells.clear();
    forget(value, undefined, left);
  }
  if (!(value instanceof Ptr) || !(value.holder instanceof Variables)) return;
  const held = value.holder.get(Number(value.key)) ?? 0;
  if (typeof held === "number" || typeof held === "bigint") store(value, left);
}

/** Nothing has been put into it, but for zeros where it is no part of another. */
function isEmpty({ attached, cells, holder }: Rec): boolean {
  if (attached !== undefined) return false;
  const isAlone = holder === undefined || holder instanceof Variables;
  return cells.size === 0 || (isAlone && [...cells.values()].every((each) => each === 0));
}

function startOf({ file, context, node }: Return): { readonly file: string; readonly start: number } | undefined {
  const first = context.tokens[node.start];
  const start = first?.use?.start ?? first?.start;
  return start === undefined ? undefined : { file: first?.use?.file ?? first?.file ?? file, start };
}

function unwritten(type: CType, value: Unknown, holder: Variables): Value {
  const made = fresh(type);
  if (!(made instanceof Rec || made instanceof Arr)) return value;
  made.unwritten = value;
  made.holder = holder;
  made.holderKey = 0;
  return made;
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
