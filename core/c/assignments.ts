import { blanksAfter, blanksBefore, isIdentifierPart, isIdentifierStart, postfixStart, skipNonCode } from "./body";

/** `dc->vmsd = &vmstate_x;` inside a function body. */
export interface Assignment {
  /** `dc->vmsd`, blanks as written. */
  readonly target: string;
  /** `dc`; `DEVICE_CLASS(oc)` in `DEVICE_CLASS(oc)->vmsd`; `k->parent` in `k->parent.fn`. */
  readonly base: string;
  readonly member: string;
  readonly value: string;
  /** Offsets of the target and of the value. */
  readonly targetStart: number;
  readonly targetEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface LocalVariable {
  readonly name: string;
  /** Last type word, without struct or qualifiers: `DeviceClass`. */
  readonly typeName: string;
  readonly pointer: boolean;
  /** Text behind `=` in its declaration; undefined for a parameter or an uninitialised variable. */
  readonly value: string | undefined;
}

/** The offsets of a FunctionDefinition that matter here. */
export interface FunctionSpan {
  readonly parametersStart: number;
  readonly parametersEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Plain assignments to members in a body, in order. `a->x = b->y = f` gives two, both with value `f`. */
export function assignmentsIn(text: string, fn: FunctionSpan): readonly Assignment[] {
  const end = Math.min(fn.bodyEnd, text.length);
  const found: Assignment[] = [];
  for (const { equals, valueStart, valueEnd } of valuesIn(text, fn.bodyStart, end)) {
    const assignment = assignmentAt(text, equals, fn.bodyStart, valueStart, valueEnd);
    if (assignment) found.push(assignment);
  }
  return found;
}

interface Value {
  readonly equals: number;
  /** Behind the last `=` of a chain `a = b = c`. */
  readonly valueStart: number;
  /** The `;`, `,` or unmatched bracket that ends it. */
  readonly valueEnd: number;
}

type OpenValue = { -readonly [K in keyof Value]: Value[K] } & { readonly depth: number };

/** What stands behind each `=`, in order; linear, however they stand in each other. */
function valuesIn(text: string, start: number, end: number): readonly Value[] {
  const found: OpenValue[] = [];
  const open: OpenValue[] = [];
  let depth = 0;
  const close = (at: number, isOver: (value: OpenValue) => boolean): void => {
    for (let last = open.at(-1); last !== undefined && isOver(last); last = open.at(-1)) {
      last.valueEnd = at;
      open.pop();
    }
  };
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 47 || code === 34 || code === 39 || code === 35) {
      const behind = skipNonCode(text, i, end);
      if (behind > i) i = behind - 1;
    } else if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) {
      depth--;
      close(i, (value) => value.depth > depth);
    } else if (code === 59) close(i, () => true);
    else if (code === 44) close(i, (value) => value.depth >= depth);
    else if (code === 61) {
      if (text.charCodeAt(i + 1) === 61) i++;
      else if (!operators.has(text.charCodeAt(i - 1))) {
        const value = { equals: i, valueStart: blanksAfter(text, i + 1, end), valueEnd: end, depth };
        found.push(value);
        open.push(value);
      }
    }
  }
  for (let k = found.length - 2; k >= 0; k--) {
    const [value, next] = [found[k], found[k + 1]];
    if (value === undefined || next === undefined) continue;
    if (next.valueEnd === value.valueEnd && isPath(text, value.valueStart, next.equals))
      value.valueStart = next.valueStart;
  }
  return found;
}

/** Names, `->` and `.`, with blanks. */
function isPath(text: string, start: number, end: number): boolean {
  let i = start;
  while (i < end && (isIdentifierPart(text.charCodeAt(i)) || "->. \t\r\n".includes(text[i] ?? ""))) i++;
  return i === end && i > start;
}

const operators = new Set([..."=!<>+-*/%&|^"].map((c) => c.charCodeAt(0)));

function assignmentAt(
  text: string,
  equals: number,
  floor: number,
  valueStart: number,
  valueEnd: number,
): Assignment | undefined {
  const targetEnd = blanksBefore(text, equals, floor);
  const targetStart = postfixStart(text, targetEnd, floor);
  let memberStart = targetEnd;
  while (memberStart > targetStart && isIdentifierPart(text.charCodeAt(memberStart - 1))) memberStart--;
  if (memberStart === targetEnd) return undefined;
  const joint = blanksBefore(text, memberStart, targetStart);
  const arrow = text.charCodeAt(joint - 1) === 62 && text.charCodeAt(joint - 2) === 45;
  if (!arrow && text.charCodeAt(joint - 1) !== 46) return undefined;
  const base = text.slice(targetStart, joint - (arrow ? 2 : 1)).trim();
  if (base === "") return undefined;
  const value = text.slice(valueStart, valueEnd).trim();
  return {
    target: text.slice(targetStart, targetEnd),
    base,
    member: text.slice(memberStart, targetEnd),
    value,
    targetStart,
    targetEnd,
    valueStart,
    valueEnd: valueStart + value.length,
  };
}

