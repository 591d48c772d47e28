/**
 * What the files of a tree said when they were last read, kept in the user's cache folder: a file that is as it was is not
 * read again. One file a tree, written whole, with a sum over it; what is cut, damaged or another program's is not used.
 */
import { createFactsPacker, unpackFacts } from "../../core/c/packed";
import type { KnownFile, KnownModels, Mentions, Models } from "../../core/project/known";
import { keepBytes, recallBytes } from "./cache";
import { contentStamp } from "./disk";
import { type FileNow, openKeptModels } from "./keptModels";
import type { DiskTree } from "./tree";
import { readSummed, writeSummed } from "./summed";

export interface KeptFacts {
  /** Notes that a file is read, of whatever kind. */
  reads(path: string): void;
  /** Where the file is as it was. */
  known(path: string): KnownFile | undefined;
  /** Keeps what was read, where enough of it is new. */
  keep(read: Iterable<readonly [path: string, known: KnownFile]>): void;
  /** What was concluded, once all files have been asked for. */
  models(): KnownModels | undefined;
  keepModels(models: Models | undefined): void;
}

/** What stands before the numbers. */
interface Head {
  readonly entries: readonly Entry[];
  readonly strings: readonly string[];
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
type Entry = readonly [path: string, stamp: string, mentions: number, face: string, place: number];

/** `program`: what decides how files are read; undefined: nothing is kept. `options`: what else decides what is concluded. */
export function openKeptFacts(tree: DiskTree, program: string | undefined, options: string): KeptFacts | undefined {
  if (program === undefined) return undefined;
  const { root } = tree;
  const question = JSON.stringify([process.version, program, root]);
  const key = JSON.stringify(["facts", question]);
  const before = readSummed<Head>(recallBytes(key, shelf, largest));
  const entries = new Map(before?.head.entries.map((entry) => [entry[0], entry]));
  const started = Date.now();
  // what has just been written may change again unseen
  const isOld = (changed: number): boolean => changed < started - tick;
  const kept = openKeptModels(tree, JSON.stringify([question, options]), isOld);
  const stamps = new Map<string, string | undefined>();
  /** Once all have been read. */
  const files = new Map<string, FileNow>();
  let used = 0;
  return {
    reads(path) {
      if (!stamps.has(path)) kept.reads(path);
    },
    known(path) {
      const now = contentStamp(`${root}/${path}`);
      if (now === undefined) return undefined;
      if (!stamps.has(path)) stamps.set(path, isOld(now.changed) ? now.stamp : undefined);
      const entry = entries.get(path);
      if (before === undefined || entry?.[1] !== now.stamp) return undefined;
      used++;
      const [, , mentions, face, place] = entry;
      const packed = { strings: before.head.strings, numbers: before.numbers };
      return {
        mentions: {
          tables: (mentions & 1) !== 0,
          runtimeTypes: (mentions & 2) !== 0,
          registrars: (mentions & 4) !== 0,
        },
        face,
        facts: () => (place < 0 ? undefined : unpackFacts(packed, place, path)),
      };
    },
    keep(read) {
      const packer = createFactsPacker();
      const made: Entry[] = [];
      const differing = Math.max(stamps.size, entries.size) - used;
      const isKept = stamps.size > 0 && (before === undefined || differing * 100 > entries.size * mostReadAgain);
      for (const [path, stamp] of stamps) files.set(path, { stamp, face: "" });
      for (const [path, { mentions, face, facts }] of read) {
        const stamp = stamps.get(path);
        files.set(path, { stamp, face });
        if (!isKept || stamp === undefined) continue;
        const found = facts();
        made.push([path, stamp, bitsOf(mentions), face, found === undefined ? -1 : packer.add(found)]);
      }
      if (!isKept) return;
      const { strings, numbers } = packer.packed();
      keepBytes(key, writeSummed({ entries: made, strings } satisfies Head, numbers), shelf, mostTrees);
    },
    models: () => kept.known(files),
    keepModels(models) {
      if (models !== undefined && files.size > 0) kept.keep(files, models);
    },
  };
}

function bitsOf({ tables, runtimeTypes, registrars }: Mentions): number {
  return (tables ? 1 : 0) | (runtimeTypes ? 2 : 0) | (registrars ? 4 : 0);
}
