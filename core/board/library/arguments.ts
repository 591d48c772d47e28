/** Reading what a call was given. */
import type { CType } from "../../c/ctype";
import { scalarType } from "../../c/resolve";
import { read } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { Runner } from "../run/runner";
import { Fn, isTrue, Rec, Unknown, type Value } from "../run/values";

export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : undefined;
}

export function truthOf(value: Value | undefined): boolean {
  return value !== undefined && isTrue(value) === true;
}

export function functionOf(value: Value | undefined): Fn | undefined {
  return value instanceof Fn ? value : undefined;
}

/** A member by the struct's tag and its own name; the first one of a struct lies at its beginning. */
export function member(record: Rec, struct: string, name: string): Value {
  return record.get(`${struct}.${name}`) ?? 0;
}

export const anyScalar = scalarType("long", "long");

export function elementsOf(
  value: Value | undefined,
  count: number,
  type: CType = { kind: "opaque", name: "", size: 8, align: 8 },
): readonly Rec[] {
  const found: Rec[] = [];
  if (!(value instanceof Rec) && (value === undefined || typeof value !== "object" || !("items" in value)))
    return found;
  for (let k = 0; k < count; k++) {
    spend(bytesOf.visit);
    const each: Value =
      value instanceof Rec
        ? k === 0
          ? value
          : value.holder === undefined
            ? new Unknown("an element")
            : read(value.holder, Number(value.holderKey) + k, type)
        : read(value, k, type);
    if (!(each instanceof Rec)) break;
    found.push(each);
  }
  return found;
}

export function callBack(runner: Runner, fn: Value | undefined, values: readonly Value[]): Value {
  if (fn instanceof Fn) return runner.call(fn, values);
  return fn instanceof Unknown ? fn : 0;
}
