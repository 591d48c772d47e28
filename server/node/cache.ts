/** Texts kept between runs in the user's cache folder. Losing one costs time only, so no failure is reported. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

const mostFiles = 40;
const largest = 32 << 20;

function folder(): string {
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, "vmstate");
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/vmstate");
  if (process.platform === "win32" && process.env.LOCALAPPDATA) return join(process.env.LOCALAPPDATA, "vmstate");
  return join(homedir(), ".cache/vmstate");
}

function fileOf(key: string): string {
  return join(folder(), `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
}

export async function recall(key: string): Promise<string | undefined> {
  try {
    const file = fileOf(key);
    return (await stat(file)).size > largest ? undefined : await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another server may read at the same time. */
export async function keep(key: string, text: string): Promise<void> {
  if (text.length > largest) return;
  try {
    await mkdir(folder(), { recursive: true, mode: 0o700 });
    const file = fileOf(key);
    const partial = `${file}.${process.pid}`;
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, file);
    await forgetOldest();
  } catch {
    return;
  }
}

async function forgetOldest(): Promise<void> {
  const names = (await readdir(folder())).filter((name) => name.endsWith(".json"));
  if (names.length <= mostFiles) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder(), name))).mtimeMs })));
  aged.sort((a, b) => a.at - b.at);
  for (const { name } of aged.slice(0, names.length - mostFiles)) await unlink(join(folder(), name));
}
