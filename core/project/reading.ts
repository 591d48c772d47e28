/** What the files of a tree say by themselves, read once for projects of several targets. */
import type { SourceTree } from "../c/tree";
import { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
import type { KnownFile } from "./known";
import { createSharedTexts } from "./texts";

export interface TreeReading {
  /**
   * A project of the tree; `options` may differ from one to the next, the tree may not. Its files are still to be loaded:
   * none that an earlier one has left here is read for its facts again.
   */
  project(options: ProjectOptions): LoadableProject;
  /** Takes over what was read of files, without edits; what was concluded goes with the project. */
  take(project: LoadableProject): void;
}

export function createReading(given: SourceTree): TreeReading {
  const tree = withBuildFilesKept(given);
  const files = new Map<string, KnownFile>();
  const texts = createSharedTexts();
  return {
    project(options) {
      const { known } = options;
      const shared = files.size === 0 ? known : (path: string) => files.get(path) ?? known?.(path);
      return createProject(tree, { ...options, texts, ...(shared === undefined ? {} : { known: shared }) });
    },
    take(project) {
      for (const [path, { mentions, face, facts }] of project.readSoFar()) {
        const said = facts();
        // caches go by the object: what is concluded for one target is not for another
        files.set(path, { mentions, face, facts: () => said && { ...said } });
      }
    },
  };
}

/** What is no source says which targets there are and what each compiles: every project asks for it, and for what is not there. */
function withBuildFilesKept(tree: SourceTree): SourceTree {
  const sources = new Set(tree.paths());
  const kept = new Map<string, string | undefined>();
  return {
    paths: () => tree.paths(),
    read(path) {
      if (sources.has(path)) return tree.read(path);
      if (!kept.has(path)) kept.set(path, tree.read(path));
      return kept.get(path);
    },
  };
}
