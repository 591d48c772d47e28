/** A top-level item's tokens, brackets collapsed -> the declarations it makes. */
import type { Declaration } from "./facts";
import { lex, own } from "./lex";
import type { Token } from "./token";
import { isName, nameSpans } from "./words";

export interface HeadToken {
  readonly kind: "identifier" | "parentheses" | "brackets" | "braces" | "assign" | "comma" | "star" | "other";
  readonly start: number;
  readonly end: number;
}

export interface Item {
  readonly head: readonly HeadToken[];
  readonly start: number;
  readonly end: number;
  readonly how: "semicolon" | "body" | "invocation" | "end";
  readonly condition: number;
}

const qualifiers = new Set([
  "static",
  "const",
  "extern",
  "inline",
  "volatile",
  "register",
  "struct",
  "union",
  "enum",
  "signed",
  "unsigned",
]);

export function classifyItem(text: string, item: Item, out: Declaration[]): void {
  const { head } = item;
  const word = (k: number): string => {
    const token = head[k];
    return token?.kind === "identifier" ? text.slice(token.start, token.end) : "";
  };
  if (item.how === "body") {
    functionOf(text, item, out);
    return;
  }
  const record = recordOf(text, item, out);
  if (word(0) === "typedef") {
    const names = typedefNames(text, head.slice(record?.next ?? 1), record !== undefined);
    out.push({ kind: "typedef", names, start: item.start, end: item.end, condition: item.condition });
    return;
  }
  const only = head.length === 2 && head[0]?.kind === "identifier" && head[1]?.kind === "parentheses";
  if (only) {
    const name = head[0];
    if (name !== undefined) {
      out.push({
        kind: "invocation",
        name: own(text, name.start, name.end),
        nameStart: name.start,
        start: item.start,
        end: item.end,
        condition: item.condition,
      });
    }
    return;
  }
  declarators(text, item, record?.next ?? 0, record !== undefined, out);
}

function functionOf(text: string, item: Item, out: Declaration[]): void {
  const { head } = item;
  const body = head[head.length - 1];
  if (body?.kind !== "braces") return;
  let chosen = -1;
  for (let k = head.length - 2; k > 0; k--) {
    if (head[k]?.kind !== "parentheses") continue;
    const before = head[k - 1];
    if (before?.kind === "parentheses" && head[k - 2]?.kind === "identifier") {
      chosen = k;
      break;
    }
    if (before?.kind !== "identifier") continue;
    if (chosen === -1) chosen = k;
    const name = text.slice(before.start, before.end);
    if (name !== name.toUpperCase() && !name.startsWith("__")) {
      chosen = k;
      break;
    }
  }
  const parameters = head[chosen];
  const name = functionName(text, head, chosen);
  if (parameters === undefined || name === undefined) return;
  out.push({
    kind: "function",
    name: own(text, name.start, name.end),
    nameStart: name.start,
    isStatic: head.slice(0, chosen).some((t) => t.kind === "identifier" && text.slice(t.start, t.end) === "static"),
    parametersStart: parameters.start + 1,
    parametersEnd: parameters.end - 1,
    bodyStart: body.start,
    bodyEnd: body.end,
    start: item.start,
    end: item.end,
    condition: item.condition,
  });
}

/** `f`, `(f)` and `HELPER(f)` before the parameters. */
function functionName(
  text: string,
  head: readonly HeadToken[],
  parameters: number,
): { readonly start: number; readonly end: number } | undefined {
  const before = head[parameters - 1];
  const macro = head[parameters - 2];
  if (before?.kind !== "parentheses" || macro === undefined) return before;
  const word = text.slice(macro.start, macro.end);
  if (word === word.toUpperCase()) return { start: macro.start, end: before.end };
  const name = text.slice(before.start + 1, Math.min(before.end - 1, before.start + 200)).trim();
  if (!isName(name)) return { start: macro.start, end: before.end };
  const start = text.indexOf(name, before.start);
  return { start, end: start + name.length };
}

/** The record defined in the item, and the index of the head token behind its braces. */
function recordOf(text: string, item: Item, out: Declaration[]): { readonly next: number } | undefined {
  const { head } = item;
  for (let k = 0; k < head.length; k++) {
    const token = head[k];
    if (token === undefined || token.kind === "assign" || token.kind === "braces") return undefined;
    if (token.kind !== "identifier") continue;
    const keyword = text.slice(token.start, token.end);
    if (keyword !== "struct" && keyword !== "union" && keyword !== "enum") continue;
    let tag: string | undefined;
    let j = k + 1;
    for (; j < head.length; j++) {
      const next = head[j];
      if (next?.kind === "identifier") {
        const name = text.slice(next.start, next.end);
        const decoration = name === "__attribute__" || head[j + 1]?.kind === "parentheses";
        if (!decoration && (tag === undefined || tag === tag.toUpperCase())) tag = own(text, next.start, next.end);
      } else if (next?.kind !== "parentheses") break;
    }
    const body = head[j];
    if (body?.kind !== "braces") return undefined;
    out.push({
      kind: keyword,
      tag,
      bodyStart: body.start + 1,
      bodyEnd: Math.max(body.start + 1, body.end - 1),
      enumerators: keyword === "enum" ? enumeratorsIn(text, body.start + 1, body.end - 1) : [],
      start: item.start,
      end: item.end,
      condition: item.condition,
    });
    nestedRecords(text, body.start + 1, body.end - 1, item.condition, out);
    return { next: j + 1 };
  }
  return undefined;
}

