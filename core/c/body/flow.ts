/**
 * Where the values of a function may go, by its characters alone and rather too far than not far enough: says which
 * functions are worth a tree and a walk. A name is "pos" for a variable and ".pos" for a member of whatever struct.
 */
import {
  CharClass,
  classOf,
  endOfBlockComment,
  endOfDirective,
  endOfLineComment,
  endOfQuoted,
  isLineContinuation,
  lex,
  own,
} from "../lex";
import type { FunctionSpan } from "./parse";

/** By name where its value may go: another name, `used`, or an argument as `argumentOf` spells it. */
export type Flow = ReadonlyMap<string, ReadonlySet<string>>;

/** An index into an array, or the rest of a sum that may be an address. */
export const used = "[]";

/** "f(1": the second argument of f. */
function argumentOf(callee: string, index: number): string {
  return `${callee}(${index}`;
}

/** What is known of the functions that are called: "all" of those that are followed, an index where one argument is a use. */
export type Followed = (callee: string) => "all" | number | undefined;

/** Linear in the text; total on any. */
export function flowOf(text: string, fn: FunctionSpan, followed: Followed): Flow {
  const reader = new FlowReader(text, fn.bodyStart, Math.min(fn.bodyEnd, text.length), followed);
  reader.read();
  return reader.to;
}

/** The name and all that its value may go to, in the function itself. */
export function reachedFrom(flow: Flow, name: string): ReadonlySet<string> {
  const found = new Set([name]);
  // grows while it is walked
  for (const each of found) for (const next of flow.get(each) ?? []) found.add(next);
  return found;
}

/** The part of a flow that ends in a use or an argument; its names don't keep the text alive. Linear. */
export function endingFlow(flow: Flow): Flow {
  const from = new Map<string, string[]>();
  for (const [name, targets] of flow) {
    for (const to of targets) {
      const list = from.get(to);
      if (list === undefined) from.set(to, [name]);
      else list.push(name);
    }
  }
  const kept = new Map<string, string>();
  const pending = [...from.keys()].filter((to) => to === used || to.includes("("));
  for (let to = pending.pop(); to !== undefined; to = pending.pop()) {
    if (kept.has(to)) continue;
    kept.set(to, own(to, 0, to.length));
    pending.push(...(from.get(to) ?? []));
  }
  const found = new Map<string, ReadonlySet<string>>();
  for (const [name, copy] of kept) {
    const targets = [...(flow.get(name) ?? [])].flatMap((to) => kept.get(to) ?? []);
    if (targets.length > 0) found.set(copy, new Set(targets));
  }
  return found;
}

/** The function's parameters by name, "" for one without. */
export function parameterNames(text: string, { parametersStart, parametersEnd }: FunctionSpan): readonly string[] {
  const names: string[] = [];
  let name = "";
  let depth = 0;
  for (const { kind, text: word } of lex(text, "", parametersStart, parametersEnd)) {
    if (word === "(" || word === "[") depth++;
    else if (word === ")" || word === "]") depth--;
    else if (word === "," && depth === 0) {
      names.push(name);
      name = "";
    } else if (kind === "identifier" && depth === 0) name = word;
  }
  names.push(name);
  return names;
}

interface Frame {
  /**
   * loop: the parentheses of `for` and `while`; value: what stands behind `=`, as long as no bracket closes around it;
   * result: arguments of a call that gives back what nobody knows.
   */
  readonly kind: "group" | "call" | "result" | "index" | "loop" | "value";
  /** Of a call its function, of a value where it goes: offsets of the name, and whether it is a member's. */
  readonly start: number;
  readonly end: number;
  readonly isMember: boolean;
  argument: number;
  /** Of a call that is followed. */
  readonly followed: ReturnType<Followed>;
  /** In a loop's head the names before and behind the comparison, and whether that has come. */
  readonly left: string[];
  readonly right: string[];
  isRight: boolean;
  /** Of a value: an operator stood before. */
  isMixed: boolean;
}

/** Calls that give back what they are given, or a part of it; heads of statements. */
const transparent: ReadonlySet<string> = new Set(
  "if switch return case do else MIN MAX min max MIN_CONST MAX_CONST CLAMP extract32 extract64 likely unlikely".split(
    " ",
  ),
);

/** No comparison in a loop's head names more variables. */
const mostCompared = 16;

/** What stood before, as far as it matters. */
enum Before {
  Other,
  /** An identifier, at `start` to `end`. */
  Name,
  /** `)` or `]`. */
  Close,
  /** `->` or `.`. */
  Joint,
}

/** Brackets and assignments within each other that a name is followed out of. */
const mostFrames = 64;

