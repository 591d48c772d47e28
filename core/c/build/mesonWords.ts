/** The words of a meson.build or meson_options.txt; comments are left out. */
export interface MesonWord {
  readonly kind: "string" | "name" | "punctuator" | "line";
  /** Of a string what stands between the quotes, as written. */
  readonly text: string;
}

const line: MesonWord = { kind: "line", text: "\n" };

/** Linear in the text; total: a string that its line does not end stops there. */
export function mesonWords(text: string): MesonWord[] {
  const words: MesonWord[] = [];
  for (let i = 0; i < text.length; ) {
    const c = text[i] ?? "";
    if (c === "\n") words.push(line);
    if (c.trim() === "") i++;
    else if (c === "#") i = endOf(text, "\n", i);
    else if (c === "'") {
      const isLong = text.startsWith("'''", i);
      const start = i + (isLong ? 3 : 1);
      const end = isLong ? endOf(text, "'''", start) : stringEnd(text, start);
      words.push({ kind: "string", text: text.slice(start, end) });
      i = end + (isLong ? 3 : text[end] === "'" ? 1 : 0);
    } else if (isNamePart(c)) {
      let end = i + 1;
      while (isNamePart(text[end] ?? "")) end++;
      // numbers say nothing of what is built
      if (c < "0" || c > "9") words.push({ kind: "name", text: text.slice(i, end) });
      i = end;
    } else {
      words.push({ kind: "punctuator", text: c });
      i++;
    }
  }
  return words;
}

function isNamePart(c: string): boolean {
  return (c >= "a" && c <= "z") || (c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c === "_";
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at;
}

function stringEnd(text: string, start: number): number {
  let i = start;
  while (i < text.length && text[i] !== "'" && text[i] !== "\n") i += text[i] === "\\" && text[i + 1] !== "\n" ? 2 : 1;
  return Math.min(i, text.length);
}
