/** What is asked of a change: rules that somebody has to judge only of the files that it touches. */
import type { DiagnoseOptions } from "../core/check";
import { skim } from "../core/c/skim";
import { type ChangedFile, tablesTouched } from "../core/check/touched";
import type { Project } from "../core/project/project";
import { isRust } from "../core/rust";
import { isSourcePath } from "../server/sourcePaths";

export interface AskedOfChange {
  readonly wanted: (code: string) => boolean;
  /** Files whose findings are asked for. Default: all. */
  readonly within?: ((file: string) => boolean) | undefined;
  /** Whether a rule is asked of all of the tree, and not only of what the change touches. */
  readonly isEverywhere: (code: string) => boolean;
}

/** What is no C declares nothing that a table could be of. */
export function changedFile(path: string, before: string | undefined, after: string | undefined): ChangedFile {
  const isC = isSourcePath(path) && !isRust(path) && !path.endsWith(".json");
  const stateOf = (text: string | undefined): ChangedFile["before"] =>
    isC && text !== undefined ? { facts: skim(path, text), text } : undefined;
  return { before: stateOf(before), after: stateOf(after) };
}

/** Which files each rule is asked about, by their names on either side. `paths`: the files that differ, by both. */
export function aboutChange(
  project: Project,
  { isEverywhere }: AskedOfChange,
  paths: Iterable<string>,
  changed: () => Iterable<ChangedFile>,
): NonNullable<DiagnoseOptions["about"]> {
  let touched: ReadonlySet<string> | undefined;
  return (code) => {
    if (isEverywhere(code)) return undefined;
    touched ??= new Set([...paths, ...tablesTouched(project, changed())]);
    return touched;
  };
}
