/** Text for people: in a terminal with colours, in an editor without. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
}

export type Paint = (text: string) => string;

const same: Paint = (text) => text;

export const plainStyle: Style = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  green: same,
  blue: same,
  cyan: same,
};

export function table(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows
    .map((row) => indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : noun.endsWith("y") ? "" : "s"}`;
}

/** `1,234 bytes`, `16 MB`. */
export function bytes(count: number): string {
  if (count < 10_000) return plural(count, "byte");
  return count < 10_000_000 ? `${Math.round(count / 1000)} kB` : `${Math.round(count / 1_000_000)} MB`;
}

/** `40 µs`, `2.5 ms`, `3.1 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${figures(milliseconds / 1000)} s`;
  return milliseconds >= 1 ? `${figures(milliseconds)} ms` : `${figures(milliseconds * 1000)} µs`;
}

function figures(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
