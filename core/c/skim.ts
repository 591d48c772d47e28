/**
 * One pass over a file's text for its FileFacts: directives everywhere, declarations at top level, bodies skipped.
 *
 * Invariant: total on any text. An unbalanced bracket costs at most the declaration it stands in: a line that starts
 * with `static`, `typedef` or `extern` in column 0 ends what was left open.
 */
import { classifyItem, type HeadToken, type Item } from "./declarations";
import type { Condition, Declaration, FileFacts, IncludeDirective, MacroDefinition } from "./facts";
import {
  CharClass,
  classOf,
  directiveText,
  endOfBlockComment,
  endOfDirective,
  endOfLineComment,
  endOfQuoted,
  isLineContinuation,
  joined,
  own,
  withoutComments,
} from "./lex";

/** Head tokens kept of one declaration; more than any real one has, few enough to bound hostile text. */
const maximumHead = 4096;
const maximumConditionDepth = 512;

/** ASCII characters that mean something inside a bracket group. */
const telling: Uint8Array = (() => {
  const table = new Uint8Array(128);
  for (const c of "\n\"'/;(){}[]") table[c.charCodeAt(0)] = 1;
  return table;
})();

const openers = ["{", "static ", "typedef ", "extern "];

/** The next newline before a directive, a comment with a `#` on its line, or what starts a declaration in the first column. */
function nextNotable(text: string, from: number): number {
  for (let at = text.indexOf("\n", from); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (openers.some((each) => text.startsWith(each, at + 1))) return at;
    let i = at + 1;
    while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
    const code = text.charCodeAt(i);
    if (code === 35) return at;
    if (code !== 47 || text.charCodeAt(i + 1) !== 42) continue;
    const end = text.indexOf("\n", i);
    if (text.slice(i, end === -1 ? text.length : end).includes("#")) return at;
  }
  return Number.POSITIVE_INFINITY;
}

interface OpenGroup {
  /** Arm being read. */
  condition: number;
  readonly headLength: number;
  readonly item: number;
  /** Bracket depth inside the group being skipped, when the `#if` stands inside it. */
  readonly depth: number;
  /** Serial of the bracket group the `#if` stands in; 0 at top level. */
  readonly group: number;
}

export function skim(path: string, text: string): FileFacts {
  return new Skimmer(path, text).run();
}

class Skimmer {
  private readonly includes: IncludeDirective[] = [];
  private readonly macros: MacroDefinition[] = [];
  private readonly conditions: Condition[] = [];
  private readonly declarations: Declaration[] = [];
  private readonly open: OpenGroup[] = [];
  private head: HeadToken[] = [];
  private item = 0;
  private group = 0;
  private groupSerial = 0;
  private depth = 0;
  /** Set while the rest of a conditional arm that cuts through a bracket group is passed over: its OpenGroup index. */
  private passing = -1;
  private itemCondition = -1;
  /** Where a line that function bodies seldom have comes next, when last looked for. */
  private nextNotable = -1;
  private readonly end: number;

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {
    this.end = text.length;
  }

  run(): FileFacts {
    const { text, end } = this;
    let i = 0;
    let lineStart = true;
    while (i < end) {
      const code = text.charCodeAt(i);
      const cls = classOf(code);
      if (code === 10) {
        lineStart = true;
        i++;
      } else if (cls === CharClass.Space) i++;
      else if (code === 35 && lineStart) i = this.directive(i);
      else if (code === 47 && text.charCodeAt(i + 1) === 42) i = endOfBlockComment(text, i, end);
      else if (code === 47 && text.charCodeAt(i + 1) === 47) i = endOfLineComment(text, i, end);
      else if (code === 92 && isLineContinuation(text, i)) i += 2;
      else {
        i = this.topLevel(i, code, cls, lineStart);
        lineStart = false;
      }
    }
    this.finish(end, "end");
    return {
      path: this.path,
      includes: this.includes,
      macros: this.macros,
      declarations: this.declarations,
      conditions: this.conditions,
    };
  }

