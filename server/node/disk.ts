/**
 * The door to the file system for all that an answer is made from: whoever keeps answers is told of each path that was
 * read, listed or asked for, there or not. `npm run check` refuses `node:fs` elsewhere in cli/ and server/node.
 */
import fs from "node:fs";

export type { Dirent } from "node:fs";

/**
 * What of a path an answer hangs on: its content (of a folder: its entries), the same of a file only, whether it is there
 * and of what kind, or where its links lead.
 */
export type Use = "content" | "stat" | "kind" | "links";

export interface Observer {
  /** Before the path is used, as it was given. `now`: what is there, for whoever has looked already; null where nothing is. */
  uses(path: string, use: Use, now?: fs.Stats | null): void;
  /** The answer hangs on more than files tell: another program, standard input; or it writes something. */
  usesMore(): void;
}

let observer: Observer | undefined;

/** For the rest of the process, or until the next call. */
export function observe(next: Observer | undefined): void {
  observer = next;
}

export function dependsOnMore(): void {
  observer?.usesMore();
}

type Call = (path: never, ...rest: never[]) => unknown;

function watched<F extends Call>(use: Use, call: F): F {
  const through = (path: never, ...rest: never[]): unknown => {
    if (typeof path === "string") observer?.uses(path, use);
    else observer?.usesMore();
    return call(path, ...rest);
  };
  return through as F;
}

function writing<F extends Call>(call: F): F {
  const through = (path: never, ...rest: never[]): unknown => {
    observer?.usesMore();
    return call(path, ...rest);
  };
  return through as F;
}

const readsOnly = (flags: string | number | undefined): boolean =>
  flags === undefined ||
  flags === "r" ||
  (typeof flags === "number" && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) === 0);

const openWatched = watched("content", fs.openSync);
export const existsSync = watched("kind", fs.existsSync);
export const statSync = watched("stat", fs.statSync);

/** What a path leads to; undefined where nothing is there, or it can't be looked at: links in a ring, a name too long or with a NUL. */
export function statAt(path: string): fs.Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
/** Changes whenever a file's content does, as with the time of the last change in ms; undefined where there is no regular file. */
export function contentStamp(path: string): { readonly changed: number; readonly stamp: string } | undefined {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  observer?.uses(path, "content", stat ?? null);
  if (stat?.isFile() !== true) return undefined;
  return { changed: stat.ctimeMs, stamp: `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}` };
}

export const openSync: typeof fs.openSync = (path, flags, mode) => {
  if (!readsOnly(flags)) observer?.usesMore();
  return openWatched(path, flags, mode);
};
export const readFileSync = watched("content", fs.readFileSync);
export const readdirSync = watched("content", fs.readdirSync);
export const lstatSync = watched("stat", fs.lstatSync);
export const accessSync = watched("kind", fs.accessSync);
export const realpathSync = watched("links", fs.realpathSync);
export const writeFileSync = writing(fs.writeFileSync);
export const writeSync = writing(fs.writeSync);
export const ftruncateSync = writing(fs.ftruncateSync);
export const mkdirSync = writing(fs.mkdirSync);
export const mkdtempSync = writing(fs.mkdtempSync);
export const rmSync = writing(fs.rmSync);
export const { closeSync, readSync, fstatSync, constants } = fs;
