/** Text for a person, in parts: words, code, and links into the tree. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly file: string; readonly line: number };

export type Sentence = readonly Part[];

export const text = (words: string): Part => ({ kind: "text", text: words });
export const code = (words: string): Part => ({ kind: "code", text: words });

/** A link where a place is known, else plain code. */
export function linked(words: string, file: string | undefined, line: number | undefined): Part {
  return file ? { kind: "link", text: words, file, line: line ?? 0 } : code(words);
}

/** A (translated) text whose `{0}`, `{1}`… are parts of their own. */
export function sentence(template: string, ...parts: readonly (Part | Sentence)[]): Sentence {
  return template.split(/\{(\d+)\}/).flatMap((piece, index): Sentence => {
    if (index % 2 === 0) return piece === "" ? [] : [text(piece)];
    const part = parts[Number(piece)];
    return part === undefined ? [] : isSentence(part) ? part : [part];
  });
}

function isSentence(part: Part | Sentence): part is Sentence {
  return Array.isArray(part);
}
