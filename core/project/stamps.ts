/** Objects that stay the same while what they stand for does, for results that an edit of a body must not drop. */
import type { QomType } from "../qom/model";
import { cachedByRevision, storeOf } from "./cache";
import { apart } from "./uses";
import type { PriorityLevel, Project } from "./project";

interface Structure {
  readonly types: readonly QomType[];
  readonly levels: readonly PriorityLevel[];
  readonly shape: number;
  readonly stamp: object;
}

const last = storeOf<{ structure: Structure | undefined }>(() => ({ structure: undefined }));

/**
 * Stands for the types with what their classes hold, for the names that files declare and for the priority enum:
 * for everything but the places in the text and what function bodies and tables say.
 */
export const structureStamp: (project: Project) => object = cachedByRevision((project) => {
  const store = last(project);
  const before = store.structure;
  const types = [...project.types()];
  const levels = project.priorityLevels();
  const same =
    before !== undefined &&
    before.shape === project.shape &&
    before.levels === levels &&
    before.types.length === types.length &&
    types.every((type, k) => sameType(type, before.types[k]));
  const stamp = same ? before.stamp : {};
  store.structure = { types, levels, shape: project.shape, stamp };
  return stamp;
}, "types");

function sameType(type: QomType, before: QomType | undefined): boolean {
  return before !== undefined && (type === before || signatureOf(type) === signatureOf(before));
}

const signatures = new WeakMap<QomType, string>();

function signatureOf(type: QomType): string {
  let signature = signatures.get(type);
  if (signature === undefined) {
    signature = JSON.stringify(type, (key, value: unknown) => (key === "start" || key === "end" ? undefined : value));
    signatures.set(type, signature);
  }
  return signature;
}

/** Computes anew only when the structure changes: the value may hold names and files, no places in their text. */
export function cachedByStructure<T>(compute: (project: Project) => T): (project: Project) => T {
  const kept = new WeakMap<object, { readonly value: T }>();
  return (project) => {
    const stamp = structureStamp(project);
    let known = kept.get(stamp);
    if (known === undefined) {
      known = { value: apart(() => compute(project)) };
      kept.set(stamp, known);
    }
    return known.value;
  };
}
