/** Where only a file that is not read yet says more. */
export const stillReading = "VMState is still reading the tree: the rest follows";

/** Text of a tree inside Markdown: it must not become markup. */
export function code(text: string): string {
  const clean = text.replace(/[\r\n]+/g, " ").trim();
  const fence = "`".repeat(longestRun(clean) + 1);
  const pad = clean.startsWith("`") || clean.endsWith("`") ? " " : "";
  return `${fence}${pad}${clean}${pad}${fence}`;
}

export function codeBlock(text: string, language = "c"): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** An underscore between two letters is no mark, and clients that show plain text would show the backslash. */
export function escaped(text: string): string {
  return text.replace(/[\\`*{}[\]<>()#+!|~-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&").replace(/[\r\n]+/g, " ");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
}

/** Markdown of ours without its marks, for editors that show plain text. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^```\w*\n|\n```$/gm, "")
    .replace(/\*\*|`/g, "")
    .replace(/\\([\\`*_{}[\]<>()#+!|~-])/g, "$1");
}
