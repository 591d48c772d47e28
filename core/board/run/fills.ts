/** Long stretches of memory of unknown type that hold one value: kept as such, not byte by byte. */
import { bytesOf, Exceeded, spend } from "./meter";

export interface Fill<V> {
  /** Indices of bytes; `to` is the first that it does not cover. */
  readonly from: number;
  readonly to: number;
  readonly value: V;
}

/** In one memory. */
const maximumFills = 64;

/** With one that goes before those that it lies over. */
export function withFill<V>(fills: readonly Fill<V>[], next: Fill<V>): readonly Fill<V>[] {
  spend(bytesOf.member);
  const kept = fills.filter(({ from, to }) => from < next.from || to > next.to);
  if (kept.length >= maximumFills) throw new Exceeded(`memory that is filled in more than ${maximumFills} pieces`);
  return [next, ...kept];
}

/** The value of a byte that nobody wrote alone. */
export function filledWith<V>(fills: readonly Fill<V>[], index: number): V | undefined {
  return fills.find(({ from, to }) => index >= from && index < to)?.value;
}
