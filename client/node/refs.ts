import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Ref } from "../platform";

const run = promisify(execFile);
const mostRefs = 500;
const separator = "\t";

/** Newest first; none where the folder is no repository or there is no git. */
export async function refs(folder: string): Promise<readonly Ref[]> {
  const format = ["%(refname:short)", "%(creatordate:short)", "%(refname)"].join(separator);
  const argv = ["for-each-ref", "--sort=-creatordate", `--count=${mostRefs}`, `--format=${format}`];
  try {
    const { stdout } = await run("git", [...argv, "refs/tags", "refs/heads", "refs/remotes"], { cwd: folder });
    return stdout.split("\n").flatMap((line) => {
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
    const { stdout } = await run("git", ["cat-file", "blob", `${revision}:./${file}`], {
      cwd: folder,
      maxBuffer: 64 << 20,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
