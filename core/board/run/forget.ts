/** Memory that something is put into which nobody knows. */
import { scalarType } from "../../c/resolve";
import { rawSize, store } from "./memory";
import { bytesOf, spend } from "./meter";
import { Arr, Ptr, rawIndex, Rec, type Unknown, type Value, Variables } from "./values";

const octet = scalarType("uint8_t", "unsigned char");

/** So many elements are kept one by one. */
const mostSingle = 4096;

/** So many bytes from a pointer on, or all that lies there: not known. An object of QEMU's model keeps what it has. */
export function forget(pointer: Value, bytes: number | undefined, value: Unknown): void {
  if (pointer instanceof Rec) forgetStruct(pointer, value);
  else if (pointer instanceof Arr) forgetElements(pointer, 0, bytes, value);
  else if (pointer instanceof Ptr) forgetAt(pointer, bytes, value);
}

function forgetAt(pointer: Ptr, bytes: number | undefined, value: Unknown): void {
  const { holder, key } = pointer;
  const from = rawIndex(key);
  if (holder instanceof Variables || from === undefined) store(pointer, value);
  else if (holder instanceof Arr) forgetElements(holder, from, bytes, value);
  else holder.fill({ from, to: from + (bytes ?? Number.POSITIVE_INFINITY), value });
}

/** What somebody wrote into it by itself stays. */
function forgetStruct(struct: Rec, value: Unknown): void {
  if (struct.attached !== undefined) return;
  struct.fills = [];
  struct.unwritten = value;
}

function forgetElements(array: Arr, from: number, bytes: number | undefined, value: Unknown): void {
  const size = rawSize(array.element ?? octet);
  const count = bytes === undefined ? undefined : Math.ceil(bytes / size);
  if (count === undefined || count > mostSingle || (from === 0 && count >= (array.length ?? count))) {
    spend(array.items.length * bytesOf.visit);
    array.items.length = Math.min(from, array.items.length);
    array.text = undefined;
    array.unwritten = value;
    return;
  }
  spend(count * bytesOf.element);
  for (let k = from; k < from + count; k++) array.set(k, value);
}
