import type { Project } from "./project";
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

/** What a summary says now; undefined where nobody makes one of that name. */
export function summaryOf(project: Project, name: string): string | undefined {
  return apart(() => summaries.get(name)?.(project));
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
