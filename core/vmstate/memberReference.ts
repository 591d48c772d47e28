/** The member that an offset names. */
import { spell } from "../c/initialiser";
import type { Token } from "../c/token";
import type { MemberReference } from "./model";

/** The `offsetof(struct, path)` in an offset expression; old trees spell it `&((struct *)0)->path`. */
export function memberReference(tokens: readonly Token[], start: number, end: number): MemberReference | undefined {
  for (let k = start; k < end; k++) {
    const token = tokens[k];
    if (token?.kind === "identifier" && (token.text === "offsetof" || token.text === "__builtin_offsetof")) {
      if (tokens[k + 1]?.text !== "(") continue;
      let comma = -1;
      let depth = 0;
      for (let j = k + 1; j < end; j++) {
        const text = tokens[j]?.text;
        if (text === "(" || text === "[" || text === "{") depth++;
        else if (text === "," && depth === 1 && comma === -1) comma = j;
        else if ((text === ")" || text === "]" || text === "}") && --depth === 0) {
          if (comma === -1) return undefined;
          return { structName: spell(tokens, k + 2, comma).trim(), path: pathText(tokens, comma + 1, j) };
        }
      }
      return undefined;
    }
    if (token?.text === "&" && tokens[k + 1]?.text === "(" && tokens[k + 2]?.text === "(") {
      const found = nullPointerMember(tokens, k + 2, end);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `(struct *)0)->path` from its first parenthesis. */
function nullPointerMember(tokens: readonly Token[], start: number, end: number): MemberReference | undefined {
  let k = start + 1;
  while (k < end && tokens[k]?.text !== "*" && tokens[k]?.text !== ")") k++;
  const structName = spell(tokens, start + 1, k);
  if (tokens[k]?.text !== "*" || tokens[k + 1]?.text !== ")" || tokens[k + 2]?.text !== "0") return undefined;
  if (tokens[k + 3]?.text !== ")" || tokens[k + 4]?.text !== "->") return undefined;
  let stop = k + 5;
  let depth = 0;
  for (; stop < end; stop++) {
    const text = tokens[stop]?.text ?? "";
    if (text === "[") depth++;
    else if (text === "]") depth--;
    else if (depth === 0 && (text === ")" || text === "+" || text === ",")) break;
  }
  return { structName, path: pathText(tokens, k + 5, stop) };
}

function pathText(tokens: readonly Token[], start: number, end: number): string {
  let text = "";
  for (let k = start; k < end; k++) text += tokens[k]?.text ?? "";
  return text;
}
