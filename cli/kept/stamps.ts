/** What tells that a path is as it was. Shared by the launcher, so it stands on Node alone. */
import { createHash } from "node:crypto";
import { realpathSync, type Stats, statSync } from "node:fs";
import type { Use } from "../../server/node/disk";

/** A use and an absolute path: `c/src/hw/foo.c`, with `c` for content, `k` for kind, `l` for links. */
export type Used = string;

export const used = (path: string, use: Use): Used => `${use.charAt(0)}${path}`;

/** Changes whenever what was used of the path changes; empty where there is nothing. */
export function stampOf(entry: Used): string {
  const path = entry.slice(1);
  const use = entry.charAt(0);
  if (use === "l") {
    try {
      return realpathSync(path);
    } catch {
      return "";
    }
  }
  return stampFrom(use, statSync(path, { throwIfNoEntry: false }));
}

/** Of content, of a kind or of both, by what is there. */
export function stampFrom(use: string, stat: Stats | undefined): string {
  if (stat === undefined) return "";
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other";
  if (use === "k" || (use === "s" && kind === "folder")) return kind;
  return `${kind} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
}

/** Over stamps in their order. */
export function digestOf(stamps: Iterable<string>): string {
  const hash = createHash("sha1");
  let part = "";
  for (const stamp of stamps) {
    part += `${stamp}\n`;
    if (part.length < 1 << 16) continue;
    hash.update(part);
    part = "";
  }
  return hash.update(part).digest("hex");
}

/** As the paths are now. Throws where one cannot be looked at. */
export function digestNow(entries: Iterable<Used>): string {
  function* stamps(): Generator<string> {
    for (const entry of entries) yield stampOf(entry);
  }
  return digestOf(stamps());
}
