/** Lines of a hex view, sixteen bytes each, with the bytes of a marked span apart. */
export interface HexPart {
  /** `4a 20 ` with a blank behind each byte. */
  readonly hex: string;
  readonly text: string;
}

export interface HexRow {
  readonly address: string;
  readonly before: HexPart;
  readonly marked: HexPart;
  readonly after: HexPart;
}

export const bytesPerRow = 16;

export function hexRows(
  bytes: Uint8Array,
  start: number,
  marked: { readonly offset: number; readonly size: number } | undefined,
): readonly HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerRow) {
    const line = bytes.subarray(at, at + bytesPerRow);
    const from = clamp((marked?.offset ?? 0) - start - at, line.length);
    const to = marked ? clamp(marked.offset + marked.size - start - at, line.length) : from;
    const after = part(line.subarray(to));
    rows.push({
      address: addressOf(start + at),
      before: part(line.subarray(0, from)),
      marked: part(line.subarray(from, to)),
      after: { hex: after.hex + "   ".repeat(bytesPerRow - line.length), text: after.text },
    });
  }
  return rows;
}

export function addressOf(offset: number): string {
  return offset.toString(16).padStart(8, "0");
}

/** Column, in letters, at which the digits of byte `index` of a line begin; `start`: the line's first byte. */
export function columnOf(index: number, start: number): number {
  return addressOf(start).length + 1 + 3 * index;
}

/** The byte under a column of a line, in its digits or in its text; undefined beside both. `row` is the line's number. */
export function byteAtColumn(column: number, row: number): number | undefined {
  const start = row * bytesPerRow;
  const behind = Math.floor(column) - columnOf(0, start);
  const inText = behind - 3 * bytesPerRow - 1;
  if (behind >= 0 && behind < 3 * bytesPerRow) return start + Math.floor(behind / 3);
  return inText >= 0 && inText < bytesPerRow ? start + inText : undefined;
}

function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(limit, value));
}

function part(bytes: Uint8Array): HexPart {
  let hex = "";
  let text = "";
  for (const octet of bytes) {
    hex += `${octet.toString(16).padStart(2, "0")} `;
    text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·";
  }
  return { hex, text };
}
