/** The tree's `.rs` files: no C, so their facts are empty, but new after each edit for what remembers by them. */
import type { FileFacts } from "../c/facts";

export interface RustFiles {
  add(path: string): void;
  remove(path: string): void;
  has(path: string): boolean;
  paths(): Iterable<string>;
  facts(path: string): FileFacts | undefined;
}

export function createRustFiles(): RustFiles {
  const files = new Map<string, FileFacts>();
  return {
    add: (path) => void files.set(path, { path, includes: [], macros: [], declarations: [], conditions: [] }),
    remove: (path) => void files.delete(path),
    has: (path) => files.has(path),
    paths: () => files.keys(),
    facts: (path) => files.get(path),
  };
}
