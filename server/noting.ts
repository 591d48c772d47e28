import type { SourceTree } from "../core/c/tree";

/** The same tree; `reads` is told of each path before it is read. */
export function noting(tree: SourceTree, reads: (path: string) => void): SourceTree {
  return {
    paths: () => tree.paths(),
    read(path) {
      reads(path);
      return tree.read(path);
    },
  };
}
