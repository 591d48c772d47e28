/** What a member of a device's struct holds when the machine is set up. */
import type { CType } from "../c/ctype";
import type { Board } from "./board";
import { classOf } from "./classOf";
import { placeOfMember } from "./run/members";
import { Arr, asBigint, Rec, type Value } from "./run/values";

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
