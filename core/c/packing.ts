/** Numbers and a table of strings, one behind the other: what packed facts and packed values are made of. */
export interface Packed {
  readonly strings: readonly string[];
  readonly numbers: Int32Array;
}

export interface Packing {
  /** A number of 32 bits, with its sign. */
  put(value: number): void;
  /** Equal strings are kept once. */
  say(text: string): void;
  length(): number;
  /** Forgets the numbers from there on. */
  rewind(length: number): void;
  packed(): Packed;
}

export function createPacking(): Packing {
  const strings: string[] = [];
  const places = new Map<string, number>();
  let numbers = new Int32Array(1 << 16);
  let length = 0;
  const put = (value: number): void => {
    if (length === numbers.length) {
      const larger = new Int32Array(length * 2);
      larger.set(numbers);
      numbers = larger;
    }
    numbers[length++] = value;
  };
  return {
    put,
    say(text) {
      let place = places.get(text);
      if (place === undefined) {
        place = strings.length;
        strings.push(text);
        places.set(text, place);
      }
      put(place);
    },
    length: () => length,
    rewind(to) {
      length = to;
    },
    packed: () => ({ strings, numbers: numbers.subarray(0, length) }),
  };
}

export interface Unpacking {
  next(): number;
  text(): string;
}

/** From that place on. Both throw a RangeError where nothing stands. */
export function createUnpacking({ strings, numbers }: Packed, place: number): Unpacking {
  let at = place;
  const next = (): number => {
    const value = numbers[at++];
    if (value === undefined) throw new RangeError("what is packed ends early");
    return value;
  };
  return {
    next,
    text() {
      const found = strings[next()];
      if (found === undefined) throw new RangeError("what is packed names no string");
      return found;
    },
  };
}
