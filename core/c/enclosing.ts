/** What decides whether a statement inside a function body runs. */
import { skipNonCode } from "./body";

/** A construct around a place: `if (condition)`, its `else`, or a loop or switch whose body the place is in. */
export interface Enclosing {
  readonly kind: "if" | "else" | "loop" | "switch";
  /** Text between the parentheses; for `else` that of its `if`. Empty where there is none. */
  readonly condition: string;
}

interface Open extends Enclosing {
  /** Brace depth at which the construct stands. */
  readonly depth: number;
  /** Its body is a block: it ends with the block; otherwise with the next statement. */
  block: boolean;
}

const keywords: ReadonlyMap<string, Enclosing["kind"]> = new Map([
  ["if", "if"],
  ["for", "loop"],
  ["while", "loop"],
  ["switch", "switch"],
]);

/**
 * The constructs around `offset` in the body that starts at `bodyStart` with `{`, outermost first.
 * Total on any text; a `do` counts as no construct, since its body runs at least once.
 */
export function enclosingAt(text: string, bodyStart: number, offset: number): readonly Enclosing[] {
  const open: Open[] = [];
  const ended: string[] = [];
  let depth = 0;
  let i = bodyStart;
  const closeStatements = (): void => {
    while (open.length > 0) {
      const last = open[open.length - 1];
      if (last === undefined || last.block || last.depth !== depth) break;
      open.pop();
      if (last.kind === "if") ended[depth] = last.condition;
    }
  };
  while (i < offset && i < text.length) {
    const next = skipNonCode(text, i, text.length);
    if (next > i) {
      i = next;
      continue;
    }
    const unit = text[i] ?? "";
    if (unit === "{") {
      const last = open[open.length - 1];
      if (last !== undefined && !last.block && last.depth === depth) last.block = true;
      depth++;
      i++;
    } else if (unit === "}") {
      depth--;
      const last = open[open.length - 1];
      if (last?.block && last.depth === depth) {
        open.pop();
        if (last.kind === "if") ended[depth] = last.condition;
        if (!/^\s*else\b/.test(text.slice(i + 1, i + 64))) closeStatements();
      }
      i++;
    } else if (unit === ";") {
      if (!/^\s*else\b/.test(text.slice(i + 1, i + 64))) closeStatements();
      else {
        const last = open.pop();
        if (last?.kind === "if") ended[depth] = last.condition;
      }
      i++;
    } else if (/[A-Za-z_]/.test(unit)) {
      const word = /^\w+/.exec(text.slice(i, i + 80))?.[0] ?? unit;
      i += word.length;
      const kind = keywords.get(word);
      if (word === "else") open.push({ kind: "else", condition: ended[depth] ?? "", depth, block: false });
      else if (kind !== undefined) {
        const from = text.indexOf("(", i);
        const to = from === -1 ? -1 : closing(text, from);
        if (to === -1 || to > offset) break;
        open.push({ kind, condition: text.slice(from + 1, to).trim(), depth, block: false });
        i = to + 1;
      }
    } else i++;
  }
  return open.map(({ kind, condition }) => ({ kind, condition }));
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const next = skipNonCode(text, i, text.length);
    if (next > i) {
      i = next - 1;
      continue;
    }
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  return -1;
}
