/** Under which conditions a place inside a function body is reached, as far as the text's statements tell. */
import { blanksAfter, isIdentifierPart, isIdentifierStart, skipNonCode } from "./body";

export interface Condition {
  /** As written, without the parentheses: `slot->addressed`; for a `case`, `s->state == RUNNING`. */
  readonly text: string;
  /** False: the place is reached where the condition does not hold, as behind `if (text) return;` and in an `else`. */
  readonly holds: boolean;
  /** Offsets of the condition in the text. */
  readonly start: number;
  readonly end: number;
}

interface Statement {
  readonly start: number;
  readonly end: number;
  readonly kind: "if" | "loop" | "switch" | "block" | "label" | "plain";
  /** Between the parentheses of an if, loop or switch. */
  readonly condition: readonly [number, number] | undefined;
  readonly body: readonly [number, number] | undefined;
  /** Of an `else`. */
  readonly other: readonly [number, number] | undefined;
}

const nestingLimit = 64;

/** Conditions of ifs, whiles and switches around `offset`, and of the ifs before it that leave; outermost first. Never throws. */
export function conditionsAt(text: string, bodyStart: number, bodyEnd: number, offset: number): readonly Condition[] {
  const found: Condition[] = [];
  let span: readonly [number, number] | undefined = [bodyStart, bodyEnd];
  let subject: readonly [number, number] | undefined;
  for (let depth = 0; span && depth < nestingLimit; depth++) {
    const around = enter(text, span, offset, subject, found);
    span = around?.span;
    subject = around?.subject;
  }
  return found;
}

interface Around {
  readonly span: readonly [number, number];
  /** Of the switch whose body the span is. */
  readonly subject: readonly [number, number] | undefined;
}

/** Looks at one statement or block; the part of it that holds the offset is next. */
function enter(
  text: string,
  [start, end]: readonly [number, number],
  offset: number,
  subject: readonly [number, number] | undefined,
  found: Condition[],
): Around | undefined {
  const from = skip(text, start, end);
  const isBlock = text[from] === "{";
  const leavers: Condition[] = [];
  let label: Condition | undefined;
  for (let at = isBlock ? from + 1 : from; at < end; ) {
    at = skip(text, at, end);
    if (at >= end || text[at] === "}") return undefined;
    const statement = statementAt(text, at, end, 0);
    if (statement.end <= at) return undefined;
    if (offset >= statement.end) {
      if (statement.kind === "label") {
        label = subject && caseOf(text, statement, subject);
        leavers.length = 0;
      } else {
        const leaver = leaves(text, statement);
        if (leaver) leavers.push(leaver);
      }
      at = statement.end;
      continue;
    }
    found.push(...(label ? [label] : []), ...leavers);
    return inside(text, statement, offset, found);
  }
  return undefined;
}

function inside(text: string, statement: Statement, offset: number, found: Condition[]): Around | undefined {
  const { kind, condition, body, other } = statement;
  const within = (span: readonly [number, number] | undefined): boolean =>
    span !== undefined && span[0] <= offset && offset < span[1];
  if (kind === "block" && body) return { span: body, subject: undefined };
  if (within(other) && other && condition) {
    found.push(conditionOf(text, condition, false));
    return { span: other, subject: undefined };
  }
  if (!within(body) || !body) return undefined;
  if (kind === "if" && condition) found.push(conditionOf(text, condition, true));
  return { span: body, subject: kind === "switch" ? condition : undefined };
}

/** `!x` that must not hold is `x` that must. */
function conditionOf(text: string, [start, end]: readonly [number, number], holds: boolean): Condition {
  const written = text.slice(start, end).replace(/\s+/g, " ").trim();
  const positive = /^!\s*([\w>.[\]-]+|\w+\([^()]*\))$/.exec(written)?.[1];
  return positive === undefined ? { text: written, holds, start, end } : { text: positive, holds: !holds, start, end };
}

