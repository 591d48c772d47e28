/** Numbers as bytes in memory of unknown type, by QEMU's names for that (include/qemu/bswap.h); a typed place holds a number as a whole. */
import { scalarType } from "../../c/resolve";
import { beginning, elementAt, load, store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction } from "../run/runner";
import { Arr, asBigint, fromBigint, Ptr, rawIndex, Rec, Unknown, type Value } from "../run/values";
import { anyScalar, numberOf } from "./arguments";

const octet = scalarType("uint8_t", "unsigned char");

/** Whether what is there is bytes, and not a member of a struct. */
export function isRaw(place: Value | undefined): boolean {
  if (place instanceof Rec) return place.attached === undefined && !place.isNamed;
  if (place instanceof Arr) return isOctets(place);
  if (!(place instanceof Ptr)) return false;
  if (place.holder instanceof Arr) return isOctets(place.holder);
  // a struct's first member is kept as the first byte
  return place.key === beginning ? isRaw(place.holder) : rawIndex(place.key) !== undefined;
}

function isOctets({ element }: Arr): boolean {
  return element?.kind === "scalar" && element.size === 1;
}

/** So many bytes are kept one by one. */
const mostSingle = 4096;

/** The same value in each of so many bytes. */
export function fill(place: Value, value: Value, count: number): void {
  const memory = place instanceof Ptr ? place.holder : place;
  const from = place instanceof Ptr ? rawIndex(place.key) : 0;
  if (count > mostSingle && memory instanceof Rec && from !== undefined) {
    memory.fill({ from, to: from + count, value });
    return;
  }
  spend(count * bytesOf.element);
  for (let k = 0; k < count; k++) store(elementAt(place, k, octet), value);
}

function storing(size: number, order: "le" | "be"): NativeFunction {
  return (_runner, [place, value]) => {
    if (place === undefined || value === undefined) return 0;
    const number = asBigint(value);
    if (!isRaw(place) || !(number !== undefined || value instanceof Unknown)) store(place, value);
    else
      for (let k = 0; k < size; k++) {
        const shift = 8 * (order === "le" ? k : size - 1 - k);
        store(elementAt(place, k, octet), number === undefined ? value : Number((number >> BigInt(shift)) & 0xffn));
      }
    return 0;
  };
}

function loading(size: number, order: "le" | "be"): NativeFunction {
  return (_runner, [place]) => {
    if (place === undefined) return new Unknown("a number in memory");
    if (!isRaw(place)) return load(place, anyScalar);
    let number = 0n;
    for (let k = 0; k < size; k++) {
      const value = load(elementAt(place, order === "le" ? size - 1 - k : k, octet), octet);
      const unit = numberOf(value);
      if (unit === undefined) return value instanceof Unknown ? value : new Unknown("a byte that is no number");
      number = (number << 8n) | BigInt(unit & 0xff);
    }
    return fromBigint(number);
  };
}

const sizes = [
  ["w", 2, "uw"],
  ["l", 4, "l"],
  ["q", 8, "q"],
] as const;

export const byteFunctions: readonly (readonly [string, NativeFunction])[] = (["le", "be"] as const).flatMap((order) =>
  sizes.flatMap(([store, size, load]) => [
    [`st${store}_${order}_p`, storing(size, order)] as const,
    [`ld${load}_${order}_p`, loading(size, order)] as const,
  ]),
);
