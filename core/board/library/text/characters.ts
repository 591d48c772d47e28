/** The C library's and glib's functions on one character. */
import type { NativeFunction } from "../../run/runner";
import type { Value } from "../../run/values";
import { numberOf } from "../arguments";

export function isDigit(unit: string | undefined): boolean {
  return unit !== undefined && unit >= "0" && unit <= "9";
}

function isHexadecimal(unit: string): boolean {
  return isDigit(unit) || (unit.toLowerCase() >= "a" && unit.toLowerCase() <= "f");
}

function isWord(unit: string): boolean {
  return isDigit(unit) || (unit.toLowerCase() >= "a" && unit.toLowerCase() <= "z");
}

function isLetter(unit: string): boolean {
  return isWord(unit) && !isDigit(unit);
}

function unitOf(value: Value | undefined): string {
  return String.fromCharCode(numberOf(value) ?? 0);
}

const test =
  (holds: (unit: string) => boolean): NativeFunction =>
  (_runner, [c]) =>
    holds(unitOf(c)) ? 1 : 0;

const lower: NativeFunction = (_runner, [c]) => unitOf(c).toLowerCase().charCodeAt(0);
const upper: NativeFunction = (_runner, [c]) => unitOf(c).toUpperCase().charCodeAt(0);

export const characterFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["g_ascii_tolower", lower],
  ["g_ascii_toupper", upper],
  ["tolower", lower],
  ["toupper", upper],
  ["qemu_isdigit", test(isDigit)],
  ["isdigit", test(isDigit)],
  ["g_ascii_isdigit", test(isDigit)],
  ["isxdigit", test(isHexadecimal)],
  ["g_ascii_isxdigit", test(isHexadecimal)],
  ["g_ascii_isalpha", test(isLetter)],
  ["isalpha", test(isLetter)],
  ["isalnum", test(isWord)],
  ["isupper", test((unit) => unit >= "A" && unit <= "Z")],
  ["islower", test((unit) => unit >= "a" && unit <= "z")],
  ["g_ascii_isalnum", test(isWord)],
  ["qemu_isalnum", test(isWord)],
];
