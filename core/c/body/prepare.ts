/** Tokens of a function body as they are written: without directives, with what `#if` arms stand where. */
import { directiveText, lex } from "../lex";
import type { Span } from "../syntax";
import type { Token } from "../token";

/** One arm of an `#if` inside a function. */
export interface Arm extends Span {
  readonly kind: "if" | "ifdef" | "ifndef" | "elif" | "else";
  /** Text behind the directive's name; "" for `else`. */
  readonly expression: string;
  /** Offset of the directive's `#`: the key of the same arm in FileFacts.conditions. */
  readonly directive: number;
  /** Index of the arm around it; -1 without one. */
  readonly parent: number;
  /** Index of the arm before it in the same group; -1 for the first. */
  readonly previous: number;
  /** The text gives no whole statements beside another arm's, so that only the other one was read. */
  readonly dropped: boolean;
}

export interface Prepared {
  readonly tokens: readonly Token[];
  /** For each opening bracket the index behind it; see BodyReading. */
  readonly behind: Int32Array;
  readonly arms: readonly Arm[];
}

interface OpenArm {
  readonly index: number;
  /** Length of the output where the group starts, and where the arm does. */
  readonly groupStart: number;
  readonly armStart: number;
  /** Whether an earlier arm of the group was kept, and whether each of those was whole. */
  readonly kept: boolean;
  readonly whole: boolean;
}

type MutableArm = { -readonly [K in keyof Arm]: Arm[K] };

const armWords: ReadonlySet<string> = new Set(["if", "ifdef", "ifndef", "elif", "else"]);

/** Lexes `text[start, end)`. Linear in its length; total on any text. */
export function prepare(text: string, file: string, start: number, end: number): Prepared {
  const raw = lex(text, file, start, Math.min(end, text.length));
  const arms: MutableArm[] = [];
  const hasDirectives = raw.some((token) => token.kind === "directive");
  const tokens = hasDirectives ? withoutDirectives(raw, arms, end) : raw;
  return { tokens, behind: pairBrackets(tokens), arms };
}

function withoutDirectives(raw: readonly Token[], arms: MutableArm[], end: number): Token[] {
  const output: Token[] = [];
  const open: OpenArm[] = [];
  const close = (last: OpenArm | undefined, at: number): { readonly kept: boolean; readonly whole: boolean } => {
    const arm = last === undefined ? undefined : arms[last.index];
    if (last === undefined || arm === undefined) return { kept: false, whole: true };
    arm.end = at;
    const isEmpty = output.length === last.armStart;
    const whole = isEmpty || isWhole(output, last.groupStart, last.armStart);
    const isNever = arm.kind === "if" && arm.expression === "0";
    if (isNever || (last.kept && !(whole && last.whole))) {
      arm.dropped = !isEmpty;
      output.length = last.armStart;
      return { kept: last.kept, whole: last.whole };
    }
    return { kept: last.kept || !isEmpty, whole: last.whole && whole };
  };
  for (const token of raw) {
    if (token.kind !== "directive") {
      output.push(token);
      continue;
    }
    const word = directiveName(token.text);
    if (word === "endif") close(open.pop(), token.start);
    if (!armWords.has(word)) continue;
    const isFirst = word !== "elif" && word !== "else";
    const last = isFirst ? undefined : open.pop();
    const before = close(last, token.start);
    const nameEnd = token.text.indexOf(word) + word.length;
    arms.push({
      kind: word as Arm["kind"],
      expression: word === "else" ? "" : directiveText(token.text, nameEnd, token.text.length),
      directive: token.start,
      parent: last === undefined ? (open.at(-1)?.index ?? -1) : (arms[last.index]?.parent ?? -1),
      previous: last?.index ?? -1,
      dropped: false,
      start: token.end,
      end,
    });
    const armStart = output.length;
    open.push({ index: arms.length - 1, groupStart: last?.groupStart ?? armStart, armStart, ...before });
  }
  while (open.length > 0) close(open.pop(), end);
  return output;
}

/** The name behind `#`; "" where none stands there. */
function directiveName(text: string): string {
  let from = 1;
  while (text[from] === " " || text[from] === "\t") from++;
  let to = from;
  while (to < text.length && (text[to] ?? "") >= "a" && (text[to] ?? "") <= "z") to++;
  return text.slice(from, to);
}

/** Whether the arm's tokens stand where statements or elements do, and are some, with all their brackets. */
function isWhole(tokens: readonly Token[], groupStart: number, from: number): boolean {
  if (!isBoundary(tokens[groupStart - 1]?.text) || !isBoundary(tokens[tokens.length - 1]?.text)) return false;
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const text = tokens[i]?.text;
    if (text === "(" || text === "{" || text === "[") depth++;
    else if ((text === ")" || text === "}" || text === "]") && --depth < 0) return false;
  }
  return depth === 0;
}

function isBoundary(text: string | undefined): boolean {
  return text === undefined || text === ";" || text === "{" || text === "}" || text === ":" || text === ",";
}

/** For each opening bracket the index behind it; see BodyReading. */
export function pairBrackets(tokens: readonly Token[]): Int32Array {
  const behind = new Int32Array(tokens.length);
  const open: number[] = [];
  const isBrace = (index: number | undefined): boolean => index !== undefined && tokens[index]?.text === "{";
  /** Round and square ones that are still open end where their statement does. */
  const abandon = (at: number): void => {
    for (let top = open.at(-1); top !== undefined && !isBrace(top); top = open.at(-1)) {
      behind[top] = at;
      open.pop();
    }
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== "punctuator") continue;
    switch (token.text) {
      case "(":
      case "[":
      case "{":
        open.push(i);
        break;
      case ")":
      case "]": {
        const top = open.at(-1);
        if (top === undefined || isBrace(top)) break;
        behind[top] = i + 1;
        open.pop();
        break;
      }
      case "}": {
        abandon(i);
        const top = open.pop();
        if (top !== undefined) behind[top] = i + 1;
        break;
      }
      case ";": {
        const top = open.at(-1);
        if (top !== undefined && tokens[top - 1]?.text !== "for") abandon(i);
        break;
      }
    }
  }
  for (const index of open) behind[index] = tokens.length;
  return behind;
}
