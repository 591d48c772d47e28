/**
 * Text that comes from a file (names, paths, messages, lines of source) as it may be printed: nothing in it drives a terminal, hides
 * or reorders what stands beside it, starts a line of its own, or is taken by a CI for one of its commands.
 */

/** Controls, newlines of every kind, bidirectional and other invisible characters, halves of characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const unseenButTab = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?!\t)\p{Cc}/gu;

/** `::error::` at the start of a line is a command to GitHub; `##[error]` and `##vso[…]` anywhere in one to GitHub and Azure. */
const commandStart = /^(\s*):(?=:)/;
const commandInside = /##(?=[\w.]*\[)/g;

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line, with every such character written as in C: `\n`, `\x1b`, `\u202e`. The same text where there is none. */
export function printable(text: string): string {
  return withoutCommands(text.replace(unseen, escaped));
}

/** A line of source: tabs stay, so that what is printed below it stands below it. */
export function printableSource(line: string): string {
  return withoutCommands(line.replace(unseenButTab, escaped));
}

/** The same inside a paragraph, a list or a cell of Markdown: no markup. */
export function markdownText(text: string): string {
  return printable(text).replace(/[<`|]|\](?=\()/g, "\\$&");
}

/** The same as code in Markdown. */
export function markdownCode(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A text that is printed already, inside HTML or XML: between tags or as an attribute in double quotes. */
export function markupText(shown: string): string {
  return shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** JSON with a newline behind it; such characters are there as JSON's own escapes, so that it parses to the same. */
export function jsonText(value: unknown): string {
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}

/** The same for a text that is JSON already. */
export function printableJson(json: string): string {
  return json.replace(unseenInJson, utf16).replace(commandInside, "#\\u0023");
}

/** JSON's own newlines stand between its values; in its strings they are escaped already. */
const unseenInJson = /[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/gu;

function withoutCommands(line: string): string {
  return line.replace(commandStart, "$1\\x3a").replace(commandInside, "#\\x23");
}

function escaped(character: string): string {
  const known = short[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? utf16(character) : `\\U${code.toString(16).padStart(8, "0")}`;
}

function utf16(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
}
