/** One revision of a source tree, read with git's plumbing: no checkout, no shell. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { isAscii } from "node:buffer";
import type { SourceTree } from "../../core/c/tree";
import { isSourcePath } from "../sourcePaths";

export interface GitTree extends SourceTree {
  /** Commit that the revision names. */
  readonly commit: string;
  /** Any file of the revision, such as VERSION. */
  readAny(path: string): string | undefined;
  /** Reads several files by one process. */
  prefetch(paths: readonly string[]): void;
}

export interface GitTreeOptions {
  /** Code units of text kept in memory. */
  readonly cacheSize?: number;
}

/** Files fetched at once: they are read in the order of paths(), so that the next ones are asked for next. */
const readAhead = 256;
const run = promisify(execFile);
const largestFile = 16 << 20;
const largestAnswer = 512 << 20;

/** The commit that a revision names in the repository at or above `directory`; undefined where there is none. */
export function commitOf(directory: string, revision: string): string | undefined {
  if (revision === "" || revision.startsWith("-")) return undefined;
  try {
    return git(directory, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])
      .toString("latin1")
      .trim();
  } catch {
    return undefined;
  }
}

/** Throws where `commit` is not in the repository. */
export function openGitTree(directory: string, commit: string, options: GitTreeOptions = {}): GitTree {
  const blobs = blobsOf(directory, commit);
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
    // in order: the walk over all files; out of order: one file that something needs
    const count = index === expected ? readAhead : 1;
    const wanted = order.slice(index, index + count);
    if (index === expected) expected = index + wanted.length;
    return take(wanted, path);
  }

  function take(wanted: readonly string[], path: string | undefined): string | undefined {
    const contents = readBlobs(
      directory,
      wanted.map((each) => blobs.get(each) ?? ""),
    );
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
    prefetch: (paths) =>
      void take(
        paths.filter((path) => position.has(path) && !texts.has(path)),
        undefined,
      ),
    paths: () => order,
    read: (path) => texts.get(path) ?? (path === "VERSION" ? readAny(path) : fetch(path)),
  };
}

/** The newest release tag that HEAD comes from, no candidate; undefined where there is none. */
export async function releaseBefore(directory: string): Promise<string | undefined> {
  try {
    const args = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "--exclude", "*-rc*"];
    const { stdout } = await run("git", ["-C", directory, ...args], { timeout: 20_000, env: environment() });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
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
export function isWorkTreeTop(directory: string): boolean {
  try {
    return git(directory, ["rev-parse", "--show-prefix"]).toString("utf8").trim() === "";
  } catch {
    return false;
  }
}

function blobsOf(directory: string, commit: string): ReadonlyMap<string, string> {
  const blobs = new Map<string, string>();
  const listing = git(directory, ["ls-tree", "-r", "-z", "--full-tree", commit]).toString("utf8");
  for (const entry of listing.split("\0")) {
    const match = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry);
    // 120000: a symbolic link
    if (match?.[2] === undefined || match[3] === undefined || match[1] === "120000") continue;
    if (isSourcePath(match[3])) blobs.set(match[3], match[2]);
  }
  return blobs;
}

/** Answers of `git cat-file --batch`: `<oid> blob <size>`, the bytes, a newline; `<oid> missing` for an absent one. */
function readBlobs(directory: string, oids: readonly string[]): readonly (Buffer | undefined)[] {
  const answer = git(directory, ["cat-file", "--batch"], `${oids.join("\n")}\n`);
  const found: (Buffer | undefined)[] = [];
  let at = 0;
  while (found.length < oids.length) {
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

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1" };
}
