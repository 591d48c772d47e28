/** Findings follow their files under new names. */
import { type AcceptedFinding, compareWith } from "../core/check/baseline";
import type { Diagnostic } from "../core/check/diagnostic";
import { GitError } from "../server/node/gitReason";
import { isShallow } from "../server/node/gitRange";
import { movedFiles } from "../server/node/gitMoved";
import type { Io } from "./io";
import type { Session } from "./session";

/** The finding as it is called after the renames. */
export function renamed(finding: AcceptedFinding, renames: ReadonlyMap<string, string>): AcceptedFinding {
  let { message } = finding;
  for (const [from, to] of renames) if (message.includes(from)) message = message.replaceAll(from, to);
  return { ...finding, file: renames.get(finding.file) ?? finding.file, message };
}

/** Accepted findings of files that the tree no longer has, by the name that git finds for them now. Git is asked only where it matters. */
export function renamedSince(
  { project, root }: Session,
  accepted: readonly AcceptedFinding[],
  findings: readonly Diagnostic[],
  io: Io,
): readonly AcceptedFinding[] {
  const { fresh, gone } = compareWith(accepted, findings);
  const missing = [...new Set(gone.map(({ file }) => file))].filter((file) => project.text(file) === undefined);
  if (missing.length === 0 || fresh.length === 0) return accepted;
  const now = { paths: () => project.paths(), read: (path: string) => project.text(path) };
  try {
    const renames = movedFiles(root, missing, now, new Set(fresh.map(({ range }) => range.file)));
    if (missing.some((file) => !renames.has(file)) && isShallow(root)) {
      io.err.write(
        "accepted findings name files that are gone, and the clone is too shallow to tell where to: git fetch --unshallow\n",
      );
    }
    return accepted.map((each) => renamed(each, renames));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    io.err.write(
      `accepted findings name files that are gone (${missing[0]}), and git can't say where to: ${error.message}\n`,
    );
    return accepted;
  }
}