  private topLevel(i: number, code: number, cls: number, lineStart: boolean): number {
    const { text, end, head } = this;
    if (cls === CharClass.Identifier) {
      let to = i + 1;
      while (to < end && classOf(text.charCodeAt(to)) >= CharClass.Identifier) to++;
      if (lineStart && this.endsInvocation()) this.finish(i, "invocation");
      else if (startsDefinition(text, i) && this.isInitialised()) this.finish(i, "end");
      this.add("identifier", i, to);
      return to;
    }
    if (cls === CharClass.Digit) {
      let to = i + 1;
      while (to < end && (classOf(text.charCodeAt(to)) >= CharClass.Identifier || text.charCodeAt(to) === 46)) to++;
      this.add("other", i, to);
      return to;
    }
    switch (code) {
      case 34:
      case 39: {
        const to = endOfQuoted(text, i, end);
        this.add("other", i, to);
        return Math.max(to, i + 1);
      }
      case 40: {
        const to = this.skipGroup(i, 40, 41);
        this.add("parentheses", i, to);
        return to;
      }
      case 91: {
        const to = this.skipGroup(i, 91, 93);
        this.add("brackets", i, to);
        return to;
      }
      case 123: {
        const previous = head[head.length - 1];
        if (previous?.kind === "other" && text.charCodeAt(previous.start) === 34) {
          this.head = []; // extern "C" {
          return i + 1;
        }
        const to = this.skipGroup(i, 123, 125);
        this.add("braces", i, to);
        if (this.endsWithBody()) this.finish(to, "body");
        return to;
      }
      case 59:
        this.finish(i + 1, "semicolon");
        return i + 1;
      case 125:
      case 41:
      case 93:
        return i + 1;
      case 61:
        this.add("assign", i, i + 1);
        return i + 1;
      case 44:
        this.add("comma", i, i + 1);
        return i + 1;
      case 42:
        this.add("star", i, i + 1);
        return i + 1;
      default:
        this.add("other", i, i + 1);
        return i + 1;
    }
  }

  private add(kind: HeadToken["kind"], start: number, end: number): void {
    if (this.head.length === 0) this.itemCondition = this.condition();
    if (this.head.length < maximumHead) this.head.push({ kind, start, end });
  }

  private condition(): number {
    return this.open[this.open.length - 1]?.condition ?? -1;
  }

  /** `NAME(…)` stands alone and the next line starts something new: a macro use without `;`. */
  private endsInvocation(): boolean {
    const [first, second, third] = this.head;
    return first?.kind === "identifier" && second?.kind === "parentheses" && third === undefined;
  }

  /** `x = {…}` without its `;` */
  private isInitialised(): boolean {
    return this.head.some((token) => token.kind === "assign");
  }

  private endsWithBody(): boolean {
    let sawParentheses = false;
    for (const token of this.head) {
      if (token.kind === "assign") return false;
      if (token.kind === "parentheses") sawParentheses = true;
    }
    if (!sawParentheses) return false;
    // `struct QEMU_ALIGNED(8) x {`: a record's braces wait for the `;`
    const before = this.head[this.head.length - 2];
    if (before?.kind === "parentheses") return !this.isRecordHead();
    return !this.isRecordHead() && this.head.length > 2;
  }

  private isRecordHead(): boolean {
    for (let k = 0; k < this.head.length - 1; k++) {
      const token = this.head[k];
      if (token === undefined || token.kind === "parentheses") continue;
      if (token.kind !== "identifier") return false;
      const word = this.text.slice(token.start, token.end);
      if (word === "struct" || word === "union" || word === "enum") {
        const rest = this.head.slice(k + 1, -1);
        return rest.every(
          (t, n) => t.kind === "identifier" || (t.kind === "parentheses" && isAttribute(this.text, rest[n - 1])),
        );
      }
    }
    return false;
  }

  private finish(end: number, how: Item["how"]): void {
    const head = this.head;
    const first = head[0];
    this.head = [];
    this.item++;
    if (first === undefined) return;
    const itemEnd = how === "invocation" || how === "end" ? (head[head.length - 1]?.end ?? end) : end;
    classifyItem(
      this.text,
      { head, start: first.start, end: itemEnd, how, condition: this.itemCondition },
      this.declarations,
    );
  }

