import type { ObjectModel } from "./library/qom/model";
import { Stop } from "./run/runner";
import type { Rec } from "./run/values";

/** A type's class; undefined where the tree has no such type, or making the class ends QEMU. */
export function classOf(model: ObjectModel, type: string): Rec | undefined {
  const impl = model.types.find(type);
  try {
    return impl === undefined ? undefined : model.classes.of(impl);
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}
