/**
 * A codec out of the tree of a put function: integers and buffers in the order in which it writes them. Conditions and
 * counts that the bytes do not give are open questions; an answer holds wherever the same expression comes again.
 */
import { type ByteReader, StreamFailure } from "../wire/framing/bytes";
import type { InfoCodec, InfoReading, WireDescription } from "../wire/values/schema";
import type { FieldValue, RecordMember } from "../wire/values/state";
import { nodesIn, type Node } from "../c/body/walk";
import { namesAsked } from "./asked";
import type { Expression } from "../c/syntax";
import { constants, evaluate, isWellKnown, type Leaves } from "./evaluate";
import type { SlotDescription, SlotName } from "../wire/values/owner";
import { type Loop, parameterNames, type Put, type PutFunction, type PutSource } from "./model";
import { parsePut } from "./parse";
import { bitsAt, canonical, canonicalName, deepestBinding, memberOf, placeOf, type Scope, snapshot } from "./scope";
import { rootName, spelled } from "./spelled";

const maximumRounds = 1 << 16;

export type NamedDescription = (symbol: string, file: string) => WireDescription | undefined;

interface Run {
  readonly reader: ByteReader;
  readonly io: InfoReading;
  readonly source: PutSource;
  readonly named: NamedDescription;
  readonly members: RecordMember[];
  /** The parameter that stands for what is saved. */
  readonly object: string | undefined;
  /** What expressions are worth, by their text. */
  readonly known: Map<string, bigint>;
  /** Rounds of counting loops, by Loop.key. */
  readonly counted: Map<string, bigint>;
  /** Counting loops whose variable has not been written yet: canonical variable -> Loop.key. */
  readonly counting: Map<string, string>;
  /** Names in expressions that decide something. */
  readonly asked: Set<string>;
  /** Break conditions of loops whose rounds are known. */
  readonly passed: Set<Put>;
  scopes: number;
}

type Flow = "next" | "break" | "return";

export function putCodec(
  name: string,
  fn: PutFunction,
  put: Put,
  source: PutSource,
  named: NamedDescription,
): InfoCodec {
  const descriptions = new Map<string, WireDescription>();
  return {
    name,
    read(reader, io) {
      const run: Run = {
        reader,
        io,
        source,
        named: (symbol, file) => {
          const found = named(symbol, file);
          if (found !== undefined) descriptions.set(found.symbol, found);
          return found;
        },
        members: [],
        object: parameterNames(fn)[1],
        known: new Map(),
        counted: new Map(),
        counting: new Map(),
        asked: new Set(namesAsked(put)),
        passed: new Set(),
        scopes: 0,
      };
      const scope = openScope(run, fn);
      const size = parameterNames(fn)[2];
      if (size !== undefined && io.size !== undefined) run.known.set(canonicalName(size, scope), BigInt(io.size));
      execute(put, run, scope);
      return { kind: "record", members: run.members };
    },
    write(writer, value, io) {
      if (value.kind !== "record") return `${name} needs a value of kind record, not ${value.kind}`;
      for (const member of value.members) {
        if (member.value.kind === "integer" && member.bytes !== undefined)
          writer.integer(member.bytes, member.value.value);
        else if (member.value.kind === "bytes") writer.put(member.value.value);
        else if (member.value.kind === "struct") {
          const { state } = member.value;
          const description = descriptions.get(state.symbol);
          if (description === undefined) return `no description ${state.symbol}`;
          io.save(description, member.value);
        } else return `${name}/${member.name} cannot be written from a value of kind ${member.value.kind}`;
      }
      return undefined;
    },
  };
}

function openScope(run: Run, fn: PutFunction): Scope {
  return { id: run.scopes++, fn, spend: () => run.io.spend(), variables: new Map(), rounds: new Map() };
}

