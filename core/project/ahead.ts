/** A source of a tree with what it includes, before the others are read: what it says by itself is told at once. */
import type { SourceTree } from "../c/tree";
import { createProject, type LoadableProject, type ProjectOptions } from "./createProject";

/** The project is whole when the steps are at their end. */
export function readAhead(
  tree: SourceTree,
  path: string,
  options: ProjectOptions,
): { readonly project: LoadableProject; readonly steps: Iterable<void> } {
  const project = createProject(tree, options);
  for (const each of tree.paths()) project.expect(each);
  // of an editor, and not on disk yet
  project.expect(path);
  return { project, steps: project.readWith(path) };
}
