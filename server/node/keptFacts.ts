/**
 * What the files of a tree said when they were last read, kept in the user's cache folder: a file that is as it was is not
 * read again. One file a tree, written whole, with a sum over it; what is cut, damaged or another program's is not used.
 */
import { createHash } from "node:crypto";
import { createFactsPacker, type PackedFacts, unpackFacts } from "../../core/c/packed";
import type { KnownFile, Mentions } from "../../core/project/known";
import { keepBytes, recallBytes } from "./cache";
import { contentStamp } from "./disk";

export interface KeptFacts {
  /** Where the file is as it was. */
  known(path: string): KnownFile | undefined;
  /** Keeps what was read, where enough of it is new. */
  keep(read: Iterable<readonly [path: string, known: KnownFile]>): void;
}

const shelf = "facts";
/** Bytes; the facts of QEMU 10.2 take 20 MB. */
const largest = 64 << 20;
const mostTrees = 8;
/** Changed files, for each hundred, that are read anew each time rather than write all of it again. */
const mostReadAgain = 1;
/** Milliseconds: a file system may give two writes within them the same time. */
const tick = 2000;

/** `place`: of the packed facts, -1 where there are none. */
type Entry = readonly [path: string, stamp: string, mentions: number, place: number];

/** `program`: what decides how files are read; undefined: nothing is kept. */
export function openKeptFacts(root: string, program: string | undefined): KeptFacts | undefined {
  if (program === undefined) return undefined;
  const key = JSON.stringify(["facts", process.version, program, root]);
  const before = readKept(recallBytes(key, shelf, largest));
  const started = Date.now();
  const stamps = new Map<string, string>();
  let used = 0;
  return {
    known(path) {
      const now = contentStamp(`${root}/${path}`);
      if (now === undefined) return undefined;
      // what has just been written may change again unseen
      if (now.changed < started - tick) stamps.set(path, now.stamp);
      const entry = before?.files.get(path);
      if (before === undefined || entry?.[1] !== now.stamp) return undefined;
      used++;
      const [, , mentions, place] = entry;
      return {
        mentions: {
          tables: (mentions & 1) !== 0,
          runtimeTypes: (mentions & 2) !== 0,
          registrars: (mentions & 4) !== 0,
        },
        facts: () => (place < 0 ? undefined : unpackFacts(before.facts, place, path)),
      };
    },
    keep(read) {
      const files = before?.files.size ?? 0;
      const differing = Math.max(stamps.size, files) - used;
      if (stamps.size === 0 || (before !== undefined && differing * 100 <= files * mostReadAgain)) return;
      const packer = createFactsPacker();
      const entries: Entry[] = [];
      for (const [path, { mentions, facts }] of read) {
        const stamp = stamps.get(path);
        const found = facts();
        if (stamp !== undefined)
          entries.push([path, stamp, bitsOf(mentions), found === undefined ? -1 : packer.add(found)]);
      }
      keepBytes(key, writeKept(entries, packer.packed()), shelf, mostTrees);
    },
  };
}

function bitsOf({ tables, runtimeTypes, registrars }: Mentions): number {
  return (tables ? 1 : 0) | (runtimeTypes ? 2 : 0) | (registrars ? 4 : 0);
}

interface Kept {
  readonly files: ReadonlyMap<string, Entry>;
  readonly facts: PackedFacts;
}

const sumLength = 40;

/** The sum, the length of the text, the text, blanks up to a multiple of four, the numbers. */
function writeKept(entries: readonly Entry[], { strings, numbers }: PackedFacts): readonly Uint8Array[] {
  const json = JSON.stringify({ entries, strings });
  const bytes = Buffer.from(json);
  const text = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, " ")]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const body = [length, text, Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)];
  const hash = createHash("sha1");
  for (const part of body) hash.update(part);
  return [Buffer.from(hash.digest("hex")), ...body];
}

function readKept(bytes: Buffer | undefined): Kept | undefined {
  if (bytes === undefined || bytes.length < sumLength + 4) return undefined;
  const body = bytes.subarray(sumLength);
  if (createHash("sha1").update(body).digest("hex") !== bytes.toString("latin1", 0, sumLength)) return undefined;
  const end = 4 + body.readUInt32LE(0);
  const { entries, strings }: { entries: Entry[]; strings: string[] } = JSON.parse(body.toString("utf8", 4, end));
  const numbers = new Int32Array((body.length - end) >> 2);
  Buffer.from(numbers.buffer).set(body.subarray(end));
  return { files: new Map(entries.map((entry) => [entry[0], entry])), facts: { strings, numbers } };
}
