/** What the files of a tree say by themselves, read once for projects of several targets. */
import type { SourceTree } from "../c/tree";
import { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
import type { AnswerGroup } from "./answers";
import { differencesOf } from "./differences";
import type { KnownFile, KnownModels } from "./known";
import { succeeded } from "./successor";
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

/** `targets`: those of its projects; the first one's conclusions are taken over by the others, where they are theirs as well. */
export function createReading(given: SourceTree, targets: readonly string[] = []): TreeReading {
  const tree = withBuildFilesKept(given);
  const files = new Map<string, KnownFile>();
  const texts = createSharedTexts();
  let models: KnownModels | undefined;
  let isFirst = targets.length > 1;
  return {
    project(options) {
      const { known } = options;
      const shared = files.size === 0 ? known : (path: string) => files.get(path) ?? known?.(path);
      const own: ProjectOptions = { ...options, texts, ...(shared === undefined ? {} : { known: shared }) };
      if (!isFirst) return createProject(tree, models === undefined ? own : { ...own, models: () => models });
      const { models: earlier = succeeded.models } = options;
      return createProject(tree, { ...own, models: earlier, differences: differencesOf(tree, targets, options) });
    },
    take(project) {
      if (isFirst) models = handedOn(project);
      isFirst = false;
      for (const [path, { mentions, face, facts }] of project.readSoFar()) {
        const said = facts();
        // caches go by the object: what is concluded for one target is not for another
        files.set(path, { mentions, face, facts: () => said && { ...said } });
      }
    },
  };
}

function handedOn(project: LoadableProject): KnownModels | undefined {
  const made = project.modelsSoFar();
  if (made === undefined) return undefined;
  const { varies } = made;
  const isSame = ({ files }: Pick<AnswerGroup, "files">): boolean => !files.some(varies);
  const [descriptions, types] = [new Map(made.descriptions), new Map(made.types)];
  const { groups, summaries } = made.answers.all();
  return {
    changed: [],
    renewed: { names: new Set(), includers: new Map() },
    varies,
    faceOf: () => undefined,
    descriptions: (path) => descriptions.get(path),
    types: (path) => types.get(path),
    readers: Array.from(made.readers, ([file, readers]) => [file, [...readers]] as const),
    leftOut: made.leftOut,
    answers: { groups: [...groups].filter(isSame), summaries },
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
