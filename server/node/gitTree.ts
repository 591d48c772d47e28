/** One revision of a source tree, read with git's plumbing: no checkout. */
import { isBuildFile } from "../../core/c/build/compiled";
import type { SourceTree } from "../../core/c/tree";
import { otherAbove, otherFoldersIn } from "../otherTrees";
import { isSourcePath } from "../sourcePaths";
import { git, gitLater, type GitRun } from "./git";
import { GitError, missingObject } from "./gitReason";
import { decode } from "./readFile";

export interface GitTree extends SourceTree {
  /** Commit that the revision names. */
  readonly commit: string;
  /** Ids of all its files, by path. */
  readonly ids: ReadonlyMap<string, string>;
  /** Reads these files, and no others, by one process. */
  readTogether(paths: readonly string[]): void;
  /** The same while the caller's own process goes on. */
  prefetch(paths: readonly string[]): Promise<void>;
}

export interface GitTreeOptions {
  /** Code units of text kept in memory. */
  readonly cacheSize?: number;
}

/** Files fetched at once: they are read in the order of paths(), so that the next ones are asked for next. */
const readAhead = 256;
const largestFile = 16 << 20;
const largestBatch = 512 << 20;

/** The commit that a revision names in the repository at or above `directory`; undefined where there is none. Throws GitError. */
export function commitOf(directory: string, revision: string): string | undefined {
  const args = parsing(revision);
  return args && named(git(directory, args, { codes: [1] }));
}

/** The same while the caller's process goes on. Rejects with GitError. */
export async function findCommit(directory: string, revision: string): Promise<string | undefined> {
  const args = parsing(revision);
  return args && named(await gitLater(directory, args, { codes: [1] }));
}

function parsing(revision: string): readonly string[] | undefined {
  if (revision === "" || revision.startsWith("-")) return undefined;
  return ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
}

function named(answer: Buffer): string | undefined {
  return answer.toString("latin1").trim() || undefined;
}

/** The folder `directory` of a commit. Throws GitError. */
export function openGitTree(directory: string, commit: string, options: GitTreeOptions = {}): GitTree {
  return treeOf(directory, commit, blobsIn(git(directory, listing(commit), { commit })), options);
}

/** The same while the caller's process goes on; what `prefetch` has not read is read at once, as there. */
export async function readGitTree(directory: string, commit: string, options: GitTreeOptions = {}): Promise<GitTree> {
  return treeOf(directory, commit, blobsIn(await gitLater(directory, listing(commit), { commit })), options);
}

/** Files by their ids, whatever tree holds them; `commit` is what messages say is read. */
export function openBlobs(directory: string, commit: string, blobs: ReadonlyMap<string, string>): GitTree {
  return treeOf(directory, commit, blobs, {});
}

function treeOf(
  directory: string,
  commit: string,
  blobs: ReadonlyMap<string, string>,
  options: GitTreeOptions,
): GitTree {
  const capacity = options.cacheSize ?? 128 << 20;
  const texts = new Map<string, string>();
  let size = 0;

  function keep(path: string, text: string): void {
    texts.set(path, text);
    size += text.length;
    for (const [oldest, kept] of texts) {
      if (size <= capacity) break;
      texts.delete(oldest);
      size -= kept.length;
    }
  }

  const sources = createQueue([...blobs.keys()].filter(isSourcePath));
  const buildFiles = createQueue([...blobs.keys()].filter((path) => isBuildFile(path) && !isSourcePath(path)));

  function fetch(path: string): string | undefined {
    if (!blobs.has(path)) return undefined;
    const wanted = sources.from(path) ?? buildFiles.from(path) ?? [path];
    return take(wanted, git(directory, batch, asking(wanted)), path);
  }

  const isOutstanding = (path: string): boolean => blobs.has(path) && !texts.has(path);

  function asking(wanted: readonly string[]): GitRun {
    return { input: wanted.map((each) => `${blobs.get(each) ?? ""}\n`).join(""), largest: largestBatch, commit };
  }

  function take(wanted: readonly string[], answer: Buffer, path: string | undefined): string | undefined {
    const contents = blobsOf(answer, wanted.length);
    let own: string | undefined;
    for (const [at, each] of wanted.entries()) {
      const content = contents[at];
      if (content === undefined) throw missingObject(directory, commit, `${each} missing`);
      if (content.length > largestFile) continue;
      const text = decode(content);
      if (each === path) own = text;
      keep(each, text);
    }
    return own;
  }

  return {
    commit,
    ids: blobs,
    readTogether(paths) {
      const wanted = paths.filter(isOutstanding);
      if (wanted.length > 0) take(wanted, git(directory, batch, asking(wanted)), undefined);
    },
    async prefetch(paths) {
      const wanted = paths.filter(isOutstanding);
      if (wanted.length > 0) take(wanted, await gitLater(directory, batch, asking(wanted)), undefined);
    },
    paths: () => sources.paths,
    read: (path) => texts.get(path) ?? fetch(path),
  };
}

