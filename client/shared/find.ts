/** What a person types into the fields above the bytes of a file. */

export const longestPattern = 256;

/** `0x1f` or decimal; undefined for what is no place in a file of `size` bytes. */
export function parseOffset(text: string, size: number): number | undefined {
  const trimmed = text.trim();
  if (!/^(?:0[xX][0-9a-fA-F]{1,13}|\d{1,15})$/.test(trimmed)) return undefined;
  const offset = Number(trimmed);
  return offset < size ? offset : undefined;
}

/** Bytes to look for: `51 45 56 4d` or `0x5145564d` as they stand, anything else as text. */
export function parsePattern(text: string): Uint8Array | undefined {
  const hex = /^(?:0[xX]((?:[0-9a-fA-F]{2})+)|((?:[0-9a-fA-F]{2}\s+)+[0-9a-fA-F]{2}))$/.exec(text.trim());
  const digits = (hex?.[1] ?? hex?.[2])?.replace(/\s+/g, "");
  const bytes =
    digits === undefined
      ? new TextEncoder().encode(text)
      : Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
          parseInt(digits.slice(2 * index, 2 * index + 2), 16),
        );
  return bytes.length === 0 || bytes.length > longestPattern ? undefined : bytes;
}
