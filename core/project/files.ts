/** What each file of a tree says by itself: read when it is loaded or asked for, and again after an edit. */
import type { Configuration } from "../c/configuration";
import { excludedBy } from "../c/excluded";
import type { FileFacts } from "../c/facts";
import { createIncludeGraph, directoryOf, type IncludeGraph } from "../c/includes";
import { createNameIndex, type NameIndex } from "../c/names";
import { isSource } from "../c/paths";
import { generatedHeader } from "../c/qapi";
import { skim } from "../c/skim";
import type { SourceTree } from "../c/tree";
import { isRust } from "../rust";
import { type Copies, createCopies } from "./copies";
import { faceOf, type KnownFile, type Mentions, mentionsOf } from "./known";
import { createRustFiles, type RustFiles } from "./rustFiles";
import type { Texts } from "./texts";
import { createWaitingFiles, isFragment } from "./waiting";

export interface Files {
  readonly names: NameIndex;
  readonly includes: IncludeGraph;
  readonly copies: Copies;
  readonly rust: RustFiles;
  facts(path: string): FileFacts | undefined;
  /** Those of a file that has been read: nothing is read for it. */
  read(path: string): FileFacts | undefined;
  /** The C files that have been read. */
  readPaths(): Iterable<string>;
  readCount(): number;
  has(path: string): boolean;
  paths(): string[];
  /** Known, and not read so far. */
  isWaiting(path: string): boolean;
  /** What its text mentions, where it was looked at. */
  mentions(path: string): Mentions | undefined;
  /** What others see of a source; "" where that was not kept. */
  face(path: string): string;
  /** Files with functions that fill and register types while QEMU runs. */
  registering(): ReadonlySet<string>;
  /** Sources that hand descriptions to the savevm core themselves. */
  registrars(): ReadonlySet<string>;
  /** Takes a C file of the tree in, as far as it has to be read; false where it is absent or repeats another. */
  load(path: string): boolean;
  /** Notes a C file that is read when another includes it, and is not there until then. */
  expect(path: string): void;
  /** Reads one that is expected and all that it includes, one file a step. */
  readWith(path: string): Iterable<void>;
  /** Whether some that were expected were not read. */
  isPartial(): boolean;
  /** Forgets what a C file said, and reads what it says now; returns its text, undefined where it is gone or repeats another. */
  reread(path: string): string | undefined;
  /** For a later project; nothing of files whose text is not the tree's. */
  readSoFar(): Iterable<readonly [path: string, known: KnownFile]>;
}

export interface FilesOptions {
  /** For what an include means. */
  readonly configuration: Configuration;
  /** What was read of a file before, where its text is still the same. */
  readonly known?: ((path: string) => KnownFile | undefined) | undefined;
}

