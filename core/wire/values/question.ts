/** What only C code, or the machine, knows. The answer is one of 0..count-1. */
export interface Question {
  /** Names it, for people. */
  readonly what: string;
  readonly count: number;
  /** The answers are as many as the bytes have room for: where only 0 is left, the loader may still want more. */
  readonly room?: true;
  /** The answers in words, where they are no numbers. */
  readonly answers?: readonly string[];
  /** The bytes speak for answer 0: it is no guess, unless it does not fit. */
  readonly presumed?: true;
  /** Good guesses. */
  readonly likely?: readonly number[];
  /** How often in a row it was asked before. */
  readonly round?: number;
  /** Bytes that an answer higher by one takes, where that is sure. */
  readonly unit?: number;
}

/** A truth that is not known: `key` names the expression; the predicate is its negation where `negated`. */
export interface OpenTruth {
  readonly key: string;
  readonly negated: boolean;
}
