/** An identifier in a text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const letter = /[A-Za-z0-9_]/;

/** The identifier around or just before `offset`. */
export function wordAt(text: string, offset: number): Word | undefined {
  let start = offset;
  while (start > 0 && letter.test(text.charAt(start - 1))) start--;
  let end = offset;
  while (end < text.length && letter.test(text.charAt(end))) end++;
  const word = text.slice(start, end);
  return /^[A-Za-z_]/.test(word) ? { text: word, start, end } : undefined;
}

/** Every place in [start, end) where `word` stands as a whole identifier, outside comments and strings. */
export function occurrences(text: string, word: string, start = 0, end = text.length): Word[] {
  const found: Word[] = [];
  const skip = skipper(text, start);
  for (let at = text.indexOf(word, start); at !== -1 && at < end; at = text.indexOf(word, at + word.length)) {
    const behind = at + word.length;
    if (letter.test(text.charAt(at - 1)) || letter.test(text.charAt(behind))) continue;
    if (skip(at)) continue;
    found.push({ text: word, start: at, end: behind });
  }
  return found;
}

/** Answers, for growing offsets, whether one lies in a comment or a string. */
function skipper(text: string, from: number): (offset: number) => boolean {
  const opaque = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/g;
  opaque.lastIndex = from;
  let current = opaque.exec(text);
  return (offset) => {
    while (current !== null && current.index + current[0].length <= offset) current = opaque.exec(text);
    return current !== null && current.index <= offset;
  };
}
