/**
 * How much memory a run makes and goes through. A tree may be a stranger's, and its code may allocate without end. Runs come
 * one after the other, so there is one meter; what is counted are rough bytes, of garbage too.
 */

/** One thing is larger than is followed; the message says which. */
export class Exceeded extends Error {}

/** The run has used up its memory. */
export class OutOfMemory extends Error {}

/** Rough bytes, of what JavaScript takes for it. */
export const bytesOf = { struct: 256, member: 64, array: 96, element: 8, visit: 16, unit: 2 } as const;

const maximumText = 2 ** 20;
export const maximumIndex = 2 ** 24;

let used = 0;
let limit = Number.POSITIVE_INFINITY;

/** Counts from zero on. */
export function startMeter(bytes: number): void {
  used = 0;
  limit = bytes;
}

/** What is left to do is to return from what runs. */
export function stopMeter(): void {
  limit = Number.POSITIVE_INFINITY;
}

export function bytesUsed(): number {
  return used;
}

/** What is no number of bytes is more than is followed: a size of C that is negative is a huge one. */
export function spend(bytes: number): void {
  if (!(bytes >= 0)) throw new OutOfMemory("more memory than is followed: a size that is no number of bytes");
  used += bytes;
  if (used > limit) throw new OutOfMemory(`more memory than is followed (${limit / 2 ** 20} MiB)`);
}

/** For a text of that length, before it is made. */
export function spendText(length: number): void {
  if (length > maximumText) throw new Exceeded(`a text of more than ${maximumText} characters`);
  spend(length * bytesOf.unit);
}
