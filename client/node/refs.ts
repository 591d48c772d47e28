import { gitLater } from "../../server/node/git";
import type { Ref } from "../platform";

const mostRefs = 500;
const separator = "\t";

/** Newest first; none where the folder is no repository or there is no git. */
export async function refs(folder: string): Promise<readonly Ref[]> {
  const format = ["%(refname:short)", "%(creatordate:short)", "%(refname)"].join(separator);
  const argv = ["for-each-ref", "--sort=-creatordate", `--count=${mostRefs}`, `--format=${format}`];
  try {
    const answer = await gitLater(folder, [...argv, "refs/tags", "refs/heads", "refs/remotes"]);
    return answer
      .toString("utf8")
      .split("\n")
      .flatMap((line) => {
        const [name, date, full] = line.split(separator);
        return name && full ? [{ name, date: date ?? "", tag: full.startsWith("refs/tags/") }] : [];
      });
  } catch {
    return [];
  }
}

/** A file of a revision, relative to `folder`; undefined where it is in none. */
export async function textAt(folder: string, revision: string, file: string): Promise<string | undefined> {
  // Also behind a separator git would read a dash as an option.
  if (revision.startsWith("-")) return undefined;
  try {
    return (await gitLater(folder, ["cat-file", "blob", `${revision}:./${file}`])).toString("utf8");
  } catch {
    return undefined;
  }
}
