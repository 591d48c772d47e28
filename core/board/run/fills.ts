/** Long stretches of memory of unknown type that hold one value: kept as such, not byte by byte. */
import { bytesOf, Exceeded, spend } from "./meter";
import type { Value } from "./values";

export interface Fill {
  /** Indices of bytes; `to` is the first that it does not cover. */
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

/** In one memory. */
const maximumFills = 64;

/** With one that goes before those that it lies over. */
export function withFill(fills: readonly Fill[], next: Fill): readonly Fill[] {
  spend(bytesOf.member);
  const kept = fills.filter(({ from, to }) => from < next.from || to > next.to);
  if (kept.length >= maximumFills) throw new Exceeded(`memory that is filled in more than ${maximumFills} pieces`);
  return [next, ...kept];
}

/** The value of a byte that nobody wrote alone. */
export function filledWith(fills: readonly Fill[], index: number): Value | undefined {
  return fills.find(({ from, to }) => index >= from && index < to)?.value;
}
