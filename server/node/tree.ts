/** A source tree on disk, with the editor's unsaved text laid over it. */
import { createHash } from "node:crypto";
import { lstatSync, realpathSync, statAt } from "./disk";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { workspaceFileName } from "../../core/code";
import type { SourceTree } from "../../core/c/tree";
import { nextTurn } from "../slices";
import { type FileReading, readText } from "./readFile";
import { pathFilter, walkSources } from "./walk";
import type { WalkOptions } from "./walk";

export interface DiskTree extends SourceTree {
  /** Absolute path, without a slash at the end. */
  readonly root: string;
  /** The file on disk, whatever is laid over it. */
  saved(path: string): string | undefined;
  /** A digest over all files' names, times and sizes; undefined when aborted. */
  signature(signal: AbortSignal): Promise<string | undefined>;
  /** Whether `path` would be met by a walk: it may not exist yet. */
  accepts(path: string): boolean;
  /** Takes files into the tree that no walk of it meets: `../x.c`. */
  admit(paths: readonly string[]): void;
  /** Notes that a file came, changed or went: the next read looks at the disk. */
  touch(path: string): void;
  /** Lays unsaved text over the disk; undefined lifts it off again. */
  overlay(path: string, text: string | undefined): void;
}

export interface TreeOptions extends WalkOptions {
  /** Code units of text kept in memory. */
  readonly cacheSize?: number;
  /** Called after each directory; the walk stops where it returns true. */
  readonly stop?: (found: number) => boolean;
}

/** Walks `root` at once, and reads files when they are asked for. */
export function openDiskTree(root: string, options: TreeOptions = {}): DiskTree {
  const paths = new Set<string>();
  for (const files of walkSources(root, options)) {
    for (const file of files) paths.add(file);
    if (options.stop?.(paths.size)) break;
  }
  return diskTree(root, paths, options);
}

/** As openDiskTree, but gives way to the event loop every 10 ms. Stops early, with what it has, when `signal` aborts. */
export async function openDiskTreeSlowly(
  root: string,
  options: TreeOptions & { readonly signal?: AbortSignal } = {},
): Promise<DiskTree> {
  const paths = new Set<string>();
  let sliceEnd = performance.now() + 10;
  for (const files of walkSources(root, options)) {
    for (const file of files) paths.add(file);
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    if (options.signal?.aborted) break;
    sliceEnd = performance.now() + 10;
  }
  return diskTree(root, paths, options);
}

function diskTree(root: string, paths: Set<string>, options: TreeOptions): DiskTree {
  const overlays = new Map<string, string>();
  const cache = textCache(options.cacheSize ?? 4 << 20);
  const accepts = pathFilter(root, options);
  const admitted = new Set<string>();
  const walked = new Set<string>();
  for (const path of paths) {
    for (const folder of foldersAround(path)) {
      if (walked.has(folder)) break;
      walked.add(folder);
    }
  }
  /** No link, in a folder that the walk came to, which follows none: so it lies below the root. */
  function isBeside(path: string): boolean {
    const [folder = ""] = foldersAround(path);
    // which one system takes for a part of the name, and another for a way out of the folder
    if (!walked.has(folder) || path.includes("\\")) return false;
    try {
      return lstatSync(`${root}/${path}`, { throwIfNoEntry: false })?.isSymbolicLink() !== true;
    } catch {
      return false;
    }
  }
  function saved(path: string): string | undefined {
    const kept = cache.get(path);
    if (kept !== undefined) return kept;
    const reading = paths.has(path) || isBeside(path) ? readText(`${root}/${path}`) : readInside(root, path);
    if (reading.kind === "refused") options.note?.(path, reading.reason);
    if (reading.kind !== "text") return undefined;
    cache.set(path, reading.text);
    return reading.text;
  }
  return {
    root,
    paths: () => paths,
    accepts,
    saved,
    read: (path) => overlays.get(path) ?? saved(path),
    async signature(signal) {
      const hash = createHash("sha1");
      let sliceEnd = performance.now() + 10;
      for (const path of [workspaceFileName, ...[...paths].sort()]) {
        const stat = statAt(`${root}/${path}`);
        hash.update(`${path}\n${stat?.mtimeMs ?? 0} ${stat?.size ?? -1}\n`);
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        if (signal.aborted) return undefined;
        sliceEnd = performance.now() + 10;
      }
      return hash.digest("hex");
    },
    admit(more) {
      for (const path of more) {
        admitted.add(path);
        paths.add(path);
      }
    },
    touch(path) {
      cache.delete(path);
      const isOurs = admitted.has(path) || (!path.startsWith("../") && accepts(path));
      const exists = statAt(`${root}/${path}`)?.isFile() === true;
      if (exists && isOurs) paths.add(path);
      else if (!overlays.has(path)) paths.delete(path);
    },
    overlay(path, text) {
      if (text === undefined) {
        overlays.delete(path);
        this.touch(path);
      } else {
        overlays.set(path, text);
        paths.add(path);
      }
    },
  };
}

/** The folder of a path, and those around it. */
function* foldersAround(path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end !== -1; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
  yield "";
}

/** Wherever links lead, it is read only where it lies below the root. */
function readInside(root: string, path: string): FileReading {
  try {
    const full = realpathSync(resolve(root, path));
    const inside = relative(realpathSync(root), full);
    if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      return path.startsWith("../") ? { kind: "absent" } : { kind: "refused", reason: "it leads out of the tree" };
    }
    return readText(full);
  } catch {
    return { kind: "absent" };
  }
}

interface TextCache {
  get(path: string): string | undefined;
  set(path: string, text: string): void;
  delete(path: string): void;
}

/** Keeps what was read last, up to `capacity` code units. */
function textCache(capacity: number): TextCache {
  const texts = new Map<string, string>();
  let size = 0;
  function remove(path: string): void {
    const text = texts.get(path);
    if (text === undefined) return;
    size -= text.length;
    texts.delete(path);
  }
  return {
    get(path) {
      const text = texts.get(path);
      if (text === undefined) return undefined;
      texts.delete(path);
      texts.set(path, text);
      return text;
    },
    set(path, text) {
      remove(path);
      if (text.length > capacity) return;
      texts.set(path, text);
      size += text.length;
      for (const oldest of texts.keys()) {
        if (size <= capacity) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
