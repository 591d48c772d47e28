/**
 * field_exists functions, as far as their text says: on the version and on members that have been loaded. What remains
 * is a question with a key, so that `f` and `!f` are asked once.
 */
import { evaluate } from "./evaluate";
import type { OpenTruth } from "../wire/values/question";
import type { PutFunction, PutSource, Words } from "./model";
import { parameterNames } from "./parse";
import { closing, isName, split, wordsOf } from "./tokens";

export interface PredicateState {
  readonly versionId: number;
  /** A member of the object, by designator. */
  member(path: string): bigint | undefined;
}

const maximumDepth = 6;
const bodies = new WeakMap<PutFunction, readonly string[]>();

function bodyOf(fn: PutFunction): readonly string[] {
  const known = bodies.get(fn);
  if (known !== undefined) return known;
  const words = wordsOf(fn.body);
  bodies.set(fn, words);
  return words;
}

/** undefined: the function is not in the source. */
export function evaluatePredicate(
  name: string,
  file: string,
  state: PredicateState,
  source: PutSource,
): boolean | OpenTruth | undefined {
  const fn = source.function(name, file);
  if (fn === undefined) return undefined;
  const [opaque, version] = parameterNames(fn);
  const bindings = new Map<string, Words>();
  if (opaque !== undefined) bindings.set(opaque, ["opaque"]);
  if (version !== undefined) bindings.set(version, ["version_id"]);
  return run(bodyOf(fn), { name, file: fn.file, state, source, bindings, depth: 0 });
}

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly state: PredicateState;
  readonly source: PutSource;
  /** Local names with what they stand for, in terms of `opaque` and `version_id`. */
  readonly bindings: Map<string, Words>;
  readonly depth: number;
}

function run(words: Words, frame: Frame): boolean | OpenTruth {
  const whole: OpenTruth = { key: `${frame.name}()`, negated: false };
  for (let i = 0; i < words.length; ) {
    const word = words[i];
    if (word === "if" && words[i + 1] === "(") {
      const end = closing(words, i + 1);
      const truth = truthOf(words.slice(i + 2, end), frame);
      const braced = words[end + 1] === "{";
      const close = braced ? closing(words, end + 1) : words.indexOf(";", end);
      const body = braced ? words.slice(end + 2, close) : words.slice(end + 1, close + 1);
      if (typeof truth !== "boolean") return whole;
      if (truth) {
        if (body[0] !== "return") return whole;
        return run(body, frame);
      }
      i = close + 1;
      if (words[i] === "else") return whole;
      continue;
    }
    if (word === "for" || word === "while" || word === "switch" || word === "do") return whole;
    const end = words.indexOf(";", i);
    const statement = words.slice(i, end < 0 ? words.length : end);
    if (word === "return") return truthOf(statement.slice(1), frame);
    bind(statement, frame);
    i = end < 0 ? words.length : end + 1;
  }
  return whole;
}

function bind(statement: Words, frame: Frame): void {
  const equals = statement.indexOf("=");
  const name = statement[equals - 1];
  if (equals < 1 || !isName(name)) return;
  frame.bindings.set(name, substitute(statement.slice(equals + 1), frame));
}

/** Puts locals in and drops casts. */
function substitute(words: Words, frame: Frame): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "(") {
      const end = closing(words, i);
      const inside = words.slice(i + 1, end);
      const cast = inside.at(-1) === "*" && inside.slice(0, -1).every((each) => isName(each) || each === "*");
      if (cast && !isName(words[i - 1])) {
        i = end;
        continue;
      }
    }
    const outer = container(words, i);
    if (outer !== undefined) {
      out.push(...substitute(outer.object, frame).filter((each) => each !== "(" && each !== ")"), "->", outer.type);
      i = closing(words, i + 1);
      continue;
    }
    const bare = isName(word) && words[i - 1] !== "->" && words[i - 1] !== ".";
    const bound = bare ? frame.bindings.get(word) : undefined;
    if (bound !== undefined) out.push(...(bound.length > 1 ? ["(", ...bound, ")"] : bound));
    else out.push(word);
  }
  return withoutCasts(out);
}

