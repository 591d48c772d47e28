import { isAbsolute, join, relative } from "node:path";

/**
 * How a CI's report names files of the tree at `root`: from the working directory, which is the repository's top there, where the
 * tree is in it; else from the tree's top.
 */
export function namedFrom(cwd: string, root: string): (file: string) => string {
  const below = relative(cwd, root);
  const isBelow = !isAbsolute(below) && !below.split(/[\\/]/).includes("..");
  return isBelow ? (file) => join(below, file) : (file) => file;
}
