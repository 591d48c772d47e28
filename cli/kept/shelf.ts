/** Answers on disk, in the user's cache folder. Losing one costs time only, so no failure is reported. Stands on Node alone. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { cacheFile } from "../../server/node/cacheFile";
import { digestNow, used, type Used } from "./stamps";

/** The folder of answers below the cache folder. */
export const shelf = "answers";
const largest = 32 << 20;

export interface Kept {
  readonly out: string;
  readonly err: string;
  readonly code: 0 | 1;
  /** All that was used, packed by `packUses`, and the digest of its stamps. */
  readonly uses: string;
  readonly digest: string;
}

/** What a command line is asked with: the same question of unchanged files has the same answer. */
export interface Question {
  /** The program's files. */
  readonly program: readonly string[];
  readonly argv: readonly string[];
  readonly cwd: string;
  /** What decides how it looks: terminal, width, variables. */
  readonly looks: readonly (string | number | boolean | undefined)[];
}

export function keyOf({ program, argv, cwd, looks }: Question): string {
  const stamp = digestNow(program.map((path) => used(path, "content")));
  return JSON.stringify([process.version, program, stamp, argv, cwd, looks]);
}

/** The answer that still holds; undefined where there is none, or something that it was made from has changed. */
export function currentAnswer(key: string): Kept | undefined {
  try {
    const file = cacheFile(key, shelf);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > largest) return undefined;
    const kept = readKept(readFileSync(file, "utf8"));
    return kept !== undefined && digestNow(unpackUses(kept.uses)) === kept.digest ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Each as the number of characters that it shares with the one before, and the rest: neighbours share their folder. */
export function packUses(uses: Iterable<Used>): string {
  let before = "";
  let packed = "";
  for (const entry of uses) {
    let shared = 0;
    while (shared < before.length && before[shared] === entry[shared]) shared++;
    packed += `${shared} ${entry.slice(shared)}\0`;
    before = entry;
  }
  return packed;
}

function* unpackUses(packed: string): Generator<Used> {
  let entry = "";
  for (let at = 0; at < packed.length; ) {
    const end = packed.indexOf("\0", at);
    const blank = packed.indexOf(" ", at);
    entry = entry.slice(0, Number(packed.slice(at, blank))) + packed.slice(blank + 1, end);
    yield entry;
    at = end + 1;
  }
}

/** The file's first line is a sum over the rest: what was cut or damaged is no answer. */
export function writeKept(kept: Kept): string {
  const body = JSON.stringify(kept);
  return `${sumOf(body)}\n${body}`;
}

function readKept(text: string): Kept | undefined {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end < 0 || sumOf(body) !== text.slice(0, end)) return undefined;
  const kept: Kept = JSON.parse(body);
  return kept;
}

const sumOf = (body: string): string => createHash("sha1").update(body).digest("hex");
