import type { Project } from "./project";

/** Computes once for each revision of a project. */
export function cachedByRevision<T>(compute: (project: Project) => T): (project: Project) => T {
  const kept = new WeakMap<Project, { readonly revision: number; readonly value: T }>();
  return (project) => {
    const known = kept.get(project);
    if (known?.revision === project.revision) return known.value;
    const value = compute(project);
    kept.set(project, { revision: project.revision, value });
    return value;
  };
}

/** Computes anew only when files or names came or went: the value may hold names and files, no places in their text. */
export function cachedByShape<T>(compute: (project: Project) => T): (project: Project) => T {
  const kept = new WeakMap<Project, { readonly shape: number; readonly value: T }>();
  return (project) => {
    const known = kept.get(project);
    if (known?.shape === project.shape) return known.value;
    const value = compute(project);
    kept.set(project, { shape: project.shape, value });
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
