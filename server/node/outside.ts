/** Devices that are kept outside the tree they are made for: which files belong to them. */
import { statAt } from "./disk";
import { dirname, relative, resolve, sep } from "node:path";
import { skim } from "../../core/c/skim";
import type { Note } from "../leftOut";
import { isSourcePath } from "../sourcePaths";
import { textOf } from "./readFile";
import { boundaryOf, walkSources } from "./walk";

/** A folder of somebody's devices holds some dozens; a home directory may hold anything. */
const mostFiles = 2000;

/**
 * The sources at and below a folder, or beside a file and the file itself, and all that these include by a path from where they
 * lie. Relative to `root`; without what is the tree's own. Absolute paths in.
 */
export function outsideFiles(root: string, start: string, note?: Note): readonly string[] {
  const isFolder = statAt(start)?.isDirectory() === true;
  const folder = isFolder ? start : dirname(start);
  const found = new Set<string>();
  const add = (path: string): void => {
    if (found.size < mostFiles && isSourcePath(path) && !isPart(root, path)) found.add(path);
  };
  if (!isFolder) add(start);
  for (const files of walkSources(folder, { shallow: !isFolder, ...(note === undefined ? {} : { note }) })) {
    for (const file of files) add(`${folder}/${file}`);
    if (found.size >= mostFiles) break;
  }
  for (const path of found) {
    const text = textOf(path);
    for (const { name } of text === undefined ? [] : skim(path, text).includes) {
      const included = [resolve(dirname(path), name), resolve(folder, name)].find(isFile);
      if (included !== undefined) add(included);
    }
  }
  if (found.size >= mostFiles) note?.(pathFrom(root, folder), `only ${mostFiles} files are read there`);
  return [...found].map((path) => pathFrom(root, path));
}

/** Whether a walk of the tree meets it. */
function isPart(root: string, path: string): boolean {
  const inside = pathFrom(root, path);
  return !inside.startsWith("../") && boundaryOf(root, inside) === undefined;
}

function isFile(path: string): boolean {
  return statAt(path)?.isFile() === true;
}

function pathFrom(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}