/** The `;`, `,` or unmatched bracket that ends the expression at `from`. */
function expressionEnd(text: string, from: number, end: number): number {
  let depth = 0;
  for (let i = from; i < end; ) {
    const code = text.charCodeAt(i);
    const behind = code === 47 || code === 34 || code === 39 || code === 35 ? skipNonCode(text, i, end) : i;
    if (behind > i) {
      i = behind;
      continue;
    }
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) {
      if (--depth < 0) return i;
    } else if (code === 59 || (code === 44 && depth === 0)) return i;
    i++;
  }
  return end;
}

const qualifiers = new Set(
  "const volatile static register struct union enum unsigned signed extern inline g_autofree restrict".split(" "),
);
const notTypes = new Set("return goto case else do if while for switch break continue default sizeof".split(" "));

/** Parameters and local variables of a function by name. Shadowed names keep the first. */
export function localTypes(text: string, fn: FunctionSpan): ReadonlyMap<string, LocalVariable> {
  const found = new Map<string, LocalVariable>();
  const add = (variable: LocalVariable): void => {
    if (!found.has(variable.name)) found.set(variable.name, variable);
  };
  for (let i = fn.parametersStart; i < fn.parametersEnd; ) {
    const end = expressionEnd(text, i, fn.parametersEnd);
    for (const variable of declared(text, i, end)) add(variable);
    i = end + 1;
  }
  const end = Math.min(fn.bodyEnd, text.length);
  let atStatement = true;
  for (let i = fn.bodyStart; i < end; ) {
    const code = text.charCodeAt(i);
    if (isIdentifierStart(code)) {
      if (atStatement) for (const variable of declared(text, i, end)) add(variable);
      atStatement = false;
      while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
      continue;
    }
    const behind = code === 47 || code === 34 || code === 39 || code === 35 ? skipNonCode(text, i, end) : i;
    if (behind > i) {
      if (code === 34 || code === 39) atStatement = false;
      i = behind;
      continue;
    }
    if (code === 59 || code === 123 || code === 125 || code === 58) atStatement = true;
    else if (code === 40) atStatement = /\bfor\s*$/.test(text.slice(Math.max(fn.bodyStart, i - 6), i));
    else if (code > 32) atStatement = false;
    i++;
  }
  return found;
}

/** `const Type *a = x, *b;` at `from`; nothing where the words there are no declaration. */
function declared(text: string, from: number, end: number): readonly LocalVariable[] {
  let i = blanksAfter(text, from, end);
  let typeName = "";
  let qualified = false;
  for (;;) {
    const start = i;
    while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
    const word = text.slice(start, i);
    if (word === "" || notTypes.has(word)) return [];
    i = blanksAfter(text, i, end);
    if (word === "g_autoptr" && text.charCodeAt(i) === 40) {
      const close = text.indexOf(")", i);
      if (close === -1 || close >= end) return [];
      return declarators(text, close + 1, end, text.slice(i + 1, close).trim(), true);
    }
    if (qualifiers.has(word)) {
      qualified = true;
      if (word === "unsigned" || word === "signed") typeName = "int";
      if (text.charCodeAt(i) === 42) return typeName === "" ? [] : declarators(text, i, end, typeName, false);
      continue;
    }
    const follows = text.charCodeAt(i);
    const nextIsName = isIdentifierStart(follows);
    if (follows === 42 || nextIsName) {
      typeName = word;
      if (follows === 42 || !continuesType(text, i, end)) return declarators(text, i, end, typeName, false);
      continue;
    }
    return qualified && typeName !== "" ? declarators(text, start, end, typeName, false) : [];
  }
}

/** Another word follows the word at `i`: `long int x`, `Type const x`. */
function continuesType(text: string, i: number, end: number): boolean {
  let behind = i;
  while (behind < end && isIdentifierPart(text.charCodeAt(behind))) behind++;
  const next = text.charCodeAt(blanksAfter(text, behind, end));
  return isIdentifierStart(next) || next === 42;
}

function declarators(
  text: string,
  from: number,
  end: number,
  typeName: string,
  alwaysPointer: boolean,
): readonly LocalVariable[] {
  const found: LocalVariable[] = [];
  let i = from;
  for (;;) {
    let pointer = alwaysPointer;
    for (;;) {
      i = blanksAfter(text, i, end);
      if (text.charCodeAt(i) === 42) {
        pointer = true;
        i++;
      } else if (text.startsWith("const ", i) || text.startsWith("restrict ", i)) i = text.indexOf(" ", i);
      else break;
    }
    const start = i;
    while (i < end && isIdentifierPart(text.charCodeAt(i))) i++;
    if (i === start || !isIdentifierStart(text.charCodeAt(start))) return found;
    const name = text.slice(start, i);
    i = blanksAfter(text, i, end);
    while (text.charCodeAt(i) === 91 && i < end) {
      const close = text.indexOf("]", i);
      if (close === -1) return found;
      i = blanksAfter(text, close + 1, end);
    }
    const next = i >= end ? 59 : text.charCodeAt(i);
    if (next === 61 && text.charCodeAt(i + 1) !== 61) {
      const valueStart = i + 1;
      i = expressionEnd(text, valueStart, end);
      found.push({ name, typeName, pointer, value: text.slice(valueStart, i).trim() });
    } else if (next === 59 || next === 44 || next === 41) {
      found.push({ name, typeName, pointer, value: undefined });
    } else return found;
    if (i >= end || text.charCodeAt(i) !== 44) return found;
    i++;
  }
}
