/** Texts kept between runs in the user's cache folder. Losing one costs time only, so no failure is reported. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFile } from "./cacheFile";

/** On each shelf. */
const mostFiles = 40;
const largest = 32 << 20;

/** `shelf`: a folder of its own, whose texts don't push others out. */
export async function recall(key: string, shelf = ""): Promise<string | undefined> {
  try {
    const file = cacheFile(key, shelf);
    return (await stat(file)).size > largest ? undefined : await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another server may read at the same time. */
export async function keep(key: string, text: string, shelf = ""): Promise<void> {
  if (text.length > largest) return;
  try {
    const file = cacheFile(key, shelf);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const partial = `${file}.${process.pid}`;
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, file);
    await forgetOldest(dirname(file));
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

/** As `recall`, of bytes and at once: a command has nothing to do meanwhile. */
export function recallBytes(key: string, shelf: string, most: number): Buffer | undefined {
  try {
    const file = cacheFile(key, shelf);
    return statSync(file).size > most ? undefined : readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Milliseconds after which nobody writes it any more. */
const abandoned = 3_600_000;
let serial = 0;

/** As `keep`, of bytes, a part a step; `mostFiles`: those used last on that shelf stay. */
export function* keepBytes(
  key: string,
  parts: Iterable<Uint8Array>,
  shelf: string,
  mostFiles: number,
): Generator<void, void> {
  try {
    const file = cacheFile(key, shelf);
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const partial = `${file}.${process.pid}.${serial++}`;
    let isWhole = false;
    try {
      const to = openSync(partial, "w", 0o600);
      try {
        for (const part of parts) {
          writeFileSync(to, part);
          yield;
        }
      } finally {
        closeSync(to);
      }
      renameSync(partial, file);
      isWhole = true;
    } finally {
      if (!isWhole) rmSync(partial, { force: true });
    }
    const aged = readdirSync(folder).map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }));
    const [whole, others] = [aged.filter(isKept).sort((a, b) => b.at - a.at), aged.filter((each) => !isKept(each))];
    const left = others.filter(({ at }) => at < Date.now() - abandoned);
    for (const { name } of [...whole.slice(mostFiles), ...left]) rmSync(join(folder, name), { force: true });
  } catch {
    return;
  }
}

function isKept({ name }: { readonly name: string }): boolean {
  return name.endsWith(".json");
}
