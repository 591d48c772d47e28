/** Half-open span of UTF-16 code units in one file of the tree; `file` is the path relative to the tree, with `/`. */
export interface SourceRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Zero-based line and UTF-16 column, as in the language server protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface PositionRange {
  readonly start: Position;
  readonly end: Position;
}

/** Offsets of the first code unit of each line. */
export type LineIndex = Uint32Array;

export function indexLines(text: string): LineIndex {
  let count = 1;
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) count++;
  const starts = new Uint32Array(count);
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts[line++] = i + 1;
  return starts;
}

export function positionAt(lines: LineIndex, offset: number): Position {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: offset - (lines[low] ?? 0) };
}

export function offsetAt(lines: LineIndex, position: Position): number {
  const line = Math.max(0, Math.min(position.line, lines.length - 1));
  return (lines[line] ?? 0) + Math.max(0, position.character);
}
