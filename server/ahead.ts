/**
 * Projects of single files, each with what it includes, that answer for the files of editors until the whole tree is read.
 *
 * Invariant: what is answered from one stays true when the tree is there; `Project.isPartial` says where more will be known.
 */
import type { CancellationToken } from "vscode-languageserver";
import type { LoadableProject } from "../core/project";
import { readAhead } from "../core/project/ahead";
import type { ProjectOptions } from "../core/project/createProject";
import type { SourceTree } from "../core/c/tree";
import { inSlices } from "./slices";

export interface ProjectsAhead {
  /** undefined of what is no source, and where other files are answered for already: the whole tree is waited for. */
  of(path: string): Promise<LoadableProject> | undefined;
  /** Settles when all that were asked for are there. */
  settled(): Promise<void>;
  /** The file has another text. */
  edit(path: string): void;
}

/** Files that somebody looks at while the tree is read. */
const most = 4;

export function createProjectsAhead(
  tree: SourceTree,
  options: ProjectOptions,
  token: CancellationToken,
): ProjectsAhead {
  const projects = new Map<string, { readonly project: LoadableProject; readonly done: Promise<LoadableProject> }>();
  return {
    of(path) {
      const known = projects.get(path);
      if (known !== undefined) return known.done;
      if (projects.size >= most || !path.endsWith(".c") || tree.read(path) === undefined) return undefined;
      const { project, steps } = readAhead(tree, path, options);
      const done = inSlices(steps, token, () => {}).then(() => project);
      projects.set(path, { project, done });
      return done;
    },
    async settled() {
      for (const { done } of projects.values()) await done.catch(() => {});
    },
    edit(path) {
      for (const [file, { project }] of projects) {
        if (file !== path && !project.has(path)) continue;
        project.update(path, undefined);
        for (const _ of project.readWith(path));
      }
    },
  };
}