export function createFiles(tree: SourceTree, texts: Texts, options: FilesOptions): Files {
  const factsOf = new Map<string, FileFacts>();
  const mentioned = new Map<string, Mentions>();
  const faces = new Map<string, string>();
  const registering = new Set<string>();
  const registrars = new Set<string>();
  /** Files that are not as they were when they were read before. */
  const changed = new Set<string>();
  const names = createNameIndex();
  const includes = createIncludeGraph(
    options.configuration.architectures,
    (path) => facts(path),
    excludedBy(options.configuration),
  );
  const waiting = createWaitingFiles();
  const expected = new Set<string>();
  const rust = createRustFiles();
  const knownOf = (path: string): KnownFile | undefined =>
    options.known === undefined || changed.has(path) ? undefined : options.known(path);
  const copies = createCopies(tree, texts.anew, (path) => knownOf(path)?.facts());

  const registerText = (path: string, source: string, mentions: Mentions): void => {
    const next = skim(path, source);
    const isKept = options.known !== undefined && isSource(path) && !changed.has(path);
    register(next, mentions, isKept ? faceOf(next, source, mentions) : "");
  };

  const register = (next: FileFacts, mentions: Mentions, face: string): void => {
    const { path } = next;
    faces.set(path, face);
    factsOf.set(path, next);
    mentioned.set(path, mentions);
    mark(registering, path, mentions.runtimeTypes);
    mark(registrars, path, mentions.registrars);
    names.add(next);
    includes.add(next);
  };

  const unregister = (path: string): void => {
    const previous = factsOf.get(path);
    if (previous === undefined) return;
    names.remove(previous);
    factsOf.delete(path);
    registering.delete(path);
    registrars.delete(path);
  };

  const facts = (path: string): FileFacts | undefined => {
    const found = factsOf.get(path) ?? rust.facts(path);
    if (found !== undefined || !(waiting.take(path) || expected.delete(path))) return found;
    const known = knownOf(path);
    const read = known?.facts();
    const source = read === undefined ? texts.get(path) : undefined;
    if (known !== undefined && read !== undefined) register(read, known.mentions, known.face);
    else if (source !== undefined) registerText(path, source, mentionsOf(path, source));
    return factsOf.get(path);
  };

  /** A folder with a device is read as a whole. */
  const wantFolder = (directory: string): void => {
    for (const other of waiting.want(directory)) facts(other);
  };

  const load = (path: string): boolean => {
    if (copies.originalOf(path) !== undefined) return false;
    includes.know(path);
    const known = knownOf(path);
    const isAsked = !isFragment(path) || path.endsWith(".inc");
    const source = known === undefined && isAsked ? texts.anew(path) : undefined;
    const mentions = known?.mentions ?? (source === undefined ? undefined : mentionsOf(path, source));
    if (isFragment(path)) {
      waiting.add(path);
      if (mentions !== undefined) mentioned.set(path, mentions);
      if (mentions?.tables === true) facts(path);
      return true;
    }
    if (mentions === undefined) return false;
    mentioned.set(path, mentions);
    // evaluation comes back to these, and to few of the others
    if (source !== undefined && (mentions.tables || !isSource(path))) texts.keep(path, source);
    const directory = directoryOf(path);
    if (isSource(path) && !waiting.isWanted(directory)) {
      if (!mentions.tables) {
        waiting.add(path);
        return true;
      }
      wantFolder(directory);
    }
    unregister(path);
    const read = known?.facts();
    if (known !== undefined && read !== undefined) register(read, mentions, known.face);
    else registerText(path, source ?? texts.get(path) ?? "", mentions);
    return true;
  };

  const reread = (path: string): string | undefined => {
    unregister(path);
    changed.add(path);
    copies.forget();
    mentioned.delete(path);
    const source = copies.originalOf(path) === undefined ? texts.get(path) : undefined;
    if (source === undefined) {
      includes.remove(path);
      return undefined;
    }
    const mentions = mentionsOf(path, source);
    const directory = directoryOf(path);
    if (isSource(path) && !waiting.isWanted(directory) && mentions.tables) wantFolder(directory);
    registerText(path, source, mentions);
    return source;
  };

  return {
    names,
    includes,
    copies,
    rust,
    facts,
    read: (path) => factsOf.get(path),
    readPaths: () => factsOf.keys(),
    readCount: () => factsOf.size,
    has: (path) => factsOf.has(path) || waiting.has(path) || rust.has(path),
    paths: () => [...factsOf.keys(), ...waiting.paths(), ...rust.paths()],
    isWaiting: waiting.has,
    mentions: (path) => mentioned.get(path),
    face(path) {
      const face = faces.get(path);
      if (face !== undefined || !waiting.has(path)) return face ?? "";
      const source = texts.get(path) ?? "";
      return faceOf(skim(path, source), source, mentionsOf(path, source));
    },
    registering: () => registering,
    registrars: () => registrars,
    load(given) {
      if (!isRust(given)) return load(generatedHeader(given) ?? given);
      rust.add(given);
      return true;
    },
    expect(given) {
      if (isRust(given)) return;
      const path = generatedHeader(given) ?? given;
      includes.know(path);
      expected.add(path);
    },
    *readWith(path) {
      const reached = new Set([path]);
      for (const each of reached) {
        for (const { name } of facts(each)?.includes ?? []) {
          const target = includes.resolve(each, name);
          if (target !== undefined) reached.add(target);
        }
        yield;
      }
      // of definitions that are as near as each other the first in the tree's order counts
      const inOrder = [...tree.paths()].flatMap((each) => factsOf.get(generatedHeader(each) ?? each) ?? []);
      for (const each of inOrder) names.remove(each);
      for (const each of inOrder) names.add(each);
    },
    isPartial: () => expected.size > 0,
    reread,
    *readSoFar() {
      for (const [path, mentions] of mentioned) {
        if (changed.has(path)) continue;
        yield [path, { mentions, face: faces.get(path) ?? "", facts: () => factsOf.get(path) ?? copies.facts(path) }];
      }
    },
  };
}

function mark(set: Set<string>, path: string, belongs: boolean): void {
  if (belongs) set.add(path);
  else set.delete(path);
}