  /**
   * Place behind a function body whose braces both stand alone in column 0, with nothing between that needs a look: no
   * directive, and no line that opens or declares something at top level.
   */
  private endOfPlainBody(start: number): number | undefined {
    const { text } = this;
    if (text.charCodeAt(start - 1) !== 10 || text.charCodeAt(start + 1) !== 10) return undefined;
    const close = text.indexOf("\n}", start + 1);
    const behind = text.charCodeAt(close + 2);
    if (close === -1 || (behind !== 10 && close + 2 < this.end)) return undefined;
    if (this.nextNotable <= start) this.nextNotable = nextNotable(text, start);
    return this.nextNotable < close ? undefined : close + 2;
  }

  /** Place behind the bracket that closes the one at `start`. */
  private skipGroup(start: number, opening: number, closing: number): number {
    const { text, end } = this;
    if (opening === 123 && this.passing < 0) {
      const plain = this.endOfPlainBody(start);
      if (plain !== undefined) return plain;
    }
    const outerGroup = this.group;
    const outerDepth = this.depth;
    this.group = ++this.groupSerial;
    this.depth = 0;
    let i = start;
    let braces = 0;
    scan: while (i < end) {
      const code = text.charCodeAt(i);
      if (code > 127 || telling[code] === 0) {
        i++;
        continue;
      }
      switch (code) {
        case 10: {
          const word = text.charCodeAt(i + 1);
          if ((word === 115 || word === 116 || word === 101) && startsDefinition(text, i + 1)) {
            i++;
            break scan;
          }
          i = this.directiveAfter(i + 1);
          continue;
        }
        case 34:
        case 39:
          i = Math.max(endOfQuoted(text, i, end), i + 1);
          continue;
        case 47: {
          const next = text.charCodeAt(i + 1);
          if (next === 42) {
            const behind = endOfBlockComment(text, i, end);
            i = startsLine(text, i) ? this.directiveAfter(behind) : behind;
          } else i = next === 47 ? endOfLineComment(text, i, end) : i + 1;
          continue;
        }
        case 59:
          i++;
          // `;` never stands between top-level parentheses: the bracket was left open
          if (this.passing < 0 && opening === 40 && braces === 0) break scan;
          continue;
        default:
          i++;
          if (this.passing >= 0) continue;
          if (code === opening) this.depth++;
          else if (code === closing && --this.depth <= 0) break scan;
          if (opening === 40) braces += code === 123 ? 1 : code === 125 ? -1 : 0;
      }
    }
    this.group = outerGroup;
    this.depth = outerDepth;
    return i;
  }

  /** Reads the directive that the rest of a line is, if it is one; returns the place behind it, else behind the blanks. */
  private directiveAfter(from: number): number {
    const { text } = this;
    let i = from;
    for (let code = text.charCodeAt(i); code === 32 || code === 9 || code === 13; code = text.charCodeAt(++i));
    return text.charCodeAt(i) === 35 && i < this.end ? this.directive(i) : i;
  }

  /** Reads the directive whose `#` stands at `start`; returns the place behind its logical line. */
  private directive(start: number): number {
    const { text } = this;
    const end = endOfDirective(text, start, this.end);
    let i = skipBlanks(text, start + 1, end);
    const nameStart = i;
    while (i < end && classOf(text.charCodeAt(i)) === CharClass.Identifier) i++;
    switch (text.slice(nameStart, i)) {
      case "include":
        this.include(start, skipBlanks(text, i, end), end);
        break;
      case "define":
        this.define(skipBlanks(text, i, end), end);
        break;
      case "undef": {
        const at = skipBlanks(text, i, end);
        const to = endOfName(text, at, end);
        if (to > at) {
          this.macros.push({
            name: own(text, at, to),
            parameters: undefined,
            bodyStart: to,
            bodyEnd: to,
            nameStart: at,
            condition: this.condition(),
            undefined: true,
          });
        }
        break;
      }
      case "if":
        this.openArm("if", i, end, start);
        break;
      case "ifdef":
        this.openArm("ifdef", i, end, start);
        break;
      case "ifndef":
        this.openArm("ifndef", i, end, start);
        break;
      case "elif":
        this.nextArm("elif", i, end, start);
        break;
      case "else":
        this.nextArm("else", end, end, start);
        break;
      case "endif":
        if (this.passing === this.open.length - 1) this.passing = -1;
        this.open.pop();
        break;
    }
    return end;
  }