class FlowReader {
  readonly to = new Map<string, Set<string>>();
  private readonly frames: Frame[] = [];
  /** How many of the frames take up names. */
  private listening = 0;
  /** The next value is the rest of a sum. */
  private isRest = false;
  private before: Before = Before.Other;
  /** The last identifier, and whether it is a member's name. */
  private start = 0;
  private end = 0;
  private isMember = false;

  constructor(
    private readonly text: string,
    private i: number,
    private readonly limit: number,
    private readonly followed: Followed,
  ) {}

  read(): void {
    const { text, limit } = this;
    let lineStart = false;
    while (this.i < limit) {
      const code = text.charCodeAt(this.i);
      const cls = classOf(code);
      if (cls === CharClass.Space) {
        if (code === 10) lineStart = true;
        this.i++;
        continue;
      }
      if (cls === CharClass.Identifier) this.name();
      else if (cls === CharClass.Digit) {
        while (this.i < limit && isNumberPart(text.charCodeAt(this.i))) this.i++;
        this.before = Before.Other;
      } else if (code === 34 || code === 39) {
        this.i = endOfQuoted(text, this.i, limit);
        this.before = Before.Other;
      } else if (code === 47 && text.charCodeAt(this.i + 1) === 47) this.i = endOfLineComment(text, this.i, limit);
      else if (code === 47 && text.charCodeAt(this.i + 1) === 42) this.i = endOfBlockComment(text, this.i, limit);
      else if (code === 35 && lineStart) this.i = endOfDirective(text, this.i, limit);
      else if (code === 92 && isLineContinuation(text, this.i)) this.i += 2;
      else this.mark(code);
      lineStart = false;
    }
    while (this.frames.length > 0) this.close();
  }

  /** The offset of what stands behind blanks and comments. */
  private behind(from: number): number {
    const { text, limit } = this;
    let i = from;
    while (i < limit) {
      const code = text.charCodeAt(i);
      if (classOf(code) === CharClass.Space) i++;
      else if (code === 47 && text.charCodeAt(i + 1) === 42) i = endOfBlockComment(text, i, limit);
      else if (code === 47 && text.charCodeAt(i + 1) === 47) i = endOfLineComment(text, i, limit);
      else break;
    }
    return i;
  }

  private name(): void {
    const { text, limit } = this;
    const start = this.i;
    let end = start + 1;
    while (end < limit && classOf(text.charCodeAt(end)) >= CharClass.Identifier) end++;
    const next = this.behind(end);
    this.isMember = this.before === Before.Joint;
    this.start = start;
    this.end = end;
    this.i = next;
    this.before = Before.Name;
    const code = text.charCodeAt(next);
    const second = text.charCodeAt(next + 1);
    const goesOn = code === 40 || code === 46 || (code === 45 && second === 62);
    if (goesOn || (this.listening === 0 && !this.isRest)) return;
    const word = text.slice(start, end);
    this.take(this.isMember ? `.${word}` : word, code === 44 || code === 41, isWhole(code, second));
  }

  /** `isPlain`: an argument is no more than the name; `isWholeValue`: so is a value, but for a mask or a remainder. */
  private take(name: string, isPlain: boolean, isWholeValue: boolean): void {
    if (this.isRest) this.flow(name, used);
    this.isRest = false;
    const outermost = Math.max(0, this.frames.length - mostFrames);
    for (let k = this.frames.length - 1; k >= outermost; k--) {
      const frame = this.frames[k];
      if (frame === undefined) return;
      switch (frame.kind) {
        case "index":
          // the element's value does not come from its number
          this.flow(name, used);
          return;
        case "result":
          return;
        case "call":
          if (frame.followed === frame.argument) this.flow(name, used);
          else if (isPlain && frame.followed === "all")
            this.flow(name, argumentOf(this.text.slice(frame.start, frame.end), frame.argument));
          return;
        case "value":
          if (isWholeValue && !frame.isMixed && !frame.isMember)
            this.flow(name, this.text.slice(frame.start, frame.end));
          break;
        case "loop":
          (frame.isRight ? frame.right : frame.left).push(name);
          break;
        case "group":
      }
    }
  }

  /** In a loop's head, what a counter is compared with says how far it comes. */
  private compared(): void {
    const loop = this.loop();
    if (loop !== undefined) loop.isRight = true;
  }

  private loop(): Frame | undefined {
    const outermost = Math.max(0, this.frames.length - mostFrames);
    for (let k = this.frames.length - 1; k >= outermost; k--) {
      const frame = this.frames[k];
      if (frame?.kind === "loop") return frame;
      if (frame?.kind !== "group") return undefined;
    }
    return undefined;
  }

