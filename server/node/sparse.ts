/** Sparse checkouts: files that the checkout leaves out of the disk, read from git's objects where they are there. */
import { createHash } from "node:crypto";
import { isBuildFile } from "../../core/c/build/compiled";
import { isSourcePath } from "../sourcePaths";
import { dirname, resolve } from "node:path";
import { existsSync } from "./disk";
import { git, gitLater } from "./git";
import { gitEntryOf } from "./gitProgram";
import { GitError } from "./gitReason";
import { openBlobs } from "./gitTree";
import { textOf } from "./readFile";
import type { DiskTree } from "./tree";

export interface SparseTree extends DiskTree {
  /** Files of the tree that are neither on disk nor among git's objects. */
  readonly missing: ReadonlySet<string>;
}

export type PossiblySparse = DiskTree & Partial<Pick<SparseTree, "missing">>;

/** What a person is told of files that can't be read; undefined where there are none. */
export function sparseNote({ root, missing }: PossiblySparse): string | undefined {
  if (missing === undefined || missing.size === 0) return undefined;
  const what = `${missing.size} files of the sparse checkout ${root} are neither on disk nor in git`;
  return `${what}: what depends on them is not known. git -C ${root} sparse-checkout disable brings them`;
}

const listing = ["ls-files", "-z", "-t", "--stage"];
const missingObjects = ["rev-list", "--objects", "--no-object-names", "--missing=print", "--no-walk", "HEAD"];

/** The tree with what a sparse checkout keeps from the disk; the same tree where nothing is kept from it. */
export function withSparseFiles(tree: DiskTree): PossiblySparse {
  if (!mayBeSparse(tree.root)) return tree;
  return orAsItIs(tree, () => {
    const blobs = leftOutIn(git(tree.root, listing), tree);
    return blobs.size === 0 ? tree : joined(tree, blobs, absentIn(git(tree.root, missingObjects)));
  });
}

/** The same while the caller's process goes on. */
export async function withSparseFilesLater(tree: DiskTree): Promise<PossiblySparse> {
  if (!mayBeSparse(tree.root)) return tree;
  try {
    const blobs = leftOutIn(await gitLater(tree.root, listing), tree);
    return blobs.size === 0 ? tree : joined(tree, blobs, absentIn(await gitLater(tree.root, missingObjects)));
  } catch (error) {
    return orAsItIs(tree, () => {
      throw error;
    });
  }
}

/**
 * Texts of those of `paths` that a sparse checkout keeps from the disk; none where nothing is kept, nor of what is not among git's
 * objects. git runs only where a sparse checkout was made.
 */
export function sparseTexts(root: string, paths: readonly string[]): readonly string[] {
  if (!mayBeSparse(root)) return [];
  try {
    const blobs = skippedIn(git(root, [...listing, "--", ...paths]));
    const kept = openBlobs(root, "HEAD", blobs);
    return [...blobs.keys()].flatMap((path) => kept.read(path) ?? []);
  } catch (error) {
    if (error instanceof GitError) return [];
    throw error;
  }
}

/** Whether a sparse checkout was ever made here. Asked of files, so that git runs only where it was. */
function mayBeSparse(root: string): boolean {
  const entry = gitEntryOf(root);
  if (entry === undefined) return false;
  const named = /^gitdir: (.+)$/m.exec(textOf(entry) ?? "")?.[1];
  const folder = named === undefined ? entry : resolve(dirname(entry), named);
  return existsSync(`${folder}/info/sparse-checkout`);
}

/** Where git does not read the repository, what is on disk is the tree. */
function orAsItIs(tree: DiskTree, make: () => DiskTree): DiskTree {
  try {
    return make();
  } catch (error) {
    if (error instanceof GitError) return tree;
    throw error;
  }
}

/** Ids of the files that the tree has, the checkout skips and the disk has not. */
function leftOutIn(listed: Buffer, tree: DiskTree): ReadonlyMap<string, string> {
  const skipped = [...skippedIn(listed)].filter(
    ([path]) => !existsSync(`${tree.root}/${path}`) && (isSourcePath(path) ? tree.accepts(path) : isBuildFile(path)),
  );
  return new Map(skipped);
}

/** Ids of the files that the index has and the checkout skips (`S 100644 <id> 0 TAB path`). */
function skippedIn(listed: Buffer): ReadonlyMap<string, string> {
  const blobs = new Map<string, string>();
  for (const entry of listed.toString("utf8").split("\0")) {
    if (!entry.startsWith("S ")) continue;
    const tab = entry.indexOf("\t");
    const [, mode = "", id = ""] = entry.slice(0, tab).split(" ");
    const path = entry.slice(tab + 1);
    // 120000: a symbolic link, 160000: a submodule
    if (mode.startsWith("100")) blobs.set(path, id);
  }
  return blobs;
}

/** Ids of `?<id>` lines. */
function absentIn(listed: Buffer): ReadonlySet<string> {
  const lines = listed.toString("latin1").split("\n");
  return new Set(lines.flatMap((line) => (line.startsWith("?") ? line.slice(1) : [])));
}

function joined(tree: DiskTree, all: ReadonlyMap<string, string>, absent: ReadonlySet<string>): SparseTree {
  const blobs = new Map([...all].filter(([, id]) => !absent.has(id)));
  const kept = openBlobs(tree.root, "HEAD", blobs);
  const saved = (path: string): string | undefined => tree.saved(path) ?? kept.read(path);
  const ids = createHash("sha1")
    .update([...all.values()].join("\n"))
    .digest("hex");
  return {
    ...tree,
    missing: new Set([...all].flatMap(([path, id]) => (absent.has(id) ? path : []))),
    paths: () => new Set([...tree.paths(), ...kept.paths()]),
    saved,
    read: (path) => tree.read(path) ?? kept.read(path),
    async signature(signal) {
      const own = await tree.signature(signal);
      return own === undefined ? undefined : `${own} ${ids}`;
    },
    touch: (path) => tree.touch(path),
    overlay: (path, text) => tree.overlay(path, text),
  };
}
