/** Patches of a series, one applied on another. Texts in, texts out; refuses what git refuses. */
import { parsePatch, type StructuredPatch } from "diff";
import { applyHunks } from "./hunks";
import type { PatchText } from "./mails";
import type { SeriesPatch } from "./place";

export interface Patched {
  /** Every file that changed, with its text in the end; undefined: it is gone. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Where a file's text came from that has another name now: new name -> the first one. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly patches: readonly SeriesPatch[];
}

export type Applied =
  | { readonly ok: true; readonly value: Patched }
  /** One line: patch, file, line, and what is wrong. */
  | { readonly ok: false; readonly message: string };

type ReadFile = (path: string) => string | undefined;

class Refused extends Error {}

/** `read` gives a file of the tree before the series. */
export function applySeries(patches: readonly PatchText[], read: ReadFile): Applied {
  const files = new Map<string, string | undefined>();
  const renamed = new Map<string, string>();
  const current = (path: string): string | undefined => (files.has(path) ? files.get(path) : read(path));
  const series: SeriesPatch[] = [];
  for (const patch of patches) {
    try {
      // what one patch says of a file is said of it as it was before that patch
      const next = new Map<string, string | undefined>();
      const changes = parsed(patch.text);
      series.push({ ...patch, changes });
      for (const change of changes) applyChange(change, { current, next, renamed });
      for (const [path, result] of next) files.set(path, result);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ok: false, message: `${patch.name}: ${error.message}` };
    }
  }
  return { ok: true, value: { files, renamed, patches: series } };
}

interface Step {
  readonly current: ReadFile;
  readonly next: Map<string, string | undefined>;
  readonly renamed: Map<string, string>;
}

const diffStart = /^(?:diff --git |Index: |--- (?=.*\n\+\+\+ ))/m;
const signature = /\n-- ?\n.*$/s;

/** A mail's own text stands before the diff, and its signature, which looks like a removed line, behind it. */
function parsed(text: string): readonly StructuredPatch[] {
  const start = diffStart.exec(text)?.index;
  if (start === undefined) return [];
  const diff = text.slice(start);
  const last = diff.lastIndexOf("\n@@ ");
  const unsigned = diff.slice(0, last + 1) + diff.slice(last + 1).replace(signature, "\n");
  try {
    return parsePatch(unsigned);
  } catch {
    try {
      return parsePatch(diff);
    } catch (error) {
      throw new Refused(error instanceof Error ? `corrupt patch: ${error.message}` : "corrupt patch");
    }
  }
}

function applyChange(change: StructuredPatch, { current, next, renamed }: Step): void {
  const from = pathIn(change.oldFileName, current);
  const to = pathIn(change.newFileName, current);
  const path = to ?? from;
  if (path === undefined || isSubmodule(change)) return;
  const created = change.isCreate === true || from === undefined;
  const moved = change.isRename === true || change.isCopy === true;
  const read = (file: string): string | undefined => (next.has(file) ? next.get(file) : current(file));
  if (created || (moved && from !== to)) {
    if (read(path) !== undefined) throw new Refused(`${path}: already exists`);
  }
  const source = created ? "" : moved ? current(from) : read(from);
  if (source === undefined) throw new Refused(`${from ?? path}: no such file`);
  const text = applied(source, change, path);
  const removed = change.isDelete === true || to === undefined;
  // format-patch -D leaves out what it removes
  if (removed && change.hunks.length > 0 && text !== "") throw new Refused(`${path}: is removed, but more is in it`);
  next.set(path, removed ? undefined : text);
  if (change.isRename === true && from !== undefined && from !== to) {
    if (!next.has(from)) next.set(from, undefined);
    renamed.set(path, renamed.get(from) ?? from);
  }
}

/** Which commit of another repository belongs in a folder: no file. */
function isSubmodule({ hunks, oldMode, newMode }: StructuredPatch): boolean {
  if (oldMode === "160000" || newMode === "160000") return true;
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return lines.length > 0 && lines.every((line) => /^[-+ ]Subproject commit [0-9a-f]+(?:-dirty)?$/.test(line));
}

function applied(source: string, change: StructuredPatch, path: string): string {
  const result = applyHunks(source, change.hunks);
  if (result.ok) return result.text;
  throw new Refused(`${path}:${result.line}: the patch does not apply here`);
}

/** Relative to the tree; undefined for `/dev/null`. `a/` and `b/` are left out, unless the tree has such a folder. */
function pathIn(name: string | undefined, current: ReadFile): string | undefined {
  if (name === undefined || name === "/dev/null") return undefined;
  if (name.startsWith("/") || name.split("/").includes("..")) throw new Refused(`${name}: leaves the tree`);
  const stripped = name.replace(/^[^/]+\//, "");
  return !/^[abciow]\//.test(name) || (current(stripped) === undefined && current(name) !== undefined)
    ? name
    : stripped;
}
