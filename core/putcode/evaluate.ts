/** Arithmetic over C words whose leaves may be unknown: then a leaf is asked for by its text. */
import { binaryExact } from "../c/integer";
import { readInteger } from "../c/literal";
import type { Words } from "./model";
import { closing, isName, split } from "./tokens";

export interface Leaves {
  /** Value of a name, a member path or a call, by its words. undefined: not known. */
  leaf(words: Words): bigint | undefined;
}

const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** undefined where a leaf is not known. */
export function evaluate(words: Words, leaves: Leaves): bigint | undefined {
  return ternary(words, leaves);
}

function ternary(words: Words, leaves: Leaves): bigint | undefined {
  const [condition, rest] = cut(words, "?");
  if (rest === undefined) return binary(words, 0, leaves);
  const [yes, no] = cut(rest, ":");
  const value = binary(condition, 0, leaves);
  if (value === undefined || no === undefined) return undefined;
  return value !== 0n ? ternary(yes, leaves) : ternary(no, leaves);
}

/** Constants that an expression can have: both arms of `a ? 1 : 2`. undefined: anything. */
export function constants(words: Words, leaves: Leaves): bigint[] | undefined {
  const [, rest] = cut(words, "?");
  if (rest === undefined) {
    const value = binary(words, 0, leaves);
    return value === undefined ? undefined : [value];
  }
  const [yes, no] = cut(rest, ":");
  const arms = [constants(yes, leaves), no && constants(no, leaves)];
  const [first, second] = arms;
  return first === undefined || second === undefined ? undefined : [...first, ...second];
}

function cut(words: Words, at: string): [Words, Words | undefined] {
  let depth = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "(" || word === "[") depth++;
    else if (word === ")" || word === "]") depth--;
    else if (word === at && depth === 0) return [words.slice(0, i), words.slice(i + 1)];
  }
  return [words, undefined];
}

function binary(words: Words, level: number, leaves: Leaves): bigint | undefined {
  const operators = levels[level];
  if (operators === undefined) return unary(words, leaves);
  let depth = 0;
  for (let i = words.length - 1; i > 0; i--) {
    const word = words[i] ?? "";
    if (word === ")" || word === "]") depth++;
    else if (word === "(" || word === "[") depth--;
    else if (depth === 0 && operators.includes(word) && !isOperator(words[i - 1])) {
      const left = binary(words.slice(0, i), level, leaves);
      const right = binary(words.slice(i + 1), level + 1, leaves);
      return left === undefined || right === undefined ? undefined : binaryExact(word, left, right);
    }
  }
  return binary(words, level + 1, leaves);
}

function isOperator(word: string | undefined): boolean {
  return word === undefined || (/^[-+*/%&|^!~<>=?:,(]/.test(word) && word !== "->");
}

function unary(words: Words, leaves: Leaves): bigint | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  if (first === "(" && closing(words, 0) === words.length - 1) return ternary(words.slice(1, -1), leaves);
  const whole = leaves.leaf(words);
  if (whole !== undefined) return whole;
  if (first === "!") {
    const value = unary(words.slice(1), leaves);
    return value === undefined ? undefined : value === 0n ? 1n : 0n;
  }
  if (first === "-") {
    const value = unary(words.slice(1), leaves);
    return value === undefined ? undefined : -value;
  }
  if (first === "~") {
    const value = unary(words.slice(1), leaves);
    return value === undefined ? undefined : ~value;
  }
  if (/^0[xX]|^\d/.test(first) && words.length === 1) return readInteger(first)?.value;
  if (first === "true" || first === "false") return first === "true" ? 1n : 0n;
  if (first === "(") {
    const end = closing(words, 0);
    if (isCast(words.slice(1, end))) return unary(words.slice(end + 1), leaves);
  }
  return isName(first) && words[1] === "(" ? wellKnown(first, words, leaves) : undefined;
}

function isCast(words: Words): boolean {
  return words.length > 0 && words.every((word) => isName(word) || word === "*");
}

/** Macros of osdep.h that sizes are written with. */
function wellKnown(name: string, words: Words, leaves: Leaves): bigint | undefined {
  const args = split(words.slice(2, -1)).map((arg) => ternary(arg, leaves));
  const [a, b] = args;
  if (a === undefined || b === undefined) return undefined;
  if (name === "DIV_ROUND_UP") return b === 0n ? undefined : (a + b - 1n) / b;
  if (name === "ROUND_UP" || name === "QEMU_ALIGN_UP") return b === 0n ? undefined : ((a + b - 1n) / b) * b;
  if (name === "MIN") return a < b ? a : b;
  if (name === "MAX") return a > b ? a : b;
  return undefined;
}
