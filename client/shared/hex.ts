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
      address: (start + at).toString(16).padStart(8, "0"),
      before: part(line.subarray(0, from)),
      marked: part(line.subarray(from, to)),
      after: { hex: after.hex + "   ".repeat(bytesPerRow - line.length), text: after.text },
    });
  }
  return rows;
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
