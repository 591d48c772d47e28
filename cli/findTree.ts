/** Which tree a command is about, found alike by all of them and as the server finds it. */
import { basename, dirname } from "node:path";
import { statAt } from "../server/node/disk";
import { treeAbove, treeOfFolder, treesBelow } from "../server/node/locate";
import { CannotRun } from "./io";

/** The tree around, directly below or at a file or folder; undefined where there is none. CannotRun where several are as good. */
export function treeAt(start: string): string | undefined {
  const above = treeAbove(start);
  if (above !== undefined) return above;
  const folder = folderOf(start);
  return treeDirectlyBelow(folder) ?? treeOfFolder(folder);
}

/** The tree that a user means by a folder: what is named is meant, also where a tree lies around it. CannotRun as `treeAt`. */
export function treeNamed(directory: string): string {
  return treeAbove(directory) === directory ? directory : (treeDirectlyBelow(directory) ?? directory);
}

function treeDirectlyBelow(folder: string): string | undefined {
  const below = treesBelow(folder);
  if (below.length < 2) return below[0];
  const names = below.map((path) => basename(path)).join(", ");
  throw new CannotRun(`several QEMU source trees here: ${names}; give one with --tree DIR`);
}

/** Without a tree, a file still goes as far as the text beside it. */
export function folderOf(path: string): string {
  return statAt(path)?.isFile() === true ? dirname(path) : path;
}