/** `if (x) return;`, `if (x) { …; continue; }`: what follows is reached where x does not hold. Not where leaving is failing. */
function leaves(text: string, { kind, condition, body, other }: Statement): Condition | undefined {
  if (kind !== "if" || !condition || !body || other) return undefined;
  const last = lastIn(text, body);
  const code = last && text.slice(last.start, last.end);
  if (last?.kind !== "plain" || code === undefined) return undefined;
  if (!/^(?:return|continue|break|goto)\b/.test(code) || /^return\s*\(?\s*-|^goto\s+\w*(?:err|fail)/.test(code))
    return undefined;
  return conditionOf(text, condition, false);
}

/** The statement itself, or the last one of a block. */
function lastIn(text: string, [start, end]: readonly [number, number]): Statement | undefined {
  let last: Statement | undefined;
  const isBlock = text[start] === "{";
  for (let at = skip(text, isBlock ? start + 1 : start, end); at < end && text[at] !== "}"; at = skip(text, at, end)) {
    last = statementAt(text, at, end, 0);
    if (last.end <= at) return undefined;
    at = last.end;
  }
  return last;
}

function caseOf(text: string, label: Statement, subject: readonly [number, number]): Condition | undefined {
  const value = /^case\s+([\s\S]+?)\s*:$/.exec(text.slice(label.start, label.end).trim())?.[1];
  if (value === undefined) return undefined;
  const what = text.slice(subject[0], subject[1]).replace(/\s+/g, " ").trim();
  return { text: `${what} == ${value}`, holds: true, start: label.start, end: label.end };
}

const heads: ReadonlyMap<string, Statement["kind"]> = new Map([
  ["if", "if"],
  ["while", "loop"],
  ["for", "loop"],
  ["switch", "switch"],
]);

function statementAt(text: string, at: number, end: number, depth: number): Statement {
  const none = { condition: undefined, body: undefined, other: undefined };
  if (depth > nestingLimit) return { start: at, end, kind: "plain", ...none };
  if (text[at] === "{") {
    const close = closing(text, at, end);
    return { start: at, end: close, kind: "block", ...none, body: [at, close] };
  }
  const word = isIdentifierStart(text.charCodeAt(at)) ? wordAt(text, at, end) : "";
  if (word === "do" || word === "else") {
    const inner = statementAt(text, skip(text, at + word.length, end), end, depth + 1);
    return { start: at, end: inner.end, kind: "loop", ...none, body: [inner.start, inner.end] };
  }
  if (word === "case" || word === "default") {
    const colon = labelEnd(text, at, end);
    return { start: at, end: colon, kind: "label", ...none };
  }
  const open = word === "" ? -1 : skip(text, at + word.length, end);
  if (open > 0 && open < end && text[open] === ":" && text[open + 1] !== ":") {
    return { start: at, end: open + 1, kind: "label", ...none };
  }
  const head = heads.get(word);
  if (open > 0 && open < end && text[open] === "(") {
    const close = closing(text, open, end);
    const next = skip(text, close, end);
    // QTAILQ_FOREACH(…) { … }
    const kind = head ?? (text[next] === "{" ? "loop" : undefined);
    if (kind) return controlled(text, { at, end, depth, kind, condition: [open + 1, close - 1], next });
  }
  return { start: at, end: plainEnd(text, at, end), kind: "plain", ...none };
}

interface Head {
  readonly at: number;
  readonly end: number;
  readonly depth: number;
  readonly kind: Statement["kind"];
  readonly condition: readonly [number, number];
  /** Behind the parenthesis. */
  readonly next: number;
}

function controlled(text: string, { at, end, depth, kind, condition, next }: Head): Statement {
  const body = statementAt(text, next, end, depth + 1);
  const span: readonly [number, number] = [body.start, body.end];
  const behind = skip(text, body.end, end);
  if (kind !== "if" || wordAt(text, behind, end) !== "else") {
    return { start: at, end: body.end, kind, condition, body: span, other: undefined };
  }
  const other = statementAt(text, skip(text, behind + 4, end), end, depth + 1);
  return { start: at, end: other.end, kind, condition, body: span, other: [other.start, other.end] };
}

function wordAt(text: string, at: number, end: number): string {
  let i = at;
  while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
  return text.slice(at, i);
}

/** Behind blanks, comments and directives. */
function skip(text: string, from: number, end: number): number {
  let i = from;
  for (;;) {
    i = blanksAfter(text, i, end);
    const c = text[i];
    const behind = i < end && (c === "/" || c === "#") ? skipNonCode(text, i, end) : i;
    if (behind === i) return i;
    i = behind;
  }
}

/** Behind the bracket that closes the one at `open`. */
function closing(text: string, open: number, end: number): number {
  let nesting = 0;
  for (let i = open; i < end; ) {
    const c = text[i];
    if (c === "(" || c === "{" || c === "[") nesting++;
    else if ((c === ")" || c === "}" || c === "]") && --nesting === 0) return i + 1;
    i = stepOver(text, i, end);
  }
  return end;
}

function plainEnd(text: string, at: number, end: number): number {
  let nesting = 0;
  for (let i = at; i < end; ) {
    const c = text[i];
    if (c === "(" || c === "{" || c === "[") nesting++;
    else if (c === ")" || c === "]") nesting--;
    else if (c === "}" && --nesting < 0) return i;
    else if (c === ";" && nesting <= 0) return i + 1;
    i = stepOver(text, i, end);
  }
  return end;
}

function labelEnd(text: string, at: number, end: number): number {
  for (let i = at; i < end; i = stepOver(text, i, end)) {
    if (text[i] === ":") return i + 1;
    if (text[i] === ";" || text[i] === "}") return i;
  }
  return end;
}

/** The next place, comments and literals as one. */
function stepOver(text: string, i: number, end: number): number {
  const c = text.charCodeAt(i);
  if (c !== 47 && c !== 34 && c !== 39 && c !== 35) return i + 1;
  const behind = skipNonCode(text, i, end);
  return behind > i ? behind : i + 1;
}