function execute(put: Put, run: Run, scope: Scope): Flow {
  run.io.spend();
  switch (put.kind) {
    case "sequence":
      for (const [i, part] of put.parts.entries()) {
        const flow =
          part.kind === "loop" ? iterate(part, run, scope, endOf(part, put.parts[i + 1])) : execute(part, run, scope);
        if (flow !== "next") return flow;
      }
      return "next";
    case "integer":
      readInteger(put, run, scope);
      return "next";
    case "bytes": {
      if (put.size === undefined) throw new StreamFailure("a buffer without a size", run.reader.offset).notKnown();
      const size = need(put.size, run, scope);
      if (size < 0n || size > BigInt(run.reader.remaining)) {
        throw new StreamFailure(`${size} bytes for ${canonical(put.size, scope)}`, run.reader.offset, "EIO");
      }
      member(run, put.from, scope, { kind: "bytes", value: run.reader.raw(Number(size)) });
      return "next";
    }
    case "struct":
      readStruct(put, run, scope);
      return "next";
    case "if":
      if (run.passed.has(put)) return execute(put.otherwise, run, scope);
      return execute(holds(put, run, scope) ? put.then : put.otherwise, run, scope);
    case "either": {
      const arm = put.arms[run.io.choose({ what: put.what, count: put.arms.length })];
      const flow = arm === undefined ? "next" : execute(arm, run, scope);
      return flow === "break" ? "next" : flow;
    }
    case "pointer":
      return callPointer(put, run, scope);
    case "loop":
      return iterate(put, run, scope);
    case "assign":
      scope.variables.set(put.name, put.value === undefined ? undefined : { value: put.value, scope: snapshot(scope) });
      run.known.delete(`${put.name}#${scope.id}`);
      return "next";
    case "call":
      execute(put.body, run, entered(put.fn, put.args, run, scope));
      return "next";
    case "return":
    case "break":
      return put.kind;
    case "unknown":
      throw new StreamFailure(`cannot be read from the source: ${put.reason}`, run.reader.offset).notKnown();
  }
}

/** A call's scope: its parameters stand for what the caller gives. */
function entered(fn: PutFunction, args: readonly Expression[], run: Run, scope: Scope): Scope {
  const inner = openScope(run, fn);
  for (const [i, name] of parameterNames(fn).entries()) {
    const value = args[i];
    if (value !== undefined) inner.variables.set(name, { value, scope });
  }
  return inner;
}

function member(run: Run, of: Expression | undefined, scope: Scope, value: FieldValue, bytes?: 1 | 2 | 4 | 8): void {
  if (run.io.dry) return;
  const name = of === undefined ? "" : shownName(of, scope);
  run.members.push(bytes === undefined ? { name, value } : { name, value, bytes });
}

function readInteger(put: Extract<Put, { kind: "integer" }>, run: Run, scope: Scope): void {
  const { offset } = run.reader;
  const value = run.reader.integer(put.bytes, put.signed);
  const allowed = constantsOf(put, run, scope);
  if (allowed !== undefined && !allowed.some((each) => BigInt.asUintN(put.bytes * 8, each - value) === 0n)) {
    throw new StreamFailure(`${value} where only ${allowed.join(" or ")} is written`, offset);
  }
  if (put.value !== undefined && run.asked.has(lastName(put.value))) {
    const key = canonical(put.value, scope);
    run.known.set(key, value);
    const loop = run.counting.get(key);
    if (loop !== undefined) run.counted.set(loop, value);
  }
  const all = (1n << BigInt(put.bytes * 8)) - 1n;
  const worth = (node: Expression, within: Scope): bigint | undefined => evaluate(node, leaves(run, within, false));
  const learned = put.value && bitsAt(put.value, all, scope, run.object, worth);
  if (learned !== undefined) run.io.learn(learned.place, { value, mask: learned.mask });
  member(run, put.value, scope, { kind: "integer", value }, put.bytes);
}

/** `irq[0]` of `s->irq[i]` in the first round: without the variable that it is reached from. */
function shownName(node: Expression, { fn, rounds }: Scope): string {
  const whole = spelled(node, fn.text, (name) => rounds.get(name)?.toString());
  const root = rootName(node);
  if (root === undefined) return whole;
  const arrow = [`${root}->`, `${root}.`].find((start) => whole.startsWith(start));
  return arrow === undefined ? whole : whole.slice(arrow.length);
}

function lastName(node: Expression): string {
  for (let each: Expression | undefined = node; each !== undefined; ) {
    switch (each.kind) {
      case "identifier":
      case "member":
        return each.name;
      case "subscript":
        each = each.object;
        break;
      case "cast":
      case "unary":
      case "postfix":
        each = each.operand;
        break;
      case "call":
        each = each.arguments.at(-1) ?? each.callee;
        break;
      case "binary":
        each = each.right;
        break;
      default:
        return "";
    }
  }
  return "";
}

const literals = new WeakMap<Expression, bigint[] | undefined>();

function constantsOf({ value }: IntegerPut, run: Run, scope: Scope): bigint[] | undefined {
  if (value === undefined) return undefined;
  const known = literals.get(value);
  if (known !== undefined || literals.has(value)) return known;
  const allowed = constants(value, { leaf: (node) => literal(node, run, scope) });
  literals.set(value, allowed);
  return allowed;
}

/** Constants of the source; no variables. */
function literal(node: Expression, run: Run, scope: Scope): bigint | undefined {
  if (node.kind !== "identifier" || scope.variables.has(node.name) || scope.rounds.has(node.name)) return undefined;
  return constant(node, run, scope);
}

function constant({ start, end }: Expression, run: Run, { fn }: Scope): bigint | undefined {
  const value = run.source.evaluate(fn.text.slice(start, end), fn.file);
  return value === undefined ? undefined : BigInt(value);
}

