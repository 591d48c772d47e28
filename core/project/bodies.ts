/** Trees of functions, made when somebody asks. */
import { blanksAfter } from "../c/body";
import { type BodyCall, callsOf } from "../c/body/calls";
import type { Interval } from "../c/body/interval";
import { localsOf } from "../c/body/locals";
import { type Body, type FunctionSpan, parseBody } from "../c/body/parse";
import { type RangeFacts, type RangeVisitor, walkRanges } from "../c/body/ranges";
import { State } from "../c/body/state";
import { Values } from "../c/body/values";
import { type BodyTypes, bodyTypes } from "../c/body/types";
import type { CTypes } from "../c/ctype";
import type { FunctionDefinition, MacroDefinition } from "../c/facts";
import { isHostType } from "../c/hosttypes";
import { leavesHow } from "../c/body/leaves";
import type { Call, Expression } from "../c/syntax";
import { behindBracket, nameSpans } from "../c/words";
import { cachedByRevision, storeOf } from "./cache";
import type { LocatedFunction, Project } from "./project";

/** Text of functions whose trees are kept, in code units: a tree takes some twenty times as much memory. */
const keptText = 400_000;

interface Store {
  /** Those asked for since the last exchange, and those before. */
  recent: Map<FunctionDefinition, Body>;
  older: Map<FunctionDefinition, Body>;
  size: number;
}

const stores = storeOf<Store>(() => ({ recent: new Map(), older: new Map(), size: 0 }));

/** The function's tree. It goes with its text: an edit of the file makes another definition. */
export function bodyOf(project: Project, { file, definition }: LocatedFunction): Body {
  const store = stores(project);
  const before = store.recent.get(definition) ?? store.older.get(definition);
  if (before !== undefined && store.recent.has(definition)) return before;
  const body = before ?? parse(project, file, definition);
  store.recent.set(definition, body);
  store.size += definition.bodyEnd - definition.bodyStart;
  if (store.size > keptText / 2) {
    store.older = store.recent;
    store.recent = new Map();
    store.size = 0;
  }
  return body;
}

function parse(project: Project, file: string, span: FunctionSpan): Body {
  const scope = project.scope(file);
  const isType = (name: string): boolean => isHostType(name) || scope.typedef(name) !== undefined;
  return parseBody(project.text(file) ?? "", file, span, isType);
}

/** What a function-like macro of the file stands for, read as statements. Its parameters are names like others. */
export function macroBody(project: Project, file: string, { bodyStart, bodyEnd }: MacroDefinition): Body {
  return parse(project, file, { bodyStart, bodyEnd, parametersStart: bodyStart, parametersEnd: bodyStart });
}

/** The function of the file in whose body the offset is. */
export function functionAround(project: Project, file: string, offset: number): LocatedFunction | undefined {
  const definition = project
    .facts(file)
    ?.declarations.find((each) => each.kind === "function" && each.bodyStart <= offset && offset < each.bodyEnd);
  return definition?.kind === "function" ? { file, definition } : undefined;
}

/** The functions of the file that have something in their text: of the others a tree need not be made. */
export function functionsWith(
  project: Project,
  file: string,
  word: string,
  isWanted = (text: string): boolean => text.includes(word),
): readonly LocatedFunction[] {
  const text = project.text(file) ?? "";
  if (!text.includes(word) || !isWanted(text)) return [];
  return (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "function" && isWanted(text.slice(each.bodyStart, each.bodyEnd)) ? { file, definition: each } : [],
  );
}

/** No call is longer, and text that is made to be slow is not read again from each of its names. */
const longestCall = 4000;

/** The calls in a file's functions of those whose name starts so, each read by itself: for who asks of nothing around them. */
export function callsStarting(project: Project, file: string, start: string): readonly BodyCall[] {
  const text = project.text(file) ?? "";
  const found: BodyCall[] = [];
  for (const { definition } of functionsWith(project, file, start)) {
    for (const [from, to] of nameSpans(text, definition.bodyStart, definition.bodyEnd)) {
      if (!text.startsWith(start, from)) continue;
      const open = blanksAfter(text, to, definition.bodyEnd);
      if (text[open] !== "(") continue;
      const bodyEnd = behindBracket(text, open, Math.min(definition.bodyEnd, open + longestCall));
      const span = { bodyStart: from, bodyEnd, parametersStart: from, parametersEnd: from };
      const [call] = callsOf(parse(project, file, span));
      if (call !== undefined) found.push(call);
    }
  }
  return found;
}

interface KnownTypes {
  readonly ctypes: CTypes;
  readonly made: BodyTypes;
}

const knownTypes = new WeakMap<Body, KnownTypes>();

/** Types and constants inside the function, as its file sees them. Outdated by the next update, as `ctypes` is. */
export function typesIn(project: Project, fn: LocatedFunction): BodyTypes {
  const body = bodyOf(project, fn);
  const ctypes = project.ctypes();
  const before = knownTypes.get(body);
  if (before?.ctypes === ctypes) return before.made;
  const made = bodyTypes(body, ctypes, project.scope(fn.file));
  knownTypes.set(body, { ctypes, made });
  return made;
}

const endless = cachedByRevision(() => new Map<FunctionDefinition, boolean>(), "own");

/** Whether the function ends in abort() or exit(), and returns nowhere. */
function neverReturns(project: Project, name: string, file: string): boolean {
  const fn = project.function(name, file);
  if (fn === undefined) return false;
  const known = endless(project);
  const before = known.get(fn.definition);
  if (before !== undefined) return before;
  // what says no needs no tree
  const text = project.text(fn.file)?.slice(fn.definition.bodyStart, fn.definition.bodyEnd) ?? "";
  const mayEnd = !text.includes("return") && (text.includes("abort") || text.includes("exit"));
  const found = mayEnd && leavesHow(bodyOf(project, fn).block) === "failed";
  known.set(fn.definition, found);
  return found;
}

/** What a walk is asked about; see RangeFacts. */
export interface RangeQuestion {
  seed(place: Expression, types: BodyTypes): Interval | undefined;
  readonly given?: RangeFacts["given"];
  readonly learnt?: RangeFacts["learnt"];
  /** Names of the functions that `learnt` has an answer for. */
  readonly helpers?: readonly string[];
  readonly matters?: RangeFacts["matters"];
  readonly isQuick?: RangeFacts["isQuick"];
  readonly isSent?: RangeFacts["isSent"];
}

/** All that an expression may come to by the types and numbers in it, whatever the function does before. */
export function widestRange(project: Project, fn: LocatedFunction, expression: Expression): Interval {
  const body = bodyOf(project, fn);
  const facts = {
    locals: localsOf(body),
    types: typesIn(project, fn),
    ctypes: project.ctypes(),
    seed: () => undefined,
  };
  return new Values(facts).of(expression, State.empty());
}

/** Walks the function with the ranges of its values. */
export function rangesIn(
  project: Project,
  fn: LocatedFunction,
  { seed, given, learnt, matters, isQuick, isSent }: RangeQuestion,
  visitor: RangeVisitor,
): void {
  const body = bodyOf(project, fn);
  const types = typesIn(project, fn);
  const facts = {
    locals: localsOf(body),
    types,
    ctypes: project.ctypes(),
    seed: (place: Expression) => seed(place, types),
    ends: ({ callee }: Call) => callee.kind === "identifier" && neverReturns(project, callee.name, fn.file),
    ...(given === undefined ? {} : { given }),
    ...(learnt === undefined ? {} : { learnt }),
    matters,
    isQuick,
    isSent,
  };
  walkRanges(body, facts, visitor);
}
