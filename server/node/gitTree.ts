/** One revision of a source tree, read with git's plumbing: no checkout, no shell. */
import { execFile, execFileSync } from "node:child_process";
import { isAscii } from "node:buffer";
import type { SourceTree } from "../../core/c/tree";
import { isSourcePath } from "../sourcePaths";

export interface GitTree extends SourceTree {
  /** Commit that the revision names. */
  readonly commit: string;
  /** Any file of the revision, such as VERSION. */
  readAny(path: string): string | undefined;
  /** Reads several files by one process, while the caller's own goes on. */
  prefetch(paths: readonly string[]): Promise<void>;
}

export interface GitTreeOptions {
  /** Code units of text kept in memory. */
  readonly cacheSize?: number;
}

/** Files fetched at once: they are read in the order of paths(), so that the next ones are asked for next. */
const readAhead = 256;
const largestFile = 16 << 20;
const largestAnswer = 512 << 20;

/** The commit that a revision names in the repository at or above `directory`; undefined where there is none. */
export function commitOf(directory: string, revision: string): string | undefined {
  const args = parsing(revision);
  if (args === undefined) return undefined;
  try {
    return git(directory, args).toString("latin1").trim();
  } catch {
    return undefined;
  }
}

/** The same while the caller's process goes on. */
export async function findCommit(directory: string, revision: string): Promise<string | undefined> {
  const args = parsing(revision);
  if (args === undefined) return undefined;
  return (await gitLater(directory, args).catch(() => undefined))?.toString("latin1").trim();
}

function parsing(revision: string): readonly string[] | undefined {
  if (revision === "" || revision.startsWith("-")) return undefined;
  return ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
}

/** Throws where `commit` is not in the repository. */
export function openGitTree(directory: string, commit: string, options: GitTreeOptions = {}): GitTree {
  return treeOf(directory, commit, blobsIn(git(directory, listing(commit))), options);
}

/** The same while the caller's process goes on; what `prefetch` has not read is read at once, as there. */
export async function readGitTree(directory: string, commit: string, options: GitTreeOptions = {}): Promise<GitTree> {
  return treeOf(directory, commit, blobsIn(await gitLater(directory, listing(commit))), options);
}

function treeOf(
  directory: string,
  commit: string,
  blobs: ReadonlyMap<string, string>,
  options: GitTreeOptions,
): GitTree {
  const order = [...blobs.keys()];
  const position = new Map(order.map((path, index) => [path, index]));
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

  let expected = 0;
  function fetch(path: string): string | undefined {
    const index = position.get(path);
    if (index === undefined) return undefined;
    // a little ahead: the walk over all files, which may leave some out; elsewhere: one file that something needs
    const isWalk = index >= expected && index < expected + readAhead;
    const wanted = order.slice(index, index + (isWalk ? readAhead : 1));
    if (isWalk) expected = index + wanted.length;
    return take(wanted, git(directory, batch, request(wanted)), path);
  }

  function request(wanted: readonly string[]): string {
    return wanted.map((each) => `${blobs.get(each) ?? ""}\n`).join("");
  }

  function take(wanted: readonly string[], answer: Buffer, path: string | undefined): string | undefined {
    const contents = blobsOf(answer, wanted.length);
    let own: string | undefined;
    for (const [at, each] of wanted.entries()) {
      const content = contents[at];
      if (content === undefined || content.length > largestFile) continue;
      const text = content.toString(isAscii(content) ? "latin1" : "utf8");
      if (each === path) own = text;
      keep(each, text);
    }
    return own;
  }

  function readAny(path: string): string | undefined {
    try {
      return git(directory, ["cat-file", "blob", `${commit}:${path}`]).toString("utf8");
    } catch {
      return undefined;
    }
  }

  return {
    commit,
    readAny,
    async prefetch(paths) {
      const wanted = paths.filter((path) => position.has(path) && !texts.has(path));
      if (wanted.length > 0) take(wanted, await gitLater(directory, batch, request(wanted)), undefined);
    },
    paths: () => order,
    read: (path) => texts.get(path) ?? (path === "VERSION" ? readAny(path) : fetch(path)),
  };
}

/** The newest release tag that HEAD comes from, no candidate; undefined where there is none. */
export async function releaseBefore(directory: string): Promise<string | undefined> {
  const args = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "--exclude", "*-rc*"];
  return (await gitLater(directory, args).catch(() => undefined))?.toString("utf8").trim() || undefined;
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

/** Whether `directory` is the top of its work tree: paths of a revision are its own then. */
export async function isWorkTreeTop(directory: string): Promise<boolean> {
  const prefix = await gitLater(directory, ["rev-parse", "--show-prefix"]).catch(() => undefined);
  return prefix?.toString("utf8").trim() === "";
}

const batch = ["cat-file", "--batch"];

function listing(commit: string): readonly string[] {
  return ["ls-tree", "-r", "-z", "--full-tree", commit];
}

function blobsIn(listed: Buffer): ReadonlyMap<string, string> {
  const blobs = new Map<string, string>();
  for (const entry of listed.toString("utf8").split("\0")) {
    const match = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry);
    // 120000: a symbolic link
    if (match?.[2] === undefined || match[3] === undefined || match[1] === "120000") continue;
    if (isSourcePath(match[3])) blobs.set(match[3], match[2]);
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

function git(directory: string, args: readonly string[], input?: string): Buffer {
  return execFileSync("git", ["-C", directory, ...args], {
    input: input ?? "",
    maxBuffer: largestAnswer,
    stdio: ["pipe", "pipe", "ignore"],
    env: environment(),
  });
}

const slowest = 60_000;

function gitLater(directory: string, args: readonly string[], input = ""): Promise<Buffer> {
  const settings = { maxBuffer: largestAnswer, timeout: slowest, encoding: "buffer", env: environment() } as const;
  return new Promise((resolve, reject) => {
    const child = execFile("git", ["-C", directory, ...args], settings, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`git ${args[0] ?? ""}: ${error.message}`));
    });
    // Git may have ended without reading it; its exit says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1" };
}