/** Paths that are likely asked for in their order. */
interface Queue {
  readonly paths: readonly string[];
  /** The path, with the next ones where it is a step of a walk over all, which may leave some out; undefined for another's. */
  from(path: string): readonly string[] | undefined;
}

function createQueue(paths: readonly string[]): Queue {
  const position = new Map(paths.map((path, index) => [path, index]));
  let expected = 0;
  return {
    paths,
    from(path) {
      const index = position.get(path);
      if (index === undefined) return undefined;
      const isWalk = index >= expected && index < expected + readAhead;
      const wanted = paths.slice(index, index + (isWalk ? readAhead : 1));
      if (isWalk) expected = index + wanted.length;
      return wanted;
    },
  };
}

/** The newest release tag that HEAD comes from, no candidate; undefined where there is none. Rejects with GitError. */
export async function releaseBefore(directory: string): Promise<string | undefined> {
  const args = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "--exclude", "*-rc*"];
  const answer = await gitLater(directory, args).catch((error: unknown) => {
    // no tag, or no commit yet
    if (error instanceof GitError && error.reason === "failed") return undefined;
    throw error;
  });
  return answer?.toString("utf8").trim() || undefined;
}

/** Whether the repository's history is cut off: a shallow clone. Rejects with GitError. */
export async function isCutOff(directory: string): Promise<boolean> {
  const answer = await gitLater(directory, ["rev-parse", "--is-shallow-repository"]);
  return answer.toString("latin1").trim() === "true";
}

/** Feature releases (`v9.2.0`, no point release, no candidate) from one revision to another, and the latter; undefined for no revisions. */
export function tagsBetween(directory: string, from: string, to: string): readonly string[] | undefined {
  const [start, end] = [commitOf(directory, from), commitOf(directory, to)];
  if (start === undefined || end === undefined) return undefined;
  const args = ["tag", "--list", "v[0-9]*.0", "--merged", end, "--contains", start, "--sort=version:refname"];
  const tags = git(directory, args)
    .toString("utf8")
    .split("\n")
    .filter((tag) => /^v\d+\.\d+\.0$/.test(tag));
  return [...new Set([from, ...tags, to])];
}

const batch = ["cat-file", "--batch"];

function listing(commit: string): readonly string[] {
  // in a folder below the top: what that folder holds, named from there
  return ["ls-tree", "-r", "-z", commit];
}

/** Without what lies in other trees below this one, as a walk over the disk leaves it out. */
function blobsIn(listed: Buffer): ReadonlyMap<string, string> {
  const all = allBlobsIn(listed);
  const others = otherFoldersIn(all.keys());
  return others.size === 0 ? all : new Map([...all].filter(([path]) => otherAbove(others, path) === undefined));
}

function allBlobsIn(listed: Buffer): ReadonlyMap<string, string> {
  const blobs = new Map<string, string>();
  for (const entry of listed.toString("utf8").split("\0")) {
    const match = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry);
    // 120000: a symbolic link
    if (match?.[2] === undefined || match[3] === undefined || match[1] === "120000") continue;
    blobs.set(match[3], match[2]);
  }
  return blobs;
}

/** Answers of `git cat-file --batch`: `<oid> blob <size>`, the bytes, a newline; `<oid> missing` for an absent one. */
function blobsOf(answer: Buffer, count: number): readonly (Buffer | undefined)[] {
  const found: (Buffer | undefined)[] = [];
  let at = 0;
  while (found.length < count) {
    const newline = answer.indexOf(10, at);
    if (newline === -1) break;
    const length = /^[0-9a-f]+ blob (\d+)$/.exec(answer.toString("latin1", at, newline))?.[1];
    at = newline + 1;
    if (length === undefined) {
      found.push(undefined);
      continue;
    }
    found.push(answer.subarray(at, at + Number(length)));
    at += Number(length) + 1;
  }
  return found;
}
