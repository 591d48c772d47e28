/** JSON printed piece by piece: a document may be many times longer than what it is printed from, and no string holds it. */
import type { Json } from "./trailer";

export interface JsonLayout {
  /** Blanks a level. */
  readonly indent: number;
  readonly quote: (text: string) => string;
  /** Levels around the value; its first line gets no blanks. */
  readonly level?: number;
}

interface Open {
  readonly close: "]" | "}";
  readonly keys: readonly string[] | undefined;
  readonly values: readonly Json[];
  next: number;
}

const pieceLength = 1 << 16;

/** Pieces of about 64 KiB, without a newline at the end. */
export function* jsonPieces(json: Json, { indent, quote, level = 0 }: JsonLayout): Generator<string> {
  let held: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    held.push(text);
    length += text.length;
  };
  const blanks: string[] = [];
  const line = (depth: number): string => {
    blanks[depth] ??= `\n${" ".repeat(indent * (level + depth))}`;
    return blanks[depth];
  };
  const open: Open[] = [];
  const begin = (value: Json): void => {
    const started = opened(value);
    if (started === undefined) put(typeof value === "string" ? quote(value) : JSON.stringify(value));
    else if (started.values.length === 0) put(started.close === "]" ? "[]" : "{}");
    else {
      put(started.close === "]" ? "[" : "{");
      open.push(started);
    }
  };
  begin(json);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (length > pieceLength) {
      yield held.join("");
      held = [];
      length = 0;
    }
    const at = top.next++;
    const value = top.values[at];
    if (value === undefined) {
      open.pop();
      put(line(open.length) + top.close);
      continue;
    }
    put((at === 0 ? "" : ",") + line(open.length));
    const key = top.keys?.[at];
    if (key !== undefined) put(`${quote(key)}: `);
    begin(value);
  }
  yield held.join("");
}

function opened(value: Json): Open | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return { close: "]", keys: undefined, values: value as readonly Json[], next: 0 };
  return { close: "}", keys: Object.keys(value), values: Object.values(value) as readonly Json[], next: 0 };
}
