/** A value read from source, or the reason why it cannot be known from the text. Never a guess. */
export type Value<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
}

export interface Unknown {
  readonly known: false;
  readonly reason: string;
}

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown(reason: string): Unknown {
  return { known: false, reason };
}

export function valueOr<T, F>(value: Value<T>, fallback: F): T | F {
  return value.known ? value.value : fallback;
}
