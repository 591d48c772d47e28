/** Which files were edited since when, for what is kept with the files that it was found by. */
import type { Reach } from "./reached";

interface Edits {
  /** One a revision. `isWide`: files, names or the build are not what they were. */
  note(path: string, isWide: boolean): void;
  /** undefined where something wide is among them. */
  since(revision: number): ReadonlySet<string> | undefined;
  /** Whether what the files say, and see in others, is what it was at that revision. */
  keeps(revision: number, read: Iterable<string>): boolean;
}

export function createEdits(reach: Pick<Reach, "from" | "affectedBy">): Edits {
  const edited: string[] = [];
  let lastWide = 0;
  const since = (revision: number): ReadonlySet<string> | undefined =>
    revision < lastWide ? undefined : new Set(edited.slice(revision));
  return {
    note(path, isWide) {
      edited.push(path);
      if (isWide) lastWide = edited.length;
    },
    since,
    keeps(revision, read) {
      const paths = since(revision);
      if (paths === undefined) return false;
      const tests = Array.from(paths, (path) => reach.affectedBy(reach.from(path, [])));
      for (const file of read) if (tests.some((isAffected) => isAffected(file))) return false;
      return true;
    },
  };
}
