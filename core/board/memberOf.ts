/** What a member of a device's struct holds when the machine is set up. */
import type { CType } from "../c/ctype";
import type { Board } from "./board";
import { placeOfMember } from "./run/members";
import { Arr, asBigint, Rec, type Value } from "./run/values";

/** undefined where set-up code puts nothing there, or not what is known to be a number. */
export function memberOfDevice(
  { registry, runner }: Board,
  { idstr, instanceId }: { readonly idstr: string; readonly instanceId: number },
  structName: string,
  path: string,
): bigint | undefined {
  const entry = registry.handlers.find(idstr, instanceId);
  const object = entry?.owner.object;
  const file = entry?.owner.description?.file;
  if (object === undefined || file === undefined) return undefined;
  let type: CType = runner.types.named(structName, runner.scope(file));
  let at: Value | undefined = object;
  for (const step of path.replaceAll("[", ".").replaceAll("]", "").split(".")) {
    const index = Number(step);
    if (type.kind === "array" && at instanceof Arr && Number.isInteger(index)) {
      at = at.get(index);
      type = type.element;
      continue;
    }
    const places = type.kind === "record" ? placeOfMember(runner.types, type, step) : undefined;
    if (places === undefined) return undefined;
    for (const { key, type: inner } of places) {
      type = inner;
      if (key !== undefined) at = at instanceof Rec ? at.get(key) : undefined;
    }
  }
  return at === undefined ? undefined : asBigint(at);
}
