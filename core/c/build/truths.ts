/** Three-valued truth for several targets at once: a bit for each in `yes`, or in `no`; unknown where it is in neither. */
import type { Truth } from "../conditions";

export interface Truths {
  readonly yes: number;
  readonly no: number;
}

/** As many as fit into the bits of a number. */
export const targetsAtOnce = 32;

const everyBit = -1;

export const always: Truths = { yes: everyBit, no: 0 };
export const never: Truths = { yes: 0, no: everyBit };
export const undecided: Truths = { yes: 0, no: 0 };

export function both(a: Truths, b: Truths): Truths {
  return { yes: a.yes & b.yes, no: a.no | b.no };
}

export function either(a: Truths, b: Truths): Truths {
  return { yes: a.yes | b.yes, no: a.no & b.no };
}

export function inverse({ yes, no }: Truths): Truths {
  return { yes: no, no: yes };
}

export function same(a: Truths | undefined, b: Truths): boolean {
  return a !== undefined && a.yes === b.yes && a.no === b.no;
}

/** `truths` with another truth for one target. */
export function withTruth({ yes, no }: Truths, target: number, truth: Truth): Truths {
  const bit = 1 << target;
  return {
    yes: truth === "true" ? yes | bit : yes & ~bit,
    no: truth === "false" ? no | bit : no & ~bit,
  };
}

export function truthAt({ yes, no }: Truths, target: number): Truth {
  const bit = 1 << target;
  if ((yes & bit) !== 0) return "true";
  return (no & bit) !== 0 ? "false" : "unknown";
}
