/** Every version against every later one, as a table of breaks. */
import { markdownText, printable } from "../../core/printable";
import { tagsBetween } from "../../server/node/gitTree";
import { CannotRun } from "../io";
import { type DiffRow, isBreakRow } from "./report";

/** `v7.2.0..HEAD`: the feature releases from there to here, and the end; or versions with commas between, of no repository maybe. */
export function versionsIn(repositoryHere: () => string, range: string): readonly string[] {
  const [from, to] = range.split("..");
  if (to === undefined) return range.split(",").map((each) => each.trim());
  const repository = repositoryHere();
  const tags = tagsBetween(repository, from ?? "", to === "" ? "HEAD" : to);
  if (tags === undefined) throw new CannotRun(`--matrix ${range}: no such revisions in ${repository} (see --tree)`);
  return tags;
}

export interface Pair {
  readonly old: string;
  readonly next: string;
}

export function pairsOf(versions: readonly string[]): readonly Pair[] {
  return versions.flatMap((old, i) => versions.slice(i + 1).map((next) => ({ old, next })));
}

/** Versions in memory at a time, but for the one that they are compared with: each takes some 250 MB. */
const rowsOfBlock = 3;

/**
 * All of the pairs, some rows of the table at once, column by column: each version is read once for so many rows. `kept`: the versions
 * that this pair and the next ones need.
 */
export function* inBlocks(pairs: readonly Pair[]): Iterable<{ readonly pair: Pair; readonly kept: readonly string[] }> {
  const olds = [...new Set(pairs.map(({ old }) => old))];
  for (let at = 0; at < olds.length; at += rowsOfBlock) {
    const rows = olds.slice(at, at + rowsOfBlock);
    const own = pairs.filter(({ old }) => rows.includes(old));
    const columns = [...new Set(own.map(({ next }) => next))];
    for (const column of columns)
      for (const pair of own) if (pair.next === column) yield { pair, kept: [...rows, column] };
  }
}

export interface Cell extends Pair {
  /** Sections that a newer QEMU breaks on, and an older one on the way back. */
  readonly forwards: number;
  readonly backwards: number;
}

export function cellOf({ old, next }: Pair, rows: readonly DiffRow[]): Cell {
  const sections = (direction: DiffRow["direction"]): number =>
    new Set(rows.filter((row) => isBreakRow(row) && row.direction === direction).map((row) => row.description)).size;
  return { old, next, forwards: sections("old->new"), backwards: sections("new->old") };
}

/** Rows are the older versions. `3 / 5`: three sections break forwards, five on the way back. */
export function tableOf(versions: readonly string[], cells: readonly Cell[]): readonly (readonly string[])[] {
  const columns = versions.slice(1);
  return [
    ["", ...columns],
    ...versions.slice(0, -1).map((old) => [
      old,
      ...columns.map((next) => {
        const cell = cells.find((each) => each.old === old && each.next === next);
        return cell === undefined ? "" : `${cell.forwards} / ${cell.backwards}`;
      }),
    ]),
  ];
}

export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => row.map((text, column) => text.padStart(widths[column] ?? 0)).join("  "));
  return `${lines.map(printable).join("\n")}\n\nSections that break, forwards / on the way back, on machine types of the older release.\n`;
}

export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rest.map(line)].join("\n")}\n`;
}
