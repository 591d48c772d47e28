/** Results that stay until one of the files they were read from changes. */
import type { FileFacts } from "../c/facts";
import { storeOf } from "./cache";
import { callGraph } from "./callGraph";
import type { Project } from "./project";

export type Track = (file: string) => void;

interface Store {
  revision: number;
  readonly files: Map<string, FileFacts | undefined>;
  /** What to forget when a file changes. */
  readonly dependents: Map<string, Set<() => void>>;
}

const stores = storeOf<Store>(() => ({ revision: -1, files: new Map(), dependents: new Map() }));

/**
 * A memo of its own for each project: `compute` tells every file that its result depends on.
 * A function node that changes for another reason than its own text (a callee that appeared) counts as a change of its file.
 */
export function memoByFiles<T>(): (project: Project, key: string, compute: (track: Track) => T) => T {
  const results = storeOf<Map<string, { readonly value: T }>>(() => new Map());
  return (project, key, compute) => {
    const store = current(project);
    const known = results(project).get(key);
    if (known) return known.value;
    const used = new Set<string>();
    const value = compute((file) => used.add(file));
    results(project).set(key, { value });
    const forget = (): void => {
      results(project).delete(key);
    };
    for (const file of used) {
      if (!store.files.has(file)) store.files.set(file, project.facts(file));
      const list = store.dependents.get(file);
      if (list) list.add(forget);
      else store.dependents.set(file, new Set([forget]));
    }
    return value;
  };
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
  for (const file of changed) {
    for (const forget of store.dependents.get(file) ?? []) forget();
    store.dependents.delete(file);
  }
  return store;
}
