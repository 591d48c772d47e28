/**
 * What the files of a tree said when they were last read, kept in the user's cache folder: a file that is as it was is not
 * read again. One file a tree, written whole, with a sum over it; what is cut, damaged or another program's is not used.
 */
import { createFactsPacker, unpackFacts } from "../../core/c/packed";
import type { FileFacts } from "../../core/c/facts";
import { schemaOf } from "../../core/c/qapi";
import type { Mentions } from "../../core/project/known";
import type { KeptTree } from "../host";
import { keepBytes, recallBytes } from "./cache";
import { contentStamp } from "./disk";
import { type FileNow, openKeptModels } from "./keptModels";
import type { DiskTree } from "./tree";
import { readSummed, writeSummed } from "./summed";

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
type Entry = readonly [...Before, place: number];
type Before = readonly [path: string, stamp: string, mentions: number, face: string];

/** `program`: what decides how files are read; undefined: nothing is kept. `options`: what else decides what is concluded. */
export function openKeptFacts(tree: DiskTree, program: string | undefined, options: string): KeptTree | undefined {
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
  const used = new Set<string>();
  const filesNow = (): Map<string, FileNow> =>
    new Map(Array.from(stamps, ([path, stamp]) => [path, { stamp, face: "" }]));
  return {
    reads(path) {
      if (!stamps.has(path)) kept.reads(path);
    },
    known(path) {
      const now = contentStamp(`${root}/${schemaOf(path) ?? path}`);
      if (now === undefined) return undefined;
      if (!stamps.has(path)) stamps.set(path, isOld(now.changed) ? now.stamp : undefined);
      const entry = entries.get(path);
      if (before === undefined || entry?.[1] !== now.stamp) return undefined;
      used.add(path);
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
    models: () => kept.known(filesNow()),
    keep(read, models) {
      const files = filesNow();
      const made: [...Before, FileFacts | undefined][] = [];
      let fresh = Math.max(stamps.size, entries.size) - used.size;
      for (const [path, { mentions, face, facts }] of read) {
        const stamp = stamps.get(path);
        const said = facts();
        files.set(path, { stamp, face });
        if (stamp === undefined) continue;
        made.push([path, stamp, bitsOf(mentions), face, said]);
        // read when somebody asked
        if (said !== undefined && entries.get(path)?.[4] === -1) fresh++;
      }
      if (stamps.size === 0) return none();
      const isKept = before === undefined || fresh * 100 > entries.size * mostReadAgain;
      return inTurn(isKept ? keepAll(key, made) : none(), models === undefined ? none() : kept.keep(files, models));
    },
  };
}

function* inTurn(...all: readonly Generator<void, void>[]): Generator<void, void> {
  for (const each of all) yield* each;
}

function* none(): Generator<void, void> {}

function* keepAll(key: string, made: readonly (readonly [...Before, FileFacts | undefined])[]): Generator<void, void> {
  const packer = createFactsPacker();
  const entries: Entry[] = [];
  for (const [path, stamp, mentions, face, facts] of made) {
    entries.push([path, stamp, mentions, face, facts === undefined ? -1 : packer.add(facts)]);
    yield;
  }
  const { strings, numbers } = packer.packed();
  yield* keepBytes(key, writeSummed({ entries, strings } satisfies Head, numbers), shelf, mostTrees);
}

function bitsOf({ tables, runtimeTypes, registrars }: Mentions): number {
  return (tables ? 1 : 0) | (runtimeTypes ? 2 : 0) | (registrars ? 4 : 0);
}
