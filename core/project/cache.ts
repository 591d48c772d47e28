import type { Project } from "./project";
import { digestOf, saidBy } from "./said";
import { apart, type ModelSummary, noteOpen, noteSummary } from "./uses";

/**
 * What a value that is kept for a revision hangs on, for answers that outlive the process. `own`: on the files that who asks has
 * noted, and on the names that files declare; `tables`, `types`: on all tables or types of the tree; a summary: on all of which
 * `summaryOf` says the same. Without one an answer that used it is not kept.
 */
export type HangsOn<T> = "own" | ModelSummary | { readonly summary: string; of(value: T): string };

/** Computes once for each revision of a project. */
export function cachedByRevision<T>(compute: (project: Project) => T, hangsOn?: HangsOn<T>): (project: Project) => T {
  const cached = cachedBy(({ revision }) => revision, compute);
  if (typeof hangsOn === "object") summaries.set(hangsOn.summary, (project) => hangsOn.of(cached(project)));
  return (project) => {
    if (hangsOn === undefined) noteOpen();
    else if (hangsOn !== "own") noteSummary(typeof hangsOn === "object" ? hangsOn.summary : hangsOn);
    return cached(project);
  };
}

/** Computes anew only when files or names came or went: the value may hold names and files, no places in their text. */
export function cachedByShape<T>(compute: (project: Project) => T): (project: Project) => T {
  return cachedBy(({ shape }) => shape, compute);
}

const summaries = new Map<string, (project: Project) => string>();
const entries = new Map<string, (project: Project, key: string) => string>();

/** What a summary says now, or that of one entry; undefined where nobody makes one of that name. */
export function summaryOf(project: Project, name: string): string | undefined {
  // a key may have a tab in it, a table's name has none
  const at = name.indexOf("\t");
  return apart(() =>
    at === -1 ? summaries.get(name)?.(project) : entries.get(name.slice(0, at))?.(project, name.slice(at + 1)),
  );
}

/** Tells what something of the tree says as a whole, for answers that note the summary. */
export function summarise(name: string, said: (project: Project) => unknown): void {
  summaries.set(name, (project) => digestOf(saidBy(said(project)) ?? ""));
}

/** Tells what one entry of a table of the tree says, for answers that hang on it alone; `undefined` of one that is not there. */
export function summariseEntries(table: string, said: (project: Project, key: string) => unknown): void {
  entries.set(table, (project, key) => digestOf(saidBy(said(project, key)) ?? ""));
}

export function noteEntry(table: string, key: string): void {
  noteSummary(`${table}\t${key}`);
}

/** How a map of the tree is told entry by entry. */
interface Told<K, V> {
  readonly name: string;
  keyOf(key: K): string;
  /** What an entry says to others, places apart. */
  said(value: V): unknown;
}

/** Computes once for each revision; whoever asks for an entry hangs on that, whoever goes through all on all. */
export function tableByRevision<K, V>(
  compute: (project: Project) => ReadonlyMap<K, V>,
  told: Told<K, V>,
): (project: Project) => ReadonlyMap<K, V> {
  const { name, keyOf, said } = told;
  const kept = cachedBy(
    ({ revision }) => revision,
    (project) => {
      const all = compute(project);
      return {
        all,
        noting: new NotingMap(all, told),
        byKey: new Map(Array.from(all, ([key, value]) => [keyOf(key), value])),
      };
    },
  );
  summaries.set(name, (project) =>
    digestOf(JSON.stringify(Array.from(kept(project).byKey, ([key, value]) => [key, saidBy(said(value))]))),
  );
  summariseEntries(name, (project, key) => {
    const { byKey } = kept(project);
    const value = byKey.get(key);
    return value === undefined ? undefined : said(value);
  });
  return (project) => kept(project).noting;
}

class NotingMap<K, V> implements ReadonlyMap<K, V> {
  constructor(
    private readonly all: ReadonlyMap<K, V>,
    private readonly told: Pick<Told<K, V>, "name" | "keyOf">,
  ) {}
  get(key: K): V | undefined {
    noteEntry(this.told.name, this.told.keyOf(key));
    return this.all.get(key);
  }
  has(key: K): boolean {
    noteEntry(this.told.name, this.told.keyOf(key));
    return this.all.has(key);
  }
  get size(): number {
    return this.whole().size;
  }
  forEach(...given: Parameters<ReadonlyMap<K, V>["forEach"]>): void {
    this.whole().forEach(...given);
  }
  entries(): MapIterator<[K, V]> {
    return this.whole().entries();
  }
  keys(): MapIterator<K> {
    return this.whole().keys();
  }
  values(): MapIterator<V> {
    return this.whole().values();
  }
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
  private whole(): ReadonlyMap<K, V> {
    noteSummary(this.told.name);
    return this.all;
  }
}

function cachedBy<T>(stampOf: (project: Project) => number, compute: (project: Project) => T): (project: Project) => T {
  const kept = new WeakMap<Project, { readonly stamp: number; readonly value: T }>();
  return (project) => {
    const known = kept.get(project);
    const stamp = stampOf(project);
    if (known?.stamp === stamp) return known.value;
    const value = apart(() => compute(project));
    kept.set(project, { stamp, value });
    return value;
  };
}

/** One mutable store for each project, for caches that check themselves. */
export function storeOf<T extends object>(create: () => T): (project: Project) => T {
  const kept = new WeakMap<Project, T>();
  return (project) => {
    const known = kept.get(project);
    if (known) return known;
    const made = create();
    kept.set(project, made);
    return made;
  };
}
