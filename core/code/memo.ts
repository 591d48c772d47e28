/** Results that stay until one of the files they were read from changes. */
import type { FileFacts } from "../c/facts";
import { storeOf } from "../project/cache";
import { callGraph } from "./callGraph";
import type { Project } from "../project/project";
import { createUses, type Found, noteFile, noteUses, within } from "../project/uses";

export type Track = (file: string) => void;

interface Store {
  revision: number;
  readonly files: Map<string, FileFacts | undefined>;
  /** Told of the files that changed. */
  readonly forget: Set<(changed: ReadonlySet<string>) => void>;
}

const stores = storeOf<Store>(() => ({ revision: -1, files: new Map(), forget: new Set() }));

export interface Memo<T> {
  (project: Project, key: string, from: readonly unknown[], compute: (track: Track) => T): T;
  /** Whether it would answer without computing. */
  has(project: Project, key: string, from: readonly unknown[]): boolean;
}

interface Results<T> {
  readonly values: Map<string, Found<T> & { readonly from: readonly unknown[] }>;
  /** Keys of the results that were read from a file. */
  readonly readers: Map<string, Set<string>>;
}

/**
 * A memo of its own for each project: `compute` tells every file that its result depends on; `from` what else it was
 * made of, compared by identity.
 * A function node that changes for another reason than its own text (a callee that appeared) counts as a change of its file.
 */
export function memoByFiles<T>(): Memo<T> {
  const kept = storeOf<{ results: Results<T> | undefined }>(() => ({ results: undefined }));
  const find = (project: Project, key: string, from: readonly unknown[]) => {
    const store = current(project);
    const owner = kept(project);
    owner.results ??= listening<T>(store);
    const known = owner.results.values.get(key);
    return known?.from.every((part, k) => part === from[k]) ? known : undefined;
  };
  const memo = (project: Project, key: string, from: readonly unknown[], compute: (track: Track) => T): T => {
    const known = find(project, key, from);
    if (known) {
      noteUses(known.uses);
      return known.value;
    }
    const store = current(project);
    const owner = kept(project);
    owner.results ??= listening<T>(store);
    const { values, readers } = owner.results;
    const used = new Set<string>();
    const uses = createUses();
    const track = (file: string): void => {
      used.add(file);
      noteFile(file);
    };
    const value = within(uses, () => compute(track));
    values.set(key, { value, from, uses });
    for (const file of used) {
      if (!store.files.has(file)) store.files.set(file, project.facts(file));
      const keys = readers.get(file);
      if (keys) keys.add(key);
      else readers.set(file, new Set([key]));
    }
    return value;
  };
  return Object.assign(memo, {
    has: (project: Project, key: string, from: readonly unknown[]) => find(project, key, from) !== undefined,
  });
}

function listening<T>(store: Store): Results<T> {
  const results: Results<T> = { values: new Map(), readers: new Map() };
  store.forget.add((changed) => {
    for (const file of changed) {
      for (const key of results.readers.get(file) ?? []) results.values.delete(key);
      results.readers.delete(file);
    }
  });
  return results;
}

function current(project: Project): Store {
  const store = stores(project);
  if (store.revision === project.revision) return store;
  store.revision = project.revision;
  const changed = new Set(callGraph(project).changed);
  for (const [file, facts] of store.files) {
    const now = project.facts(file);
    if (now === facts) continue;
    changed.add(file);
    store.files.set(file, now);
  }
  if (changed.size > 0) for (const forget of store.forget) forget(changed);
  return store;
}
