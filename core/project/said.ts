/** What models say, for comparing them with what they said before. */

/** Places apart; undefined of nothing. */
export function saidBy(model: unknown): string | undefined {
  return JSON.stringify(model, (key, value: unknown) =>
    typeof value === "number" && (key === "start" || key === "end") ? undefined : value,
  );
}

/** Two sums of 32 bits: for telling apart what somebody wrote, not against somebody who seeks two of one digest. */
export function digestOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(36)} ${(b >>> 0).toString(36)} ${text.length}`;
}
