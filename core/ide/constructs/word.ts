import { isIdentifierPart, isIdentifierStart, skipNonCode } from "../../c/body";

/** An identifier in a text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The identifier around or just before `offset`. */
export function wordAt(text: string, offset: number): Word | undefined {
  let start = offset;
  while (start > 0 && isIdentifierPart(text.charCodeAt(start - 1))) start--;
  let end = offset;
  while (end < text.length && isIdentifierPart(text.charCodeAt(end))) end++;
  const word = text.slice(start, end);
  return isIdentifierStart(word.charCodeAt(0)) ? { text: word, start, end } : undefined;
}

/** Every place in [start, end) where `word` stands as a whole identifier, outside comments and strings. */
export function occurrences(text: string, word: string, start = 0, end = text.length): Word[] {
  const found: Word[] = [];
  const skip = skipper(text, start);
  for (let at = text.indexOf(word, start); at !== -1 && at < end; at = text.indexOf(word, at + word.length)) {
    const behind = at + word.length;
    if (isIdentifierPart(text.charCodeAt(at - 1)) || isIdentifierPart(text.charCodeAt(behind))) continue;
    if (skip(at)) continue;
    found.push({ text: word, start: at, end: behind });
  }
  return found;
}

/** Answers, for growing offsets, whether one lies in a comment or a string. */
function skipper(text: string, from: number): (offset: number) => boolean {
  let at = from;
  let isCode = true;
  return (offset) => {
    while (at <= offset) {
      const behind = isQuoteOrSlash(text.charCodeAt(at)) ? skipNonCode(text, at, text.length) : at;
      isCode = behind === at;
      at = Math.max(behind, at + 1);
    }
    return !isCode;
  };
}

function isQuoteOrSlash(code: number): boolean {
  return code === 34 || code === 39 || code === 47;
}
