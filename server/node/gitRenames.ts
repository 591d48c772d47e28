/** Which of some files are others under a new name: git's own answer, by name and likeness. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "./disk";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { git } from "./git";

/** Paths with their texts. */
export type Texts = ReadonlyMap<string, string>;

/** `old path -> new path`. `gone` are the files that only the older side has, `come` those that only the newer one has. */
export function renamesOf(gone: Texts, come: Texts): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  if (gone.size === 0 || come.size === 0) return renames;
  const folder = mkdtempSync(join(tmpdir(), "vmstate-renames-"));
  try {
    write(join(folder, "old"), gone);
    write(join(folder, "new"), come);
    const options = ["--no-index", "--no-ext-diff", "--no-textconv", "--find-renames", "--name-status", "-z"];
    // 1: they differ
    const answer = git(folder, ["diff", ...options, "old", "new"], { codes: [1] }).toString("utf8");
    const words = answer.split("\0");
    for (let at = 0; at < words.length; ) {
      const status = words[at] ?? "";
      if (!status.startsWith("R")) {
        at += 2;
        continue;
      }
      renames.set((words[at + 1] ?? "").slice("old/".length), (words[at + 2] ?? "").slice("new/".length));
      at += 3;
    }
    return renames;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(folder: string, texts: Texts): void {
  mkdirSync(folder);
  for (const [path, text] of texts) {
    // a file beside a tree is another tree's
    if (path.split("/").includes("..")) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