function leaves(run: Run, scope: Scope, free: boolean, depth = 0): Leaves {
  return {
    leaf: (node) => {
      const text = canonical(node, scope);
      const known = run.known.get(text);
      if (known !== undefined) return known;
      if (node.kind === "identifier") {
        const round = scope.rounds.get(node.name);
        if (round !== undefined) return BigInt(round);
        const binding = scope.variables.get(node.name);
        if (binding !== undefined && depth < deepestBinding)
          return evaluate(binding.value, leaves(run, binding.scope, free, depth + 1));
      }
      const root = rootName(node);
      if (root === undefined || !scope.variables.has(root)) {
        const value = node.kind === "member" ? undefined : constant(node, run, scope);
        if (value !== undefined) return value;
      }
      if (root === undefined) return undefined;
      const fact = run.io.fact(text);
      if (fact !== undefined) return fact;
      if (node.kind === "call" && isWellKnown(root)) return undefined;
      const made = depth < deepestBinding ? expanded(node, run, scope) : undefined;
      if (made !== undefined) return evaluate(made.node, leaves(run, made.scope, free, depth + 1));
      const place = memberOf(node, scope, run.object);
      const configured = place && run.io.member(place.path, place.structName);
      if (configured !== undefined) return configured;
      if (!free) return undefined;
      const picked = BigInt(
        run.io.choose({ what: text, count: run.reader.remaining + 1, room: true, likely: run.io.likely(text) }),
      );
      run.known.set(text, picked);
      return picked;
    },
  };
}

/** What a macro makes of its arguments, which stand for what they do where it is called. */
function expanded(
  { kind, start, end }: Expression,
  run: Run,
  scope: Scope,
): { readonly node: Expression; readonly scope: Scope } | undefined {
  const { fn } = scope;
  const made = kind === "call" ? run.source.expanded(fn.text.slice(start, end), fn.file) : undefined;
  return made && { node: made.node, scope: { ...scope, fn: { ...fn, text: made.text } } };
}

function need(node: Expression, run: Run, scope: Scope): bigint {
  const known = evaluate(node, leaves(run, scope, false)) ?? evaluate(node, leaves(run, scope, true));
  if (known !== undefined) return known;
  return BigInt(run.io.choose({ what: canonical(node, scope), count: run.reader.remaining + 1, room: true }));
}

function holds(put: Extract<Put, { kind: "if" }>, run: Run, scope: Scope): boolean {
  const value = evaluate(put.condition, leaves(run, scope, false));
  if (value !== undefined) return value !== 0n;
  if (put.slot !== undefined) {
    const { slot } = put;
    const plain = run.io.owner?.slotValue?.(slot);
    if (plain !== undefined) return plain !== 0n;
    const owned = run.io.owner?.slotFunctions(slot) ?? run.io.owner?.slotDescriptions(slot);
    if (owned !== undefined) {
      const descriptions = run.io.owner?.slotDescriptions(slot) ?? [];
      return (run.io.owner?.slotFunctions(slot) ?? []).length + descriptions.length > 0;
    }
  }
  const { condition } = put;
  const negated = condition.kind === "unary" && condition.operator === "!";
  const key = `? ${canonical(negated ? condition.operand : condition, scope)}`;
  const before = run.known.get(key) ?? run.io.settled.get(key) ?? run.io.fact(key);
  const answer = before ?? (run.io.choose({ what: key, count: 2, answers: ["yes", "no"] }) === 0 ? 1n : 0n);
  (asksNoObject(condition) ? run.io.settled : run.known).set(key, answer);
  return negated ? answer === 0n : answer !== 0n;
}

/** Whether each name is that of a function without arguments: `target_long_bits() == 64` is the same for every object. */
function asksNoObject(condition: Expression): boolean {
  const called = new Set<Node>();
  for (const node of nodesIn(condition)) {
    if (node.kind === "call" && node.arguments.length === 0) called.add(node.callee);
    else if (node.kind === "member" || (node.kind === "identifier" && !called.has(node))) return false;
  }
  return true;
}

function readStruct(put: Extract<Put, { kind: "struct" }>, run: Run, scope: Scope): void {
  const symbol = put.description === undefined ? "" : spelled(put.description, scope.fn.text);
  const named = run.named(symbol, scope.fn.file) ?? slotDescription(put.slot, run);
  if (named === undefined)
    throw new StreamFailure(`no description ${symbol} in the source`, run.reader.offset).notKnown();
  const version = put.version && evaluate(put.version, leaves(run, scope, false));
  const place = put.object && placeOf(put.object, scope, run.object);
  const value = run.io.load(named, version === undefined ? named.versionId : Number(version), place);
  run.members.push({ name: named.name, value });
}

