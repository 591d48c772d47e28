/**
 * Files of the tree that are known but not read: fragments until something includes them, and sources of folders where
 * nothing has to do with devices (an instruction decoder's tables, the user-mode emulators, test programs).
 */
import { directoryOf } from "../c/includes";

export interface WaitingFiles {
  add(path: string): void;
  has(path: string): boolean;
  paths(): Iterable<string>;
  /** Takes the file out; false where it does not wait. */
  take(path: string): boolean;
  /** Whether the folder's sources are read at once. */
  isWanted(directory: string): boolean;
  /** From now on they are; returns those that waited. */
  want(directory: string): readonly string[];
}

export function createWaitingFiles(): WaitingFiles {
  const all = new Set<string>();
  const byDirectory = new Map<string, string[]>();
  const wanted = new Set<string>();
  return {
    add(path) {
      all.add(path);
      if (isFragment(path)) return;
      const directory = directoryOf(path);
      const list = byDirectory.get(directory);
      if (list === undefined) byDirectory.set(directory, [path]);
      else list.push(path);
    },
    has: (path) => all.has(path),
    paths: () => all,
    take: (path) => all.delete(path),
    isWanted: (directory) => wanted.has(directory),
    want(directory) {
      wanted.add(directory);
      const list = byDirectory.get(directory) ?? [];
      byDirectory.delete(directory);
      return list;
    },
  };
}

/** Text that other files include in the middle of something: `.c.inc`, `.def`, `.hx`. */
export function isFragment(path: string): boolean {
  return !path.endsWith(".c") && !path.endsWith(".h");
}

/** The words without which a source file has no part in migration. */
export function definesDevices(text: string): boolean {
  return text.includes("VMState") || text.includes("TypeInfo") || text.includes("vmstate_") || text.includes("savevm");
}
