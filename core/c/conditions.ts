/** Three-valued `#if`: true, false, or unknown where neither the configuration nor the tree decides. */
import { firstName, isName } from "./words";
import type { ConditionIndex, FileFacts } from "./facts";
import { binaryExact } from "./integer";
import { lex } from "./lex";
import { readInteger } from "./literal";
import type { Token } from "./token";

export type Truth = "true" | "false" | "unknown";

/** What the preprocessor knows of a name at a place: its replacement tokens, that it is not defined, or neither. */
export type MacroKnowledge =
  | { readonly kind: "defined"; readonly body: readonly Token[] | undefined }
  | { readonly kind: "undefined" }
  | { readonly kind: "unknown" };

export type Lookup = (name: string, offset: number) => MacroKnowledge;

/** Truths of a file's arms that were asked for. */
export interface ArmMemo {
  get(place: number): Truth | undefined;
  has(place: number): boolean;
  set(place: number, truth: Truth): unknown;
}

/** Whether an arm is active, its parents and the arms before it considered. */
export function evaluateArm(facts: FileFacts, index: ConditionIndex, lookup: Lookup, memo: ArmMemo): Truth {
  if (index < 0) return "true";
  const done = memo.get(index);
  if (done !== undefined) return done;
  memo.set(index, "unknown");
  const arm = facts.conditions[index];
  if (arm === undefined) return "unknown";
  let truth = evaluateArm(facts, arm.parent, lookup, memo);
  if (truth !== "false") truth = and(truth, noneUpTo(facts, arm.previous, lookup, memo));
  if (truth !== "false") truth = and(truth, ownTruth(arm.kind, arm.expression, lookup, arm.start));
  memo.set(index, truth);
  return truth;
}

/** Whether neither this arm of a group nor one before it is taken. Its memory is kept beside the arms', at places below zero. */
function noneUpTo(facts: FileFacts, index: ConditionIndex, lookup: Lookup, memo: ArmMemo): Truth {
  const place = (k: ConditionIndex): number => -2 - k;
  const pending: ConditionIndex[] = [];
  let k = index;
  for (; k >= 0 && !memo.has(place(k)); k = facts.conditions[k]?.previous ?? -1) pending.push(k);
  let truth: Truth = k < 0 ? "true" : (memo.get(place(k)) ?? "unknown");
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const arm = facts.conditions[at];
    if (arm !== undefined && truth !== "false")
      truth = and(truth, not(ownTruth(arm.kind, arm.expression, lookup, arm.start)));
    memo.set(place(at), truth);
  }
  return truth;
}

function ownTruth(kind: string, expression: string, lookup: Lookup, offset: number): Truth {
  switch (kind) {
    case "ifdef":
      return definedness(expression, lookup, offset);
    case "ifndef":
      return not(definedness(expression, lookup, offset));
    case "else":
      return "true";
    default: {
      const value = evaluateExpression(lex(expression, ""), lookup, offset);
      return value === undefined ? "unknown" : value !== 0n ? "true" : "false";
    }
  }
}

/** A condition as text: `defined(CONFIG_X) && !defined(CONFIG_Y)`. */
export function truthOf(expression: string, lookup: Lookup): Truth {
  return ownTruth("if", expression, lookup, Number.POSITIVE_INFINITY);
}

function definedness(name: string, lookup: Lookup, offset: number): Truth {
  const first = firstName(name);
  if (!isName(first)) return "unknown";
  const found = lookup(first, offset);
  return found.kind === "defined" ? "true" : found.kind === "undefined" ? "false" : "unknown";
}

export function and(a: Truth, b: Truth): Truth {
  if (a === "false" || b === "false") return "false";
  return a === "true" && b === "true" ? "true" : "unknown";
}

function not(a: Truth): Truth {
  return a === "true" ? "false" : a === "false" ? "true" : "unknown";
}

const precedence: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};

/** A preprocessor expression: its value, or undefined where it is unknown or malformed. */
function evaluateExpression(tokens: readonly Token[], lookup: Lookup, offset: number, depth = 0): bigint | undefined {
  // bounds the recursion on hostile text
  if (tokens.length > 1000) return undefined;
  let at = 0;
  const text = (): string => tokens[at]?.text ?? "";

  const unary = (): bigint | undefined => {
    const token = tokens[at];
    if (token === undefined) return undefined;
    at++;
    switch (token.text) {
      case "!": {
        const value = unary();
        return value === undefined ? undefined : value === 0n ? 1n : 0n;
      }
      case "-": {
        const value = unary();
        return value === undefined ? undefined : -value;
      }
      case "+":
        return unary();
      case "~": {
        const value = unary();
        return value === undefined ? undefined : ~value;
      }
      case "(": {
        const value = binary(0);
        if (text() === ")") at++;
        return value;
      }
      case "defined":
      case "__has_include":
      case "__has_attribute":
      case "__has_builtin":
      case "__has_feature": {
        const parenthesised = text() === "(";
        if (parenthesised) at++;
        const name = text();
        at++;
        if (parenthesised) while (at < tokens.length && tokens[at++]?.text !== ")");
        if (token.text !== "defined") return undefined;
        const truth = definedness(name, lookup, offset);
        return truth === "unknown" ? undefined : truth === "true" ? 1n : 0n;
      }
    }
    if (token.kind === "number") return readInteger(token.text)?.value;
    if (token.kind !== "identifier") return undefined;
    const found = lookup(token.text, offset);
    if (text() === "(") {
      // a function-like macro: its value is not needed anywhere that matters here
      let open = 0;
      do {
        open += text() === "(" ? 1 : text() === ")" ? -1 : 0;
        at++;
      } while (open > 0 && at < tokens.length);
      return undefined;
    }
    if (found.kind === "undefined") return 0n;
    if (found.kind === "unknown" || found.body === undefined || depth > 20) return undefined;
    return evaluateExpression(found.body, lookup, offset, depth + 1);
  };

  const binary = (minimum: number): bigint | undefined => {
    let left = unary();
    for (;;) {
      const operator = text();
      const rank = precedence[operator];
      if (rank === undefined || rank <= minimum) break;
      at++;
      const right = binary(rank);
      left = combine(operator, left, right);
    }
    if (minimum === 0 && text() === "?") {
      at++;
      const yes = binary(0);
      if (text() === ":") at++;
      const no = binary(0);
      return left === undefined ? undefined : left !== 0n ? yes : no;
    }
    return left;
  };
  return binary(0);
}

function combine(operator: string, a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (operator === "&&" && (a === 0n || b === 0n)) return 0n;
  if (operator === "||" && ((a !== undefined && a !== 0n) || (b !== undefined && b !== 0n))) return 1n;
  if (a === undefined || b === undefined) return undefined;
  return binaryExact(operator, a, b);
}

/** Index of the arm whose directive starts there; -1 where there is none. */
export function conditionAt({ conditions }: FileFacts, start: number): ConditionIndex {
  let low = 0;
  let high = conditions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((conditions[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return conditions[low]?.start === start ? low : -1;
}

/** As a sentence of the preprocessor: `defined(CONFIG_X)` of `#ifdef CONFIG_X`. */
export function armText(facts: FileFacts, index: ConditionIndex): string {
  const arm = facts.conditions[index];
  if (arm === undefined) return "";
  switch (arm.kind) {
    case "ifdef":
      return `defined(${arm.expression})`;
    case "ifndef":
      return `!defined(${arm.expression})`;
    case "else":
      return `!(${facts.conditions[arm.previous] === undefined ? "" : armText(facts, arm.previous)})`;
    default:
      return arm.expression;
  }
}