/** Tagged records and enums inside a record: in C their names are the whole file's. */
function nestedRecords(text: string, start: number, end: number, condition: number, out: Declaration[]): void {
  const brace = text.indexOf("{", start);
  if (brace === -1 || brace >= end) return;
  const tokens = lex(text, "", start, end);
  const { closing, semicolon } = endsIn(tokens);
  let enumEnd = 0;
  for (let k = 0; k < tokens.length; k++) {
    const kind = tokens[k]?.text;
    if (kind !== "struct" && kind !== "union" && kind !== "enum") continue;
    const named = tokens[k + 1]?.kind === "identifier";
    const open = tokens[named ? k + 2 : k + 1];
    if (open?.text !== "{" || (!named && kind !== "enum")) continue;
    const close = closing[named ? k + 2 : k + 1] ?? tokens.length;
    const last = close < tokens.length ? (semicolon[close] ?? close) : close;
    const bodyEnd = tokens[close]?.start ?? end;
    // an enum inside an enum is no C: what the outer one lists is enough
    const lists = kind === "enum" && k >= enumEnd;
    if (lists) enumEnd = close;
    out.push({
      kind,
      tag: named ? own(tokens[k + 1]?.text ?? "", 0, tokens[k + 1]?.text.length ?? 0) : undefined,
      bodyStart: open.end,
      bodyEnd,
      enumerators: lists ? enumeratorsIn(text, open.end, bodyEnd) : [],
      start: tokens[k]?.start ?? start,
      end: tokens[last]?.end ?? end,
      condition,
    });
  }
}

interface Ends {
  /** For an opening brace the index of the one that closes it; none where it stays open. */
  readonly closing: readonly (number | undefined)[];
  /** For each token the index of the next `;`, itself included; the last token where there is none. */
  readonly semicolon: readonly number[];
}

function endsIn(tokens: readonly Token[]): Ends {
  const closing = new Array<number | undefined>(tokens.length);
  const semicolon = new Array<number>(tokens.length);
  const open: number[] = [];
  for (const [k, { text }] of tokens.entries()) {
    if (text === "{") open.push(k);
    const opening = text === "}" ? open.pop() : undefined;
    if (opening !== undefined) closing[opening] = k;
  }
  let next = tokens.length - 1;
  for (let k = tokens.length - 1; k >= 0; k--) {
    if (tokens[k]?.text === ";") next = k;
    semicolon[k] = next;
  }
  return { closing, semicolon };
}

function typedefNames(text: string, head: readonly HeadToken[], afterRecord: boolean): string[] {
  const names: string[] = [];
  for (const piece of splitAtCommas(withoutAttributes(text, head))) {
    const last = piece.findLast((t) => t.kind === "identifier" || t.kind === "parentheses");
    if (last === undefined) continue;
    if (last.kind === "identifier") {
      const name = text.slice(last.start, last.end);
      const at = piece.indexOf(last);
      // an attribute behind the name: `} QEMU_PACKED Foo;` has it before, `} Foo QEMU_PACKED;` behind
      const before = piece[at - 1];
      const isUpper = (word: string): boolean => word === word.toUpperCase();
      const decorated =
        afterRecord && before?.kind === "identifier" && isUpper(name) && !isUpper(text.slice(before.start, before.end));
      names.push(own(text, (decorated ? before : last).start, (decorated ? before : last).end));
      continue;
    }
    const at = piece.indexOf(last);
    const before = piece[at - 1];
    if (before?.kind === "parentheses") {
      const inside = innerName(text, before);
      if (inside !== undefined) names.push(own(text, inside.start, inside.end));
    } else if (before?.kind === "identifier") names.push(own(text, before.start, before.end));
  }
  return names;
}

function withoutAttributes(text: string, head: readonly HeadToken[]): readonly HeadToken[] {
  const isAttribute = (token: HeadToken | undefined): boolean =>
    token?.kind === "identifier" && text.startsWith("__attribute__", token.start);
  if (!head.some(isAttribute)) return head;
  return head.filter((token, k) => !isAttribute(token) && !(token.kind === "parentheses" && isAttribute(head[k - 1])));
}

function splitAtCommas(head: readonly HeadToken[]): HeadToken[][] {
  const pieces: HeadToken[][] = [[]];
  for (const token of head) {
    if (token.kind === "comma") pieces.push([]);
    else pieces[pieces.length - 1]?.push(token);
  }
  return pieces;
}

