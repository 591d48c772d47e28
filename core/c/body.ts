/** Character-level steps through a function body: what is code, and what expression ends at a place. */

const codes = {
  tab: 9,
  newline: 10,
  space: 32,
  quote: 34,
  hash: 35,
  apostrophe: 39,
  star: 42,
  slash: 47,
  backslash: 92,
};

export function isIdentifierStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

export function isIdentifierPart(code: number): boolean {
  return isIdentifierStart(code) || (code >= 48 && code <= 57);
}

function isSpace(code: number): boolean {
  return code === codes.space || (code >= codes.tab && code <= 13);
}

/** The place behind the comment, literal or directive that starts at `i`; `i` itself where none does. */
export function skipNonCode(text: string, i: number, end: number): number {
  const code = text.charCodeAt(i);
  if (code === codes.slash) {
    const next = text.charCodeAt(i + 1);
    if (next === codes.slash) return Math.min(end, lineEnd(text, i));
    if (next !== codes.star) return i;
    const close = text.indexOf("*/", i + 2);
    return close === -1 ? end : Math.min(end, close + 2);
  }
  if (code === codes.quote || code === codes.apostrophe) return literalEnd(text, i, end, code);
  if (code === codes.hash && isDirectiveStart(text, i)) return Math.min(end, lineEnd(text, i));
  return i;
}

/** End of the logical line: a backslash before the newline continues it. */
function lineEnd(text: string, from: number): number {
  let newline = text.indexOf("\n", from);
  while (newline !== -1) {
    const before = text.charCodeAt(newline - 1) === 13 ? newline - 2 : newline - 1;
    if (text.charCodeAt(before) !== codes.backslash) return newline;
    newline = text.indexOf("\n", newline + 1);
  }
  return text.length;
}

function literalEnd(text: string, from: number, end: number, quote: number): number {
  for (let i = from + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === codes.backslash) i++;
    else if (code === quote) return i + 1;
    else if (code === codes.newline) return i;
  }
  return end;
}

function isDirectiveStart(text: string, hash: number): boolean {
  for (let i = hash - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code === codes.newline) {
      const before = text.charCodeAt(i - 1) === 13 ? i - 2 : i - 1;
      return text.charCodeAt(before) !== codes.backslash;
    }
    if (!isSpace(code)) return false;
  }
  return true;
}

/** No postfix expression has more characters; of text made to be slow no more is read again for each of its parts. */
const longestPostfix = 1000;

/**
 * Start of the postfix expression that ends before `end`: `s->ops` , `q[0].fn`, `DEVICE_CLASS(oc)`.
 * Equals `end` (blanks skipped) where none stands there.
 */
export function postfixStart(text: string, end: number, from: number): number {
  const floor = Math.max(from, end - longestPostfix);
  let i = blanksBefore(text, end, floor);
  for (;;) {
    const close = text.charCodeAt(i - 1);
    if (close === 41 || close === 93) {
      const open = matchingOpen(text, i - 1, floor);
      if (open === -1) return i;
      const before = blanksBefore(text, open, floor);
      const operand = text.charCodeAt(before - 1);
      if (isIdentifierPart(operand) || operand === 41 || operand === 93) {
        i = before;
        continue;
      }
      i = open;
    } else {
      let start = i;
      while (start > floor && isIdentifierPart(text.charCodeAt(start - 1))) start--;
      if (start === i) return i;
      i = start;
    }
    const joint = blanksBefore(text, i, floor);
    const last = text.charCodeAt(joint - 1);
    if (last === 46) i = blanksBefore(text, joint - 1, floor);
    else if (last === 62 && text.charCodeAt(joint - 2) === 45) i = blanksBefore(text, joint - 2, floor);
    else return i;
  }
}

export function blanksBefore(text: string, from: number, floor: number): number {
  let i = from;
  while (i > floor && isSpace(text.charCodeAt(i - 1))) i--;
  return i;
}

/** Blanks and tabs that stand before `at`. */
export function indentBefore(text: string, at: number): string {
  let i = at;
  while (text.charCodeAt(i - 1) === codes.space || text.charCodeAt(i - 1) === codes.tab) i--;
  return text.slice(i, at);
}

export function blanksAfter(text: string, from: number, end: number): number {
  let i = from;
  while (i < end) {
    if (isSpace(text.charCodeAt(i))) {
      i++;
      continue;
    }
    const next = text.charCodeAt(i) === codes.slash ? skipNonCode(text, i, end) : i;
    if (next === i) return i;
    i = next;
  }
  return i;
}

function matchingOpen(text: string, close: number, floor: number): number {
  const closing = text.charCodeAt(close);
  const opening = closing === 41 ? 40 : 91;
  let depth = 0;
  for (let i = close; i >= floor; i--) {
    const code = text.charCodeAt(i);
    if (code === closing) depth++;
    else if (code === opening && --depth === 0) return i;
    else if (code === 59 || code === 123) return -1;
  }
  return -1;
}
