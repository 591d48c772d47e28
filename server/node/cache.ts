/** Texts kept between runs in the user's cache folder. Losing one costs time only, so no failure is reported. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toTheEnd } from "../../core/steps";
import { cacheFile } from "./cacheFile";

/** On each shelf. */
const mostFiles = 40;
const largest = 32 << 20;

/** `shelf`: a folder of its own, whose texts don't push others out. */
export async function recall(key: string, shelf = ""): Promise<string | undefined> {
  try {
    const file = cacheFile(key, shelf);
    return isReadable(await stat(file), largest) ? await readFile(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another server may read at the same time. */
export function keep(key: string, text: string, shelf = ""): void {
  if (text.length <= largest) toTheEnd(keepBytes(key, [Buffer.from(text)], shelf, mostFiles));
}

/** As `recall`, of bytes and at once: a command has nothing to do meanwhile. */
export function recallBytes(key: string, shelf: string, most: number): Buffer | undefined {
  try {
    const file = cacheFile(key, shelf);
    return isReadable(statSync(file), most) ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** A pipe would be waited for without end. */
function isReadable(found: Stats, most: number): boolean {
  return found.isFile() && found.size <= most;
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
    const names = readdirSync(folder).filter((name) => isKept(name) || isPartial(name));
    const aged = names.map((name) => ({ name, at: writtenAt(join(folder, name)) })).sort((x, y) => y.at - x.at);
    const old = aged.filter(({ name }) => isKept(name)).slice(mostFiles);
    const left = aged.filter(({ name, at }) => isPartial(name) && at < Date.now() - abandoned);
    for (const { name } of [...old, ...left]) rmSync(join(folder, name), { force: true });
  } catch {
    return;
  }
}

/** Milliseconds; the oldest of all where a clock that has gone back since says that it is yet to come. */
function writtenAt(file: string): number {
  const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return at > Date.now() + abandoned ? 0 : at;
}

function isKept(name: string): boolean {
  return name.endsWith(".json");
}

function isPartial(name: string): boolean {
  return name.includes(".json.");
}
