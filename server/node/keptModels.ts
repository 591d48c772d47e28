/**
 * What was concluded across the files of a tree (tables, types, registrations), kept beside what they say by themselves.
 * It holds for the same files, the same other files that were read for it, the same options and program; where sources have
 * changed, the project says what still does (`ProjectOptions.models`).
 */
import { createHash } from "node:crypto";
import type { ReadTypes } from "../../core/qom/classes";
import type { KnownModels, Models } from "../../core/project/known";
import type { AnswerGroup, KeptAnswers } from "../../core/project/answers";
import { createValuePacker, unpackValue } from "../../core/project/packedValues";
import type { VMStateDescription } from "../../core/vmstate/model";
import { keepBytes, recallBytes } from "./cache";
import { contentStamp } from "./disk";
import { readSummed, writeSummed } from "./summed";
import type { DiskTree } from "./tree";

/** A file as it was: `stamp` is undefined of one that was written too shortly before. */
export interface FileNow {
  readonly stamp: string | undefined;
  readonly face: string;
}

interface KeptModels {
  /** Notes that a file is read that is none of the tree's C. */
  reads(path: string): void;
  /** Of the files as they are now. */
  known(files: ReadonlyMap<string, FileNow>): KnownModels | undefined;
  /** As they are now; written in steps. */
  keep(files: ReadonlyMap<string, FileNow>, models: Models): Generator<void, void>;
}

const shelf = "models";
const largest = 96 << 20;
const mostTrees = 8;
/** For each hundred files. */
const mostReadAgain = 1;

/** What stands before the numbers. */
interface Head {
  /** A sum over the names of all files, in their order. */
  readonly paths: string;
  readonly files: readonly (readonly [path: string, stamp: string, face: string])[];
  /** Stamps of all else that was read; "" where there was nothing. */
  readonly others: readonly (readonly [path: string, stamp: string])[];
  readonly descriptions: readonly (readonly [path: string, place: number])[];
  readonly types: readonly (readonly [path: string, place: number])[];
  readonly readers: readonly (readonly [file: string, readers: readonly string[]])[];
  readonly leftOut: readonly string[];
  /** Places of groups of answers, and what each summary of the tree said. */
  readonly answers: readonly number[];
  readonly summaries: KeptAnswers["summaries"];
  readonly strings: readonly string[];
  readonly shapes: readonly (readonly string[])[];
}

/** `question`: program, tree and options. `isOld`: whether a file changed so long ago that a later change shows. */
export function openKeptModels(tree: DiskTree, question: string, isOld: (changed: number) => boolean): KeptModels {
  const { root } = tree;
  const key = JSON.stringify(["models", question]);
  const pathsNow = (): string =>
    createHash("sha1")
      .update([...tree.paths()].join("\n"))
      .digest("hex");
  /** undefined: too new to tell. */
  const others = new Map<string, string | undefined>();
  let differing = Number.POSITIVE_INFINITY;
  return {
    reads(path) {
      if (others.has(path)) return;
      const now = contentStamp(`${root}/${path}`);
      others.set(path, now === undefined ? "" : isOld(now.changed) ? now.stamp : undefined);
    },
    known(files) {
      const kept = readSummed<Head>(recallBytes(key, shelf, largest));
      if (kept === undefined) return undefined;
      const { head, numbers } = kept;
      if (head.files.length !== files.size || head.paths !== pathsNow()) return undefined;
      const changed: string[] = [];
      const faces = new Map<string, string>();
      for (const [path, stamp, face] of head.files) {
        const now = files.get(path);
        if (now === undefined) return undefined;
        faces.set(path, face);
        if (now.stamp !== stamp) changed.push(path);
      }
      for (const [path, stamp] of head.others) {
        if ((contentStamp(`${root}/${path}`)?.stamp ?? "") !== stamp) return undefined;
        others.set(path, stamp);
      }
      differing = changed.length;
      const packed = { strings: head.strings, shapes: head.shapes, numbers };
      const [descriptions, types] = [new Map(head.descriptions), new Map(head.types)];
      const typesRead = new Map<string, ReadTypes | undefined>();
      const at = (place: number | undefined): unknown => (place === undefined ? undefined : unpackValue(packed, place));
      return {
        changed,
        faceOf: (path) => faces.get(path),
        descriptions: (path) => at(descriptions.get(path)) as readonly VMStateDescription[] | undefined,
        types(path) {
          if (!typesRead.has(path)) typesRead.set(path, at(types.get(path)) as ReadTypes | undefined);
          return typesRead.get(path);
        },
        readers: head.readers,
        leftOut: head.leftOut,
        answers: {
          groups: head.answers.map((place) => groupFrom(at(place) as PackedGroup, at)),
          summaries: head.summaries,
        },
      };
    },
    keep(files, models) {
      const head = headNow(files, models);
      return head === undefined ? none() : keepAll(key, head, models, models.answers.all());
    },
  };

  function headNow(files: ReadonlyMap<string, FileNow>, models: Models): OfFiles | undefined {
    if (differing * 100 <= files.size * mostReadAgain && !models.answers.isNew) return undefined;
    const all: [string, string, string][] = [];
    for (const [path, { stamp, face }] of files) {
      if (stamp === undefined || path.startsWith("../")) return undefined;
      all.push([path, stamp, face]);
    }
    const read: [string, string][] = [];
    for (const [path, stamp] of others) {
      if (files.has(path)) continue;
      if (stamp === undefined) return undefined;
      read.push([path, stamp]);
    }
    const readers = Array.from(models.readers, ([file, by]) => [file, [...by]] as const);
    return { paths: pathsNow(), files: all, others: read, readers, leftOut: models.leftOut };
  }
}

function* none(): Generator<void, void> {}

interface PackedGroup extends Omit<AnswerGroup, "answer"> {
  readonly places: readonly number[];
}

function groupFrom({ places, ...group }: PackedGroup, at: (place: number | undefined) => unknown): AnswerGroup {
  return { ...group, answer: (index) => at(places[index]) };
}

type OfFiles = Pick<Head, "paths" | "files" | "others" | "readers" | "leftOut">;

function* keepAll(
  key: string,
  files: OfFiles,
  { descriptions: tables, types: kinds }: Models,
  { groups, summaries }: KeptAnswers,
): Generator<void, void> {
  const packer = createValuePacker();
  const descriptions: [string, number][] = [];
  const types: [string, number][] = [];
  const answers: number[] = [];
  try {
    for (const [places, read] of [
      [descriptions, tables],
      [types, kinds],
    ] as const) {
      for (const [path, value] of read) {
        places.push([path, packer.add(value)]);
        yield;
      }
    }
    for (const { files: used, summaries, questions, answer } of groups) {
      const places = questions.map((_, index) => packer.add(answer(index)));
      answers.push(packer.add({ files: used, summaries, questions, places } satisfies PackedGroup));
      yield;
    }
  } catch (error) {
    // a model that is no plain value is not kept
    if (error instanceof TypeError) return;
    throw error;
  }
  const { strings, shapes, numbers } = packer.packed();
  const head: Head = { ...files, summaries, descriptions, types, answers, strings, shapes };
  yield* keepBytes(key, writeSummed(head, numbers), shelf, mostTrees);
}
