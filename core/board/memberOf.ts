/** What a member of a device's struct holds when the machine is set up. */
import type { CType } from "../c/ctype";
import type { Board } from "./board";
import { lastName, withoutIndexes } from "../c/words";
import { classOf } from "./classOf";
import { placeOfMember } from "./run/members";
import { Arr, asBigint, Rec, Unknown, type Value } from "./run/values";

/** What the machine's class has in a member that its own struct does not have; undefined where that is not known to be a number. */
export function memberOfMachineClass({ model, runner, type }: Board, name: string, file: string): bigint | undefined {
  const scope = runner.scope(file);
  const [ofClass, ofMachine] = ["MachineClass", "MachineState"].map((struct) => {
    const record = runner.types.named(struct, scope);
    return record.kind === "record" ? placeOfMember(runner.types, record, name) : undefined;
  });
  const cls = classOf(model, type);
  const [only, ...more] = ofClass ?? [];
  if (ofMachine !== undefined || only?.key === undefined || more.length > 0) return undefined;
  const value = cls?.get(only.key) ?? 0;
  return cls && asBigint(value);
}

interface Named {
  readonly idstr: string;
  readonly instanceId: number;
}

/** undefined where set-up code puts nothing there, or not what is known to be a number. */
export function memberOfDevice(board: Board, entry: Named, structName: string, path: string): bigint | undefined {
  const value = valueAt(board, entry, structName, path);
  return value === undefined || value === "nothing" ? undefined : asBigint(value.is);
}

/** Whether a pointer is NULL; undefined where that is not known. What nobody sets is, where all of the set-up code was followed. */
export function isNullInDevice(board: Board, entry: Named, structName: string, path: string): boolean | undefined {
  const value = valueAt(board, entry, structName, path);
  if (value === undefined) return undefined;
  if (value === "nothing") return board.opens.length === 0 ? true : undefined;
  return value.is instanceof Unknown ? undefined : value.is === 0;
}

const pointed = "->";

/** Members, indexes and pointers on the way of `a.b[2]->c`. */
function stepsOf(path: string): readonly string[] {
  return path.replaceAll(pointed, `.${pointed}.`).replaceAll("[", ".").replaceAll("]", "").split(".");
}

/**
 * "nothing": nobody puts anything there. undefined: there is no such place, or it is not known, as where code under a condition that is not
 * known sets a member of that name.
 */
function valueAt(
  { registry, runner }: Board,
  { idstr, instanceId }: Named,
  structName: string,
  path: string,
): { readonly is: Value } | "nothing" | undefined {
  const entry = registry.handlers.find(idstr, instanceId);
  const opaque = entry?.owner.opaque;
  const object = entry?.owner.object ?? (opaque instanceof Rec ? opaque : undefined);
  const file = entry?.owner.description?.file;
  if (object === undefined || file === undefined) return undefined;
  if (runner.doubtful.has(lastName(withoutIndexes(path)))) return undefined;
  let type: CType = runner.types.named(structName, runner.scope(file));
  let at: Value | undefined = object;
  for (const step of stepsOf(path)) {
    if (step === pointed) {
      if (type.kind !== "pointer" || !(at instanceof Rec)) return undefined;
      type = type.target();
      continue;
    }
    const index = Number(step);
    if (type.kind === "array" && (at === undefined || at instanceof Arr) && Number.isInteger(index)) {
      at = at?.get(index);
      type = type.element;
      continue;
    }
    const places = type.kind === "record" ? placeOfMember(runner.types, type, step) : undefined;
    if (places === undefined) return undefined;
    for (const { key, type: inner } of places) {
      type = inner;
      if (key === undefined || at === undefined) continue;
      if (!(at instanceof Rec)) return undefined;
      at = at.get(key);
    }
  }
  return at === undefined ? "nothing" : { is: at };
}
