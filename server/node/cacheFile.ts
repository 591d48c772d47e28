/** Where this user's kept texts are. Stands on Node alone: the launcher of the command line uses it. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

function folder(): string {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, "vmstate");
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/vmstate");
  if (process.platform === "win32" && process.env.LOCALAPPDATA) return join(process.env.LOCALAPPDATA, "vmstate");
  return join(homedir(), ".cache/vmstate");
}

/** `shelf`: a folder of its own, whose texts don't push others out. */
export function cacheFile(key: string, shelf: string): string {
  return join(folder(), shelf, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
}
