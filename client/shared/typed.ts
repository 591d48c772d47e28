/** Values as a person types them, as the bytes of a stream. */
import type { InspectField } from "../../server/protocol";

const digits = /^(?:[0-9a-fA-F]{2}\s*)+$/;
const integer = /^(-?)(0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/;

/** Bytes of a field's type and size; undefined for what does not fit. Integers are decimal or 0x…, bytes are digits in pairs. */
export function bytesOf({ typed, size }: InspectField, text: string): readonly number[] | undefined {
  const written = text.trim();
  if (typed === undefined || size === undefined) return undefined;
  if (typed === "bytes") {
    const pairs = digits.test(written) ? (written.match(/[0-9a-fA-F]{2}/g) ?? []) : [];
    return pairs.length === size ? pairs.map((pair) => Number.parseInt(pair, 16)) : undefined;
  }
  const [, sign, amount] = integer.exec(written) ?? [];
  if (amount === undefined) return undefined;
  const value = sign === "-" ? -BigInt(amount) : BigInt(amount);
  const bits = size * 8;
  // 0xffffffff is what a person writes for all bits of an int32_t
  const fits = BigInt.asUintN(bits, value) === value || (typed === "signed" && BigInt.asIntN(bits, value) === value);
  if (!fits) return undefined;
  const whole = BigInt.asUintN(bits, value);
  return Array.from({ length: size }, (_, at) => Number((whole >> BigInt(8 * (size - 1 - at))) & 0xffn));
}

/** What stands in the input first: the value without how else it can be written. */
export function writtenValue({ text }: InspectField): string {
  return text.replace(/ \(0x[0-9a-f]+\)$/, "");
}