/** Variables and prototypes of an item that is neither function body nor typedef. */
function declarators(text: string, item: Item, from: number, afterRecord: boolean, out: Declaration[]): void {
  const { head } = item;
  const words = head.filter((t) => t.kind === "identifier").map((t) => text.slice(t.start, t.end));
  const isStatic = words.includes("static");
  const isExtern = words[0] === "extern";
  let typeName = "";
  let first = true;
  for (const piece of splitAtCommas(withoutAttributes(text, head.slice(from)))) {
    const assign = piece.findIndex((t) => t.kind === "assign");
    const left = assign === -1 ? piece : piece.slice(0, assign);
    const group = left.findIndex((t) => t.kind === "parentheses");
    const pointer = functionPointer(text, left);
    if (pointer !== undefined) {
      declareFunctionPointer(text, item, pointer, assign === -1 ? [] : piece.slice(assign + 1), isStatic, out);
      first = false;
      continue;
    }
    let nameAt = left.findLastIndex((t) => t.kind === "identifier");
    if (group > 0 && assign === -1 && left[group - 1]?.kind === "identifier" && nameAt < group) nameAt = group - 1;
    const name = left[nameAt];
    if (name === undefined) continue;
    if (first) {
      for (let k = nameAt - 1; k >= 0; k--) {
        const token = left[k];
        if (token?.kind !== "identifier") continue;
        const candidate = text.slice(token.start, token.end);
        if (qualifiers.has(candidate)) continue;
        typeName = own(text, token.start, token.end);
        break;
      }
    }
    const base = { start: item.start, end: item.end, condition: item.condition };
    const initialiser = assign === -1 ? undefined : piece[assign + 1];
    const onlyTag = nameAt === 0 || (typeName === "" && !afterRecord && first);
    first = false;
    if (initialiser === undefined && (onlyTag || isExtern || (group > 0 && nameAt === group - 1))) {
      if (!afterRecord) out.push({ kind: "prototype", name: own(text, name.start, name.end), ...base });
      else variable();
      continue;
    }
    variable();
    function variable(): void {
      if (name === undefined) return;
      out.push({
        kind: "variable",
        name: own(text, name.start, name.end),
        nameStart: name.start,
        isStatic,
        typeName,
        pointer: left.slice(0, nameAt).some((t) => t.kind === "star"),
        array: left.slice(nameAt + 1).some((t) => t.kind === "brackets"),
        initStart: initialiser?.start ?? item.end,
        initEnd: piece[piece.length - 1]?.end ?? item.end,
        ...base,
        ...(initialiser === undefined ? { initStart: item.end, initEnd: item.end } : {}),
      });
    }
  }
}

/** The name in `(*name)(…)`, `(*name[N])(…)`, `(*name(…))(…)`, and where the inner parentheses end. */
function functionPointer(text: string, left: readonly HeadToken[]): InnerName | undefined {
  const inner = left.at(-2);
  if (inner?.kind !== "parentheses" || left.at(-1)?.kind !== "parentheses") return undefined;
  return text.slice(inner.start, Math.min(inner.end, inner.start + longestInner)).includes("*")
    ? innerName(text, inner)
    : undefined;
}

interface InnerName {
  readonly start: number;
  readonly end: number;
  /** What stands behind it: `)`, `[` or `(`. */
  readonly next: string;
}

const longestInner = 300;

/** What parentheses in a declarator declare: `f` of `(*const f)`, `f` of `(CALLBACK *f[2])`. */
function innerName(text: string, { start, end }: HeadToken): InnerName | undefined {
  for (const [from, to] of nameSpans(text, start, Math.min(end, start + longestInner))) {
    let at = to;
    while (at < end && text.charCodeAt(at) <= 32) at++;
    const next = text.charAt(at);
    if (next === ")" || next === "[" || next === "(") return { start: from, end: to, next };
  }
  return undefined;
}

function declareFunctionPointer(
  text: string,
  item: Item,
  { start, end, next }: InnerName,
  initialiser: readonly HeadToken[],
  isStatic: boolean,
  out: Declaration[],
): void {
  const name = own(text, start, end);
  const base = { start: item.start, end: item.end, condition: item.condition };
  if (next === "(" || (initialiser.length === 0 && text.startsWith("extern", item.start))) {
    out.push({ kind: "prototype", name, ...base });
    return;
  }
  out.push({
    kind: "variable",
    name,
    nameStart: start,
    isStatic,
    typeName: "",
    pointer: true,
    array: next === "[",
    initStart: initialiser[0]?.start ?? item.end,
    initEnd: initialiser.at(-1)?.end ?? item.end,
    ...base,
  });
}

function enumeratorsIn(text: string, start: number, end: number): string[] {
  const names: string[] = [];
  let depth = 0;
  let isFirst = true;
  for (const { kind, text: word } of lex(text, "", start, end)) {
    if (kind === "directive") continue;
    if (isFirst && kind === "identifier") names.push(word);
    if (word === "(") depth++;
    else if (word === ")") depth--;
    isFirst = word === "," && depth === 0;
  }
  return names;
}