/** `container_of(opaque, S, m)`: a path that leaves the object, by the name of the struct around it. */
function container(words: Words, at: number): { readonly object: Words; readonly type: string } | undefined {
  const upcast = words[at] === "DO_UPCAST";
  if ((!upcast && words[at] !== "container_of") || words[at + 1] !== "(") return undefined;
  const args = split(words.slice(at + 2, closing(words, at + 1)));
  const [object, type] = upcast ? [args[2], args[0]] : args;
  const name = type?.filter((word) => word !== "struct")[0];
  const plain = object?.every((word) => isName(word) || word === "->" || word === "." || word === "&") === true;
  return object === undefined || name === undefined || !plain ? undefined : { object, type: name };
}

/** `(ESP(opaque))->x` is `opaque->x`: an instance cast of QOM gives its argument back. */
function withoutCasts(words: string[]): string[] {
  let out = words;
  for (let arrow = out.indexOf("->"); arrow >= 0; arrow = out.indexOf("->", arrow + 1)) {
    const open = opening(out, arrow - 1);
    if (open === undefined) continue;
    const before = out[open - 1];
    const isCast = isName(before) && /^[A-Z][A-Z0-9_]*$/.test(before);
    const inner = out.slice(open + 1, arrow - 1);
    const wraps = !isName(before) && (isPath(inner) || castOnly(inner));
    if (!(isCast && split(inner).length === 1) && !wraps) continue;
    out = [...out.slice(0, isCast ? open - 1 : open), ...inner, ...out.slice(arrow)];
    arrow = -1;
  }
  return out;
}

/** `opaque->a.b` */
function isPath(words: Words): boolean {
  return words.length > 0 && words.every((word) => isName(word) || word === "->" || word === ".");
}

/** `NAME(…)` and nothing else. */
function castOnly(words: Words): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(words[0] ?? "") && words[1] === "(" && closing(words, 1) === words.length - 1;
}

/** The parenthesis that the one at `at` closes. */
function opening(words: Words, at: number): number | undefined {
  if (words[at] !== ")") return undefined;
  let depth = 0;
  for (let i = at; i >= 0; i--) {
    if (words[i] === ")") depth++;
    else if (words[i] === "(" && --depth === 0) return i;
  }
  return undefined;
}

function truthOf(expression: Words, frame: Frame): boolean | OpenTruth {
  let words: Words = substitute(expression, frame);
  let negated = false;
  for (;;) {
    if (words[0] === "!" && isOperand(words.slice(1))) {
      negated = !negated;
      words = words.slice(1);
    } else if (words[0] === "(" && closing(words, 0) === words.length - 1) words = words.slice(1, -1);
    else break;
  }
  const value = evaluate(words, { leaf: (leaf) => leafOf(leaf, frame) });
  if (value !== undefined) return (value !== 0n) !== negated;
  const inner = called(words, frame);
  if (typeof inner === "boolean") return inner !== negated;
  if (inner !== undefined) return { key: inner.key, negated: inner.negated !== negated };
  return { key: words.join(" "), negated };
}

function isOperand(words: Words): boolean {
  if (words[0] === "(") return closing(words, 0) === words.length - 1;
  return !words.some((word) => /^(&&|\|\||[<>=!]=|<|>|\?)$/.test(word)) || words[0] === "!";
}

function leafOf(words: Words, frame: Frame): bigint | undefined {
  if (words.length === 1 && words[0] === "version_id") return BigInt(frame.state.versionId);
  if (words[0] === "opaque" && words[1] === "->") return frame.state.member(words.slice(2).join(""));
  if (words.includes("opaque") || !isName(words[0])) {
    const inner = called(words, frame);
    return typeof inner === "boolean" ? (inner ? 1n : 0n) : undefined;
  }
  if (words.length !== 1) return undefined;
  const value = frame.source.evaluate(words.join(" "), frame.file);
  return value === undefined ? undefined : BigInt(value);
}

/** A call as the whole expression: the truth of what the function returns. */
function called(words: Words, frame: Frame): boolean | OpenTruth | undefined {
  const [name] = words;
  if (!isName(name) || words[1] !== "(" || closing(words, 1) !== words.length - 1) return undefined;
  if (frame.depth >= maximumDepth) return undefined;
  const fn = frame.source.function(name, frame.file);
  if (fn === undefined) return undefined;
  const bindings = new Map<string, Words>();
  const args = split(words.slice(2, -1));
  parameterNames(fn).forEach((parameter, i) => {
    const arg = args[i];
    if (arg !== undefined) bindings.set(parameter, arg);
  });
  const result = run(bodyOf(fn), { ...frame, name, file: fn.file, bindings, depth: frame.depth + 1 });
  return typeof result !== "boolean" && result.key === `${name}()`
    ? { key: words.join(" "), negated: result.negated }
    : result;
}
