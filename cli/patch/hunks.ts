/**
 * Hunks on a text, placed where `git apply` places them: a hunk from line 1 fits at the beginning only, one without context behind its
 * changes at the end only, and the newline of the last line counts.
 */
import { applyPatch, type StructuredPatchHunk } from "diff";

// lines of no file: what comes before the first line and behind the last one
const beginning = "\0beginning";
const end = "\0end";
const endWithoutNewline = "\0end without newline";

export type Hunked =
  | { readonly ok: true; readonly text: string }
  /** Line of the old text, from 1, that the first hunk is for which does not fit. */
  | { readonly ok: false; readonly line: number };

export function applyHunks(source: string, hunks: readonly StructuredPatchHunk[]): Hunked {
  const isWindows = source.includes("\r\n") && !/(?<!\r)\n/.test(source);
  const framed = frame(isWindows ? source.replaceAll("\r\n", "\n") : source);
  const all = hunks.map(frameHunk);
  const text = apply(framed, all);
  if (text !== undefined) {
    const bare = unframe(text);
    return { ok: true, text: isWindows ? bare.replaceAll("\n", "\r\n") : bare };
  }
  const failing = all.findIndex((_, i) => apply(framed, all.slice(0, i + 1)) === undefined);
  return { ok: false, line: hunks[failing]?.oldStart ?? 1 };
}

function apply(source: string, hunks: StructuredPatchHunk[]): string | undefined {
  const names = { oldFileName: "", newFileName: "", oldHeader: undefined, newHeader: undefined };
  const text = applyPatch(source, { ...names, hunks }, { autoConvertLineEndings: false });
  return text === false ? undefined : text;
}

function frame(source: string): string {
  const last = source === "" || source.endsWith("\n") ? `${end}\n` : `\n${endWithoutNewline}\n`;
  return `${beginning}\n${source}${last}`;
}

function unframe(text: string): string {
  const inner = text.slice(beginning.length + 1);
  return inner.endsWith(`\n${endWithoutNewline}\n`)
    ? inner.slice(0, -endWithoutNewline.length - 2)
    : inner.slice(0, -end.length - 1);
}

function frameHunk(hunk: StructuredPatchHunk): StructuredPatchHunk {
  const lines: string[] = hunk.oldStart <= 1 ? [` ${beginning}`] : [];
  let [oldEnd, newEnd] = [end, end];
  for (const [i, line] of hunk.lines.entries()) {
    if (!line.startsWith("\\")) lines.push(line);
    else {
      const about = hunk.lines[i - 1]?.[0];
      if (about !== "+") oldEnd = endWithoutNewline;
      if (about !== "-") newEnd = endWithoutNewline;
    }
  }
  const last = hunk.lines.findLast((line) => !line.startsWith("\\"));
  const atEnd = oldEnd !== end || newEnd !== end || last?.startsWith("+") === true || last?.startsWith("-") === true;
  if (atEnd) lines.push(...(oldEnd === newEnd ? [` ${oldEnd}`] : [`-${oldEnd}`, `+${newEnd}`]));
  // the frame's first line is line 1
  const oldStart = hunk.oldStart <= 1 ? 1 : hunk.oldStart + 1;
  const count = (sign: string): number =>
    lines.filter((line) => line === "" || line[0] === " " || line[0] === sign).length;
  return { oldStart, newStart: hunk.newStart, oldLines: count("-"), newLines: count("+"), lines };
}
