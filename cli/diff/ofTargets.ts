/** Rows of several targets. */
import type { DiffRow } from "./report";

/** The same finding of several targets, once. */
export function mergeTargets(targets: readonly string[], answers: readonly (readonly DiffRow[])[]): readonly DiffRow[] {
  const found = new Map<string, { readonly row: DiffRow; readonly targets: string[] }>();
  for (const [index, rows] of answers.entries()) {
    const target = targets[index] ?? "";
    for (const row of rows) {
      const key = `${row.description} ${row.direction} ${row.message}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { row, targets: [target] });
      else known.targets.push(target);
    }
  }
  return [...found.values()].map(({ row, targets: own }) =>
    own.length === targets.length ? row : { ...row, targets: own },
  );
}
