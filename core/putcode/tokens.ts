/** C text as plain words: enough to follow a put function. Comments and directives are dropped, both arms of an #if stay. */

const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|^[ \t]*#(?:[^\n\\]|\\[\s\S])*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d[\w.]*|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||[-+*/%&|^~!<>=?:;,.(){}[\]]/gm;

export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(token)) {
    const word = match[0];
    if (word.startsWith("/*") || word.startsWith("//") || word.trimStart().startsWith("#")) continue;
    words.push(word);
  }
  return words;
}

export function isName(word: string | undefined): word is string {
  return word !== undefined && /^[A-Za-z_]/.test(word);
}

/** Index of the bracket that closes the one at `open`, or the length. */
export function closing(words: readonly string[], open: number): number {
  let depth = 0;
  for (let i = open; i < words.length; i++) {
    const word = words[i];
    if (word === "(" || word === "[" || word === "{") depth++;
    else if (word === ")" || word === "]" || word === "}") {
      depth--;
      if (depth === 0) return i;
    }
  }
  return words.length;
}

/** Splits at commas (or another separator) outside brackets. */
export function split(words: readonly string[], separator = ","): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word === "(" || word === "[" || word === "{") depth++;
    else if (word === ")" || word === "]" || word === "}") depth--;
    if (word === separator && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}
