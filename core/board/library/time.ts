/** The C library's calendar: clocks stand at 0 while a board is set up, which is a Thursday. */
import { load } from "../run/memory";
import type { NativeFunction } from "../run/runner";
import { copyInto, Rec, Unknown, type Value } from "../run/values";
import { anyScalar } from "./arguments";

/** `struct tm`, of whose members no file of the tree knows more than the names. */
function broken(clock: Value | undefined, made: Value = new Rec()): Value {
  if (!(made instanceof Rec) || load(clock ?? 0, anyScalar) !== 0) return new Unknown("a time");
  const first = new Rec();
  for (const [name, value] of Object.entries({ mday: 1, year: 70, wday: 4 })) first.set(`.tm_${name}`, value);
  copyInto(made, first);
  return made;
}

const giving: NativeFunction = (_runner, [clock, target]) => broken(clock, target);

export const timeFunctions = ["gmtime", "localtime", "gmtime_r", "localtime_r"].map((name) => [name, giving] as const);
