/** Fixes of QEMU's history: what is found in the tree before one, and what is left in the tree with it. */
import { diagnoseFile } from "../../core/check";
import { createProject, type LoadableProject } from "../../core/project";
import type { FixCase } from "./fixCases";
import { commitOf, type GitTree, openGitTree } from "../../server/node/gitTree";

/** A tree of QEMU_HISTORY, a clone of QEMU's repository. */
export function treeAt(revision: string): GitTree {
  const repository = process.env["QEMU_HISTORY"];
  if (repository === undefined) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  const commit = commitOf(repository, revision);
  if (commit === undefined) throw new Error(`${revision} is not in ${repository}`);
  return openGitTree(repository, commit);
}

export function projectOf(tree: GitTree, target = "x86_64"): LoadableProject {
  const project = createProject(tree, { target });
  for (const path of tree.paths()) project.load(path);
  return project;
}

/** Messages before and after the fix: of one project, to which the fix is an edit. */
export function aroundFix({
  fix,
  code,
  file,
  says = "",
  target,
}: FixCase): Readonly<Record<"before" | "after", readonly string[]>> {
  const [old, next] = [treeAt(`${fix}^`), treeAt(fix)];
  const project = projectOf(old, target);
  const messages = (): readonly string[] =>
    diagnoseFile(project, file, (each) => each === code)
      .filter((each) => each.code === code && each.message.includes(says))
      .map(({ message }) => message);
  const before = messages();
  for (const path of new Set([...old.ids.keys(), ...next.ids.keys()])) {
    if (old.ids.get(path) !== next.ids.get(path)) project.update(path, next.read(path));
  }
  return { before, after: messages() };
}