  private openArm(kind: "if" | "ifdef" | "ifndef", from: number, end: number, start: number): void {
    const expression = directiveText(this.text, from, end);
    this.conditions.push({ kind, expression, parent: this.condition(), previous: -1, start });
    const condition = this.conditions.length - 1;
    if (this.open.length >= maximumConditionDepth) return;
    this.open.push({ condition, headLength: this.head.length, item: this.item, depth: this.depth, group: this.group });
  }

  private nextArm(kind: "elif" | "else", from: number, end: number, start: number): void {
    const group = this.open[this.open.length - 1];
    if (group === undefined) return;
    const parent = this.conditions[group.condition]?.parent ?? -1;
    const expression = directiveText(this.text, from, end);
    this.conditions.push({ kind, expression, parent, previous: group.condition, start });
    group.condition = this.conditions.length - 1;
    if (group.group === this.group) {
      if (this.group !== 0) this.depth = group.depth;
      else if (group.item === this.item && this.head.length > group.headLength) this.head.length = group.headLength;
    } else if (this.passing < 0) this.passing = this.open.length - 1;
  }

  private include(start: number, at: number, end: number): void {
    const quote = this.text.charCodeAt(at);
    const system = quote === 60;
    if (!system && quote !== 34) return;
    const close = this.text.indexOf(system ? ">" : '"', at + 1);
    if (close === -1 || close > end) return;
    this.includes.push({ name: own(this.text, at + 1, close), system, start, condition: this.condition() });
  }

  private define(at: number, end: number): void {
    const { text } = this;
    const nameEnd = endOfName(text, at, end);
    if (nameEnd === at) return;
    let parameters: string[] | undefined;
    let bodyStart = nameEnd;
    if (text.charCodeAt(nameEnd) === 40) {
      const close = text.indexOf(")", nameEnd);
      if (close === -1 || close > end) return;
      parameters = parameterList(text.slice(nameEnd + 1, close));
      bodyStart = close + 1;
    }
    bodyStart = skipBlanks(text, bodyStart, end);
    let bodyEnd = end;
    while (bodyEnd > bodyStart && classOf(text.charCodeAt(bodyEnd - 1)) === CharClass.Space) bodyEnd--;
    this.macros.push({
      name: own(text, at, nameEnd),
      parameters,
      bodyStart,
      bodyEnd,
      nameStart: at,
      condition: this.condition(),
    });
  }
}

function parameterList(written: string): string[] {
  const plain = written.includes("\\") || written.includes("/");
  const list = plain ? withoutComments(joined(written)) : written;
  const names: string[] = [];
  for (let start = 0; start <= list.length; ) {
    const comma = list.indexOf(",", start);
    const end = comma === -1 ? list.length : comma;
    const name = list.slice(start, end).trim();
    if (name !== "" || comma !== -1) names.push(own(name, 0, name.length));
    start = end + 1;
  }
  return names;
}

function isAttribute(text: string, before: HeadToken | undefined): boolean {
  if (before?.kind !== "identifier") return false;
  const word = text.slice(before.start, before.end);
  return word === word.toUpperCase() || word.startsWith("__") || word === "_Alignas" || word === "alignas";
}

const definitionWords = ["static ", "typedef ", "extern "];

/** `start` stands in column 0. */
function startsDefinition(text: string, start: number): boolean {
  return text.charCodeAt(start - 1) === 10 && definitionWords.some((word) => text.startsWith(word, start));
}

/** Only blanks stand between the line's start and `at`. */
function startsLine(text: string, at: number): boolean {
  let i = at - 1;
  for (let code = text.charCodeAt(i); code === 32 || code === 9; code = text.charCodeAt(--i));
  return text.charCodeAt(i) === 10;
}

function endOfName(text: string, at: number, end: number): number {
  let to = at;
  while (to < end && classOf(text.charCodeAt(to)) >= CharClass.Identifier) to++;
  return to;
}

function skipBlanks(text: string, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const code = text.charCodeAt(i);
    if (code === 92 && isLineContinuation(text, i)) i += 2;
    else if (classOf(code) === CharClass.Space) i++;
    else if (code === 47 && text.charCodeAt(i + 1) === 42) i = endOfBlockComment(text, i, end);
    else break;
  }
  return i;
}
