/** The C library's calendar: no time passes on a board that is set up, and its clocks stand at 0. */
import { load } from "../run/memory";
import type { NativeFunction } from "../run/runner";
import { copyInto, Rec, Unknown, type Value } from "../run/values";
import { anyScalar, numberOf } from "./arguments";

/** `struct tm`, of whose members no file of the tree knows more than the names. */
function broken(clock: Value | undefined): Rec | Unknown {
  const seconds = clock === undefined ? undefined : numberOf(load(clock, anyScalar));
  if (seconds === undefined) return new Unknown("a time");
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return new Unknown("a time");
  const year = date.getUTCFullYear();
  const made = new Rec();
  const members = {
    sec: date.getUTCSeconds(),
    min: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    mday: date.getUTCDate(),
    mon: date.getUTCMonth(),
    year: year - 1900,
    wday: date.getUTCDay(),
    yday: Math.floor((date.getTime() - Date.UTC(year)) / 86_400_000),
    isdst: 0,
  };
  for (const [name, value] of Object.entries(members)) made.set(`.tm_${name}`, value);
  return made;
}

const into: NativeFunction = (_runner, [clock, target]) => {
  const made = broken(clock);
  if (!(target instanceof Rec) || made instanceof Unknown) return new Unknown("a time");
  copyInto(target, made);
  return target;
};

const giving: NativeFunction = (_runner, [clock]) => broken(clock);

export const timeFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["gmtime", giving],
  ["localtime", giving],
  ["gmtime_r", into],
  ["localtime_r", into],
];
