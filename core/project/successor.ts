/** A project of another state of a tree, which takes over what an earlier project of it has read and concluded, as far as that holds. */
import type { SourceTree } from "../c/tree";
import { skim } from "../c/skim";
import { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
import { changedNames, type FileState } from "./changedNames";
import { mostReached } from "./earlier";
import type { KnownFile, KnownModels } from "./known";
import { isFragment } from "./waiting";

/** What a project is to be made with so that another one can take over from it. */
export const succeeded: Pick<ProjectOptions, "models"> = { models: () => undefined };

/** How another state differs from the project's. */
export interface Difference {
  /** Files that both have, with other text. */
  readonly edited: readonly string[];
  /** Whether it has files that the other has not. */
  readonly hasOthers: boolean;
}

/** `before`: as it was loaded, without edits. `options` are those that it was made with. */
export function successor(
  before: LoadableProject,
  tree: SourceTree,
  options: Omit<ProjectOptions, "known" | "models">,
  { edited, hasOthers }: Difference,
): LoadableProject {
  const changed = new Set(edited);
  const files = new Map(before.readSoFar());
  const known = (path: string): KnownFile | undefined => (changed.has(path) ? undefined : files.get(path));
  const models = (): KnownModels | undefined => {
    const names = hasOthers || edited.length > mostReached ? undefined : allNames(before, tree, edited);
    return names && modelsOf(before, edited, files, names);
  };
  const project = createProject(tree, { ...options, known, models });
  for (const path of tree.paths()) project.load(path);
  return project;
}

function modelsOf(
  before: LoadableProject,
  changed: readonly string[],
  files: ReadonlyMap<string, KnownFile>,
  names: ReadonlySet<string>,
): KnownModels | undefined {
  const models = before.modelsSoFar();
  if (models === undefined) return undefined;
  const [descriptions, types] = [new Map(models.descriptions), new Map(models.types)];
  return {
    changed,
    renewed: { names, includers: new Map(models.includers) },
    faceOf: (path) => files.get(path)?.face,
    descriptions: (path) => descriptions.get(path),
    types: (path) => types.get(path),
    readers: Array.from(models.readers, ([file, readers]) => [file, [...readers]] as const),
    leftOut: models.leftOut,
    answers: models.answers.all(),
  };
}

/** Those that any of the files declares otherwise; undefined where one reaches further. */
function allNames(
  before: LoadableProject,
  tree: SourceTree,
  edited: readonly string[],
): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const path of edited) {
    const [was, is] = [before.text(path), tree.read(path)].map((text) => stateOf(path, text));
    const names = was && is && changedNames(was, is);
    if (names === undefined) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

/** Of C by itself: what stands in the middle of other files, and what headers are made of, reaches further. */
function stateOf(path: string, text: string | undefined): FileState | undefined {
  return text === undefined || isFragment(path) ? undefined : { facts: skim(path, text), text };
}
