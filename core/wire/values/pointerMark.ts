/** The byte that stands for a pointer in the stream (VMS_NULLPTR_MARKER, since 11.1 VMS_MARKER_PTR_NULL and _VALID). */
import { type ByteReader, StreamFailure } from "../framing/bytes";

/** `absent` stands in place of a NULL in any array of pointers, `present` before an element of a marked one. */
export const pointerMark = { absent: 0x30, present: 0x31 } as const;

/**
 * vmstate_ptr_marker_load: whether an element follows.
 * @throws StreamFailure
 */
export function readPointerMark(reader: ByteReader): boolean {
  const { offset } = reader;
  const octet = reader.u8();
  if (octet !== pointerMark.absent && octet !== pointerMark.present) {
    throw new StreamFailure(`Unexpected ptr marker: ${octet}`, offset);
  }
  return octet === pointerMark.present;
}
