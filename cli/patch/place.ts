/** Which line of which patch brought a line of the text that a series leaves. */
import type { StructuredPatch } from "diff";
import type { PatchText } from "./mails";

export interface SeriesPatch extends PatchText {
  readonly changes: readonly StructuredPatch[];
}

/** A line of a hunk; without one the patch is the last that touches the file, or the last of all. */
export interface Quoted {
  readonly patch: number;
  readonly change?: number;
  readonly hunk?: number;
  /** Index in the hunk's lines. */
  readonly line?: number;
}

export interface Line {
  /** Relative to the tree, as the series leaves it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The line that adds it, else the nearest patch that shows it as context. */
export function placeIn(patches: readonly SeriesPatch[], { file, line, text }: Line): Quoted {
  let [path, at] = [file, line];
  let shown: Quoted | undefined;
  let touching: number | undefined;
  for (let patch = patches.length - 1; patch >= 0; patch--) {
    const changes = patches[patch]?.changes ?? [];
    for (let change = changes.length - 1; change >= 0; change--) {
      const found = changes[change];
      if (found === undefined || !isNamed(found.newFileName, path)) continue;
      touching ??= patch;
      const { hunk, index, old, added } = lineIn(found, at, text);
      if (hunk !== undefined && index !== undefined) {
        const quoted = { patch, change, hunk, line: index };
        if (added) return quoted;
        shown ??= quoted;
      }
      at = old;
      if (found.isRename === true && found.oldFileName !== undefined) path = withoutPrefix(found.oldFileName);
    }
  }
  return shown ?? { patch: touching ?? patches.length - 1 };
}

interface Found {
  readonly hunk?: number;
  readonly index?: number;
  /** Its number before the change. */
  readonly old: number;
  readonly added: boolean;
}

function lineIn({ hunks }: StructuredPatch, line: number, text: string): Found {
  let shift = 0;
  for (const [hunk, { newStart, oldStart, newLines, oldLines, lines }] of hunks.entries()) {
    if (line < newStart) break;
    if (line >= newStart + newLines) {
      shift = oldStart + oldLines - (newStart + newLines);
      continue;
    }
    let [before, now] = [oldStart, newStart];
    for (const [index, each] of lines.entries()) {
      const sign = each[0] ?? " ";
      if (sign === "\\") continue;
      if (sign !== "-" && now === line) {
        // a hunk that applied elsewhere shows another line here
        const isIt = each.slice(1).replace(/\r$/, "") === text;
        return isIt ? { hunk, index, old: before, added: sign === "+" } : { old: before, added: false };
      }
      if (sign !== "+") before++;
      if (sign !== "-") now++;
    }
  }
  return { old: line + shift, added: false };
}

function isNamed(name: string | undefined, path: string): boolean {
  return name !== undefined && (name === path || withoutPrefix(name) === path);
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}
