/** Texts kept between runs in the user's cache folder. Losing one costs time only, so no failure is reported. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** On each shelf. */
const mostFiles = 40;
const largest = 32 << 20;

function folder(): string {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, "vmstate");
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/vmstate");
  if (process.platform === "win32" && process.env.LOCALAPPDATA) return join(process.env.LOCALAPPDATA, "vmstate");
  return join(homedir(), ".cache/vmstate");
}

function fileOf(key: string, shelf: string): string {
  return join(folder(), shelf, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
}

/** `shelf`: a folder of its own, whose texts don't push others out. */
export async function recall(key: string, shelf = ""): Promise<string | undefined> {
  try {
    const file = fileOf(key, shelf);
    return (await stat(file)).size > largest ? undefined : await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another server may read at the same time. */
export async function keep(key: string, text: string, shelf = ""): Promise<void> {
  if (text.length > largest) return;
  try {
    await mkdir(join(folder(), shelf), { recursive: true, mode: 0o700 });
    const file = fileOf(key, shelf);
    const partial = `${file}.${process.pid}`;
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, file);
    await forgetOldest(join(folder(), shelf));
  } catch {
    return;
  }
}

async function forgetOldest(from: string): Promise<void> {
  const names = (await readdir(from)).filter((name) => name.endsWith(".json"));
  if (names.length <= mostFiles) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(from, name))).mtimeMs })));
  aged.sort((a, b) => a.at - b.at);
  for (const { name } of aged.slice(0, names.length - mostFiles)) await unlink(join(from, name));
}
