/** Where a tree on disk differs from a commit. What does not differ is not read from git. */
import { createHash } from "node:crypto";
import { lstatSync } from "./disk";
import { workspaceFileName } from "../../core/code";
import { isBuildFile } from "../../core/c/build/compiled";
import type { SourceTree } from "../../core/c/tree";
import { isSourcePath } from "../sourcePaths";
import { git } from "./git";
import type { GitTree } from "./gitTree";

export interface Changes {
  /** Files that both have, with other text. */
  readonly edited: readonly string[];
  /** Files that only the newer side has. */
  readonly come: readonly string[];
  /** Files that only the older side has. */
  readonly gone: readonly string[];
}

export interface WalkedTree extends SourceTree {
  readonly root: string;
  accepts(path: string): boolean;
  /** Files of the tree that can't be read: unknown on both sides. */
  readonly missing?: ReadonlySet<string>;
}

/**
 * From `old` to what `disk` reads now. Files that git is told to ignore are nobody's change: they count for both. What the
 * walk over the disk leaves out is left out of the commit too.
 */
export function changesOnDisk(old: GitTree, disk: WalkedTree): Changes {
  const walked = new Set(disk.paths());
  const edited: string[] = [];
  const gone: string[] = [];
  for (const [path, id] of old.ids) {
    if (!matters(path) || disk.missing?.has(path) === true) continue;
    if (walked.has(path) || !isSourcePath(path)) {
      const text = disk.read(path);
      if (text === undefined) gone.push(path);
      else if (!isText(text, id)) edited.push(path);
    } else if (disk.accepts(path) && isAbsent(disk.root, path)) gone.push(path);
  }
  const fresh = [...walked].filter((path) => !old.ids.has(path) && !path.startsWith("../"));
  const other = [workspaceFileName].filter((path) => !old.ids.has(path) && disk.read(path) !== undefined);
  const ignored = ignoredOf(disk.root, [...fresh, ...other]);
  return { edited, gone, come: [...fresh, ...other].filter((path) => !ignored.has(path)) };
}

/** From one commit to another; `accepts` says what belongs to the tree. */
export function changesBetween(old: GitTree, next: GitTree, accepts: (path: string) => boolean): Changes {
  const counts = (path: string): boolean => matters(path) && (!isSourcePath(path) || accepts(path));
  const edited: string[] = [];
  const gone: string[] = [];
  for (const [path, id] of old.ids) {
    if (!counts(path)) continue;
    const other = next.ids.get(path);
    if (other === undefined) gone.push(path);
    else if (other !== id) edited.push(path);
  }
  return { edited, gone, come: [...next.ids.keys()].filter((path) => counts(path) && !old.ids.has(path)) };
}

function matters(path: string): boolean {
  return isSourcePath(path) || isBuildFile(path) || path === workspaceFileName;
}

/** Whether git would store the text under this id, in a repository that converts line ends or not. */
function isText(text: string, id: string): boolean {
  if (idOf(text, id.length) === id) return true;
  return text.includes("\r\n") && idOf(text.replaceAll("\r\n", "\n"), id.length) === id;
}

/** SHA-1 where ids have 40 digits, else SHA-256, as the repository is made. */
function idOf(text: string, digits: number): string {
  const bytes = Buffer.from(text, "utf8");
  const hash = createHash(digits === 40 ? "sha1" : "sha256");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function isAbsent(root: string, path: string): boolean {
  return lstatSync(`${root}/${path}`, { throwIfNoEntry: false }) === undefined;
}

/** Those that the repository's rules have git ignore. */
function ignoredOf(root: string, paths: readonly string[]): ReadonlySet<string> {
  if (paths.length === 0) return new Set();
  // 1: none of them
  const answer = git(root, ["check-ignore", "-z", "--stdin"], { input: paths.join("\0"), codes: [1] });
  return new Set(answer.toString("utf8").split("\0"));
}