function slotDescription(slot: SlotName | undefined, run: Run): WireDescription | undefined {
  if (slot === undefined) return undefined;
  const candidates: readonly SlotDescription[] =
    run.io.owner?.slotDescriptions(slot) ?? run.source.slotDescriptions(slot);
  const picked = candidates[run.io.choose({ what: `->${slot.slot}`, count: Math.max(1, candidates.length) })];
  return picked && run.named(picked.symbol, picked.file);
}

function callPointer(put: Extract<Put, { kind: "pointer" }>, run: Run, scope: Scope): Flow {
  const { bus } = run.io;
  const all = run.io.owner?.slotFunctions(put.slot) ?? run.source.slotFunctions(put.slot);
  const near = bus === undefined ? [] : all.filter((each) => each.name.includes(bus));
  const candidates = [...near, ...all.filter((each) => !near.includes(each))];
  const key = `-> ${put.slot.structName}.${put.slot.slot}`;
  const before = run.known.get(key);
  const index =
    before === undefined ? run.io.choose({ what: key, count: Math.max(1, candidates.length) }) : Number(before);
  run.known.set(key, BigInt(index));
  const picked = candidates[index];
  const fn = picked && run.source.function(picked.name, picked.file);
  if (fn === undefined) {
    throw new StreamFailure(
      `nothing known is in ${put.slot.structName}.${put.slot.slot}`,
      run.reader.offset,
    ).notKnown();
  }
  const body = parsePut(fn, run.source);
  for (const name of namesAsked(body)) run.asked.add(name);
  execute(body, run, entered(fn, put.args, run, scope));
  return "next";
}

type IntegerPut = Extract<Put, { kind: "integer" }>;

/** The integer behind a loop whose rounds begin with one of the same size: only by its value a load can tell them apart. */
function endOf(loop: Loop, next: Put | undefined): IntegerPut | undefined {
  const first = firstWrite(loop.body);
  return next?.kind === "integer" && first?.kind === "integer" && first.bytes === next.bytes ? next : undefined;
}

function firstWrite(put: Put): Put | undefined {
  if (put.kind === "call") return firstWrite(put.body);
  if (put.kind !== "sequence") return put.kind === "assign" ? undefined : put;
  for (const part of put.parts) {
    const first = firstWrite(part);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Whether the next bytes are a constant that ends a loop; undefined where it has no such end. */
function isAtEnd(end: IntegerPut | undefined, run: Run, scope: Scope): boolean | undefined {
  const allowed = end && constantsOf(end, run, scope);
  if (end === undefined || allowed === undefined || run.reader.remaining < end.bytes) return undefined;
  let value = 0n;
  for (let i = 0; i < end.bytes; i++) value = (value << 8n) | BigInt(run.reader.peek(i) ?? 0);
  return allowed.some((each) => BigInt.asUintN(end.bytes * 8, each) === value);
}

function iterate(put: Loop, run: Run, scope: Scope, end?: IntegerPut): Flow {
  const { variable } = put;
  if (!put.writes) {
    for (const counter of put.counters) {
      scope.variables.set(counter, undefined);
      run.known.delete(`${counter}#${scope.id}`);
      run.counting.set(canonicalName(counter, scope), put.key);
    }
    if (variable !== undefined) {
      scope.rounds.delete(variable);
      scope.variables.set(variable, undefined);
      run.known.delete(`${variable}#${scope.id}`);
      run.counting.set(canonicalName(variable, scope), put.key);
    }
    return "next";
  }
  const counted = run.counted.get(put.key);
  const { stop } = put;
  const breaks = stop !== undefined;
  if (counted !== undefined && stop !== undefined) run.passed.add(stop);
  const written = put.count && evaluate(put.count, leaves(run, scope, false));
  const bounded = breaks ? counted : (counted ?? written ?? (put.count && need(put.count, run, scope)));
  const most = bounded ?? written ?? BigInt(maximumRounds);
  for (let round = 0; BigInt(round) < most; round++) {
    if (round >= maximumRounds) throw new StreamFailure("too many rounds of a loop", run.reader.offset).notKnown();
    if (bounded === undefined && !breaks) {
      const ends = isAtEnd(end, run, scope);
      const what = `another round of ${put.key}`;
      if (ends ?? run.io.choose({ what, count: 2, round }) === 0) break;
    }
    if (variable !== undefined) scope.rounds.set(variable, round);
    const flow = execute(put.body, run, scope);
    if (flow === "break") break;
    if (flow === "return") return flow;
  }
  if (variable !== undefined) {
    scope.rounds.delete(variable);
    scope.variables.set(variable, undefined);
    run.known.delete(`${variable}#${scope.id}`);
  }
  return "next";
}
