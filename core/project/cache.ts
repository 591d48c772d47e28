import type { Project } from "./project";

/** Computes once for each revision of a project. */
export function cachedByRevision<T>(compute: (project: Project) => T): (project: Project) => T {
  return cachedBy(({ revision }) => revision, compute);
}

/** Computes anew only when files or names came or went: the value may hold names and files, no places in their text. */
export function cachedByShape<T>(compute: (project: Project) => T): (project: Project) => T {
  return cachedBy(({ shape }) => shape, compute);
}

function cachedBy<T>(stampOf: (project: Project) => number, compute: (project: Project) => T): (project: Project) => T {
  const kept = new WeakMap<Project, { readonly stamp: number; readonly value: T }>();
  return (project) => {
    const known = kept.get(project);
    const stamp = stampOf(project);
    if (known?.stamp === stamp) return known.value;
    const value = compute(project);
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
