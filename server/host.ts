import type { SourceTree } from "../core/c/tree";
import type { KnownFile, KnownModels, Models } from "../core/project/known";
import type { BaselineTree } from "../core/compat";
import type { Opening } from "../core/wire/containers";
import type { BuildFolder } from "./builds";
import type { Note } from "./leftOut";
import type { OtherFolder } from "./otherTrees";

/** What the server needs from where it runs. server/node implements it on disk; a browser worker and tests do too. */
export interface Host {
  /** Root URI of the QEMU tree that a workspace folder means; undefined where there is none. */
  treeOfFolder(folder: string): Promise<string | undefined>;
  /** Root URIs of all trees directly below a folder, by name. Absent where that is not known. */
  treesBelow?(folder: string): Promise<readonly string[]>;
  /** Root URI of the tree around a file or folder; undefined where there is none. */
  treeAbove(uri: string): Promise<string | undefined>;
  /**
   * The outermost folder between a tree's root and a file in it that is no part of the tree; undefined where there is
   * none. Absent where all that lies below a root belongs to it.
   */
  boundary?(root: string, uri: string): Promise<OtherFolder | undefined>;
  /**
   * What belongs to a file outside the tree: the sources beside it and what they include; paths relative to the root. Absent where
   * only the file itself is known.
   */
  outside?(root: string, uri: string): Promise<readonly string[]>;
  /** Finds the tree's C files. Gives way to other work meanwhile; stops early when `signal` aborts. */
  openTree(root: string, options: OpenOptions): Promise<HostTree>;
  /** URI of a rule's page; undefined where there is none. */
  rulePage(code: string): string | undefined;
  /** Text kept from an earlier run under this key; undefined where there is none. Absent where nothing is kept. */
  recall?(key: string): Promise<string | undefined>;
  /** Keeps text for a later run. Failure to do so is no error. */
  keep?(key: string, text: string): Promise<void>;
  /**
   * A revision of the tree to compare edits with; `auto` is the latest release that HEAD comes from: undefined where there is
   * no release or no repository. Absent where there are none.
   */
  findBaseline?(root: string, revision: string): Promise<HostBaseline | BaselineOff | undefined>;
  /**
   * Opens the stream that a file holds, by offset, whatever is around it; undefined for what is no readable file. `report` is told of
   * the bytes that were unpacked, and ends the work by throwing. Absent where there are no files.
   */
  openStream?(
    uri: string,
    options: { readonly snapshot?: string; readonly report?: (bytes: number) => Promise<void> },
  ): Promise<Opening | undefined>;
}

export interface OpenOptions {
  /** Globs relative to the root. */
  readonly exclude: readonly string[];
  /** Folder that the tree is built in, absolute or relative to the root; empty: where it usually is. */
  readonly build: string;
  readonly signal: AbortSignal;
  /** The directory itself only, without those below it: the surroundings of a single file. */
  readonly shallow: boolean;
  /** Told of files read so far, where opening reads them all. */
  readonly progress?: (done: number, of: number) => void;
  /** Told of what is not read, where one may expect that it is. */
  readonly note?: Note;
}

/** What was read and concluded of a tree before; what is told of it is of files that are as they were. */
export interface KeptTree {
  /** Notes that a file is read, of whatever kind. */
  reads(path: string): void;
  /** Where the file is as it was. */
  known(path: string): KnownFile | undefined;
  /** What was concluded, once all files are loaded. */
  models(): KnownModels | undefined;
  /** Takes what was read of all files and what is concluded. The steps that it answers keep it, where enough of it is new. */
  keep(read: Iterable<readonly [path: string, known: KnownFile]>, models: Models | undefined): Generator<void, void>;
}

export interface HostBaseline {
  /** As its users call it: `v10.1.0`. */
  readonly label: string;
  /** Differs where the trees do. */
  readonly commit: string;
  /** Rejects with what a person can do about it. */
  open(): Promise<BaselineTree>;
}

/** There is something to compare with, but it can't be read. */
export interface BaselineOff {
  /** Why, and the way out, for a person. */
  readonly off: string;
}

export interface HostTree extends SourceTree {
  /** Release of the tree, `10.2.2`. */
  readonly version: string | undefined;
  /** What a person is told of files of the tree that can't be read; undefined or absent where all can. */
  readonly unread?: string | undefined;
  /** Where the tree is built; undefined or absent where it is not, as far as is known. */
  readonly build?: BuildFolder | undefined;
  /** Whether it is built otherwise by now. Absent where that is not known. */
  buildMoved?(): boolean;
  /** A short text that differs where any file of the tree differs, by name, time or size; undefined where that is not known. */
  signature?(signal: AbortSignal): Promise<string | undefined>;
  /** What an earlier run kept, with what else decides about conclusions. Absent where nothing is kept. */
  kept?(options: string): KeptTree | undefined;
  /** The file itself, without what is laid over it. */
  saved(path: string): string | undefined;
  /** Whether `path` counts as a source file of the tree; it may not exist yet. */
  accepts(path: string): boolean;
  /** Takes files into the tree that do not lie in it. */
  admit?(paths: readonly string[]): void;
  /** Reads files again where reading takes time; awaited before `touch`. */
  refresh?(paths: readonly string[]): Promise<void>;
  /** Notes that a file came, changed or went: the next read looks again. */
  touch(path: string): void;
  /** Lays unsaved text over the file; undefined lifts it off again. */
  overlay(path: string, text: string | undefined): void;
}