  private endComparison(loop: Frame | undefined): void {
    if (loop === undefined) return;
    const left = loop.left.splice(0, mostCompared);
    const right = loop.right.splice(0, mostCompared);
    loop.left.length = 0;
    loop.right.length = 0;
    loop.isRight = false;
    for (const name of right) for (const counter of left) if (!counter.startsWith(".")) this.flow(name, counter);
  }

  private mark(code: number): void {
    const { before } = this;
    const top = this.frames.at(-1);
    if (top?.kind === "value" && before !== Before.Other && isOperator(code)) top.isMixed = true;
    const next = this.text.charCodeAt(this.i + 1);
    this.i++;
    this.before = Before.Other;
    switch (code) {
      case 40: // (
        this.openRound(before);
        return;
      case 91: // [
        this.open("index");
        return;
      case 123: // {
        this.open("group");
        return;
      case 41: // )
      case 93: // ]
        this.before = Before.Close;
        this.closeBracket();
        return;
      case 125: // }
        this.closeBracket();
        return;
      case 59: // ;
        this.closeValues();
        this.endComparison(this.loop());
        this.isRest = false;
        return;
      case 44: {
        // ,
        this.closeValues();
        this.isRest = false;
        const frame = this.frames.at(-1);
        if (frame !== undefined) frame.argument++;
        return;
      }
      case 46: // .
        this.before = Before.Joint;
        return;
      case 45: // -
        if (next === 62) {
          this.i++;
          this.before = Before.Joint;
        } else if (next === 45) this.i++;
        else if (next === 61) this.assign(before, 1);
        return;
      case 43: // +
        if (next === 43) {
          this.i++;
          // `s->pos++` is what `s->pos` was
          this.before = before;
          return;
        }
        this.isRest = before === Before.Name || before === Before.Close;
        if (next === 61) this.assign(before, 1);
        return;
      case 61: // =
        if (next === 61) this.i++;
        else this.assign(before, 0);
        return;
      case 33: // !
        if (next !== 61) return;
        this.i++;
        this.compared();
        return;
      case 60: // <
      case 62: // >
        if (next === code) {
          this.i++;
          if (this.text.charCodeAt(this.i) === 61) this.assign(before, 1);
          return;
        }
        if (next === 61) this.i++;
        this.compared();
        return;
      case 38: // &
      case 124: // |
        if (next === code) {
          this.i++;
          this.endComparison(this.loop());
        } else if (next === 61) this.assign(before, 1);
        return;
      default:
        // *= /= %= ^=
        if (next === 61 && "*/%^".includes(String.fromCharCode(code))) this.assign(before, 1);
    }
  }

  private openRound(before: Before): void {
    if (before !== Before.Name) return this.open("group");
    const word = this.text.slice(this.start, this.end);
    if (word === "for" || word === "while") return this.open("loop");
    if (transparent.has(word)) return this.open("group");
    const followed = this.isMember ? undefined : this.followed(word);
    this.open(followed === undefined ? "result" : "call", followed);
  }

  private open(kind: Frame["kind"], followed?: ReturnType<Followed>): void {
    const { start, end, isMember } = this;
    this.frames.push({
      kind,
      start,
      end,
      isMember,
      argument: 0,
      followed,
      left: [],
      right: [],
      isRight: false,
      isMixed: false,
    });
    if (kind !== "group" && kind !== "result") this.listening++;
  }

  private assign(before: Before, skip: number): void {
    this.i += skip;
    if (before === Before.Name) this.open("value");
  }

  private closeValues(): void {
    while (this.frames.at(-1)?.kind === "value") {
      this.frames.pop();
      this.listening--;
    }
  }

  private closeBracket(): void {
    this.closeValues();
    if (this.frames.length > 0) this.close();
  }

  private close(): void {
    const frame = this.frames.pop();
    if (frame === undefined || frame.kind === "group" || frame.kind === "result") return;
    this.listening--;
    if (frame.kind === "loop") this.endComparison(frame);
  }

  private flow(name: string, to: string): void {
    if (name === to) return;
    const known = this.to.get(name);
    if (known === undefined) this.to.set(name, new Set([to]));
    else known.add(to);
  }
}

/** What stands behind the whole of a value: `;`, `,`, `)`, or one `&` or `%`. */
function isWhole(code: number, next: number): boolean {
  return code === 59 || code === 44 || code === 41 || code === 37 || (code === 38 && next !== 38);
}

/** Of two operands; `-` may be the first half of `->`, which comes before a name and not behind a value. */
function isOperator(code: number): boolean {
  return (
    code === 42 ||
    code === 43 ||
    code === 47 ||
    code === 60 ||
    code === 62 ||
    code === 63 ||
    code === 94 ||
    code === 124
  );
}

function isNumberPart(code: number): boolean {
  return classOf(code) >= CharClass.Identifier || code === 46;
}
