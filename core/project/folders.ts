/** C files by the folder they are in. */
import { isTest } from "../c/paths";
import { cachedByShape } from "./cache";
import type { Project } from "./project";

/** The C files of the file's folder, itself among them; none of the tree's tests. */
export function filesBeside(project: Project, file: string): readonly string[] {
  return folders(project).get(folderOf(file)) ?? [];
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

const folders = cachedByShape((project): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const path of project.paths()) {
    if (!path.endsWith(".c") || isTest(path)) continue;
    const list = found.get(folderOf(path));
    if (list === undefined) found.set(folderOf(path), [path]);
    else list.push(path);
  }
  return found;
});
