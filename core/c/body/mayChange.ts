/** By a function's characters alone, whether it may set a member: what says no needs no tree. */
import { isIdentifierPart } from "../body";

/** Longest subscript that is looked over. */
const furthest = 200;

/** Whether the text may set what has that name, or give its address away. */
export function mayChange(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    const end = at + name.length;
    if (isIdentifierPart(text.charCodeAt(at - 1)) || isIdentifierPart(text.charCodeAt(end))) continue;
    if (isChangedBehind(text, end) || isChangedBefore(text, at) || isPointedTo(text, at, end)) return true;
  }
  return false;
}

/** An assignment or `++`, behind subscripts; or the end of an argument, which may be an array. */
function isChangedBehind(text: string, from: number): boolean {
  let i = from;
  for (let depth = 0; i < text.length; i++) {
    const c = text[i];
    if (i - from > furthest) return true;
    if (c === "[") depth++;
    else if (c === "]") depth--;
    else if (depth <= 0 && c !== " " && c !== "\t" && c !== "\n" && c !== "\r") break;
    if (depth < 0) return false;
  }
  const next = text[i] ?? "";
  const second = text[i + 1] ?? "";
  if (next === "=") return second !== "=";
  if (next === "<" || next === ">") return second === next && text[i + 2] === "=";
  return (
    next === "," ||
    next === ")" ||
    ("+-*/%&|^".includes(next) && (second === "=" || (second === next && next !== "&" && next !== "|")))
  );
}

/** `&` or `++` before the place whose last name stands at the offset. */
function isChangedBefore(text: string, end: number): boolean {
  for (let i = end - 1; i >= 0; i--) {
    const c = text[i] ?? "";
    if (end - i > furthest) return true;
    if (c === "-" && text[i - 1] === "-") return true;
    if (isIdentifierPart(text.charCodeAt(i)) || "->.()[] \t\r\n*".includes(c)) continue;
    return c === "&" ? text[i - 1] !== "&" : c === "+" && text[i - 1] === "+";
  }
  return false;
}

/** `*p = s->buf` and `*p = s->buf + n`: a pointer that is declared to lead there; `*(s->buf + n)` and `f(s->buf + n)`. */
function isPointedTo(text: string, start: number, end: number): boolean {
  let behind = end;
  while (isBlank(text[behind])) behind++;
  if (text[behind] !== ";" && text[behind] !== "+") return false;
  let i = start - 1;
  while (i >= 0 && start - i <= furthest && (isIdentifierPart(text.charCodeAt(i)) || "->.".includes(text[i] ?? "")))
    i--;
  while (isBlank(text[i])) i--;
  if (text[behind] === "+" && (text[i] === "(" || text[i] === ",")) return true;
  if (text[i] !== "=") return false;
  i--;
  while (isBlank(text[i])) i--;
  const name = i;
  while (isIdentifierPart(text.charCodeAt(i))) i--;
  while (isBlank(text[i])) i--;
  return i < name && text[i] === "*";
}

function isBlank(c: string | undefined): boolean {
  return c === " " || c === "\t" || c === "\n" || c === "\r";
}
