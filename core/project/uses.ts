/**
 * What an answer is found by, noted while it is computed: the doors of a project note files, caches note what their values
 * stand for. Nothing is noted where nobody listens.
 */

export interface Uses {
  /** Files whose text, tables or names in sight counted. */
  readonly files: Set<string>;
  /** Summaries of the whole tree that counted, by name. */
  readonly summaries: Set<string>;
  /** It hangs on more than can be told. */
  isOpen: boolean;
}

/** The summary of all tables, and that of all types and registrations; places apart. */
export type ModelSummary = "tables" | "types";

let current: Uses | undefined;

export function createUses(): Uses {
  return { files: new Set(), summaries: new Set(), isOpen: false };
}

/** Notes what `compute` uses; whoever listens outside gets to know it too. */
export function within<T>(uses: Uses, compute: () => T): T {
  const outer = current;
  current = uses;
  try {
    return compute();
  } finally {
    current = outer;
    noteUses(uses);
  }
}

/** Whatever `compute` uses is nobody's: what its value stands for is noted by who keeps it. */
export function apart<T>(compute: () => T): T {
  const outer = current;
  current = undefined;
  try {
    return compute();
  } finally {
    current = outer;
  }
}

/** A value with what it was found by. */
export interface Found<T> {
  readonly value: T;
  readonly uses: Uses;
}

interface Memo<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** The value of a memo; whoever asks uses what it was found by. */
export function recalled<K extends object | string, T>(memo: Memo<K, Found<T>>, key: K, compute: () => T): T {
  let found = memo.get(key);
  if (found === undefined) {
    const uses = createUses();
    found = { value: within(uses, compute), uses };
    memo.set(key, found);
  } else noteUses(found.uses);
  return found.value;
}

export function noteUses({ files, summaries, isOpen }: Uses): void {
  if (current === undefined) return;
  for (const file of files) current.files.add(file);
  for (const name of summaries) current.summaries.add(name);
  if (isOpen) current.isOpen = true;
}

export function noteFile(path: string): void {
  current?.files.add(path);
}

/** Notes the file of what was found; where nothing was, names alone tell. */
export function noteFound<T extends { readonly file: string } | undefined>(found: T): T {
  if (found !== undefined) current?.files.add(found.file);
  return found;
}

export function noteSummary(name: string): void {
  current?.summaries.add(name);
}

export function noteOpen(): void {
  if (current !== undefined) current.isOpen = true;
}
