/** A copy of the example tree, in a folder with a cache of its own, long enough ago to be trusted. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { exampleTree } from "./run";

/**
 * Made before each test of the file that calls it, and removed after it.
 *
 * @param files what the tree has besides, by paths in it
 * @returns the path of something in the folder: `tree/…`, `cache/…`, `cli.js`
 */
export function keptTree(files: Readonly<Record<string, string>>): (path: string) => string {
  let folder = "";
  const inside = (path: string): string => join(folder, path);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-kept-"));
    vi.stubEnv("XDG_CACHE_HOME", inside("cache"));
    cpSync(exampleTree, inside("tree"), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(inside(`tree/${path}`)), { recursive: true });
      writeFileSync(inside(`tree/${path}`), text);
    }
    for (const name of ["cli.js", "command.js"]) writeFileSync(inside(name), "");
    // what was written just now is not trusted: the clock says that it is long ago
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  return inside;
}
