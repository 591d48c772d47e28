/** The channel of postcopy-preempt (QEMU: migration/ram.c, ram_save_host_page_urgent): pages by name, without any header. */
import { latin1 } from "../framing/bytes";
import type { ByteSource } from "../framing/input";
import { ramFlag } from "../framing/magic";
import type { Recognised } from "./layer";
import { bytesAt, counted, hexOffset, viewOf } from "./source";

const pageSize = 4096;

interface Head {
  readonly flags: number;
  readonly name: string | undefined;
  readonly size: number;
}

/** Begins with a page that names its block. */
export function isPreempt(head: Uint8Array): boolean {
  const first = headAt(head);
  return first !== undefined && first.flags === ramFlag.page && first.name !== undefined;
}

export function readPreempt(source: ByteSource, head: Uint8Array): Recognised | undefined {
  if (!isPreempt(head)) return undefined;
  const blocks = new Map<string, number>();
  let name = "";
  let at = 0;
  while (at < source.size) {
    const next = headAt(bytesAt(source, at, 512));
    if (next === undefined || at + next.size + pageSize > source.size) break;
    name = next.name ?? name;
    blocks.set(name, (blocks.get(name) ?? 0) + 1);
    at += next.size + pageSize;
  }
  const pages = [...blocks].map(
    ([block, count]) => `RAM block ${block}: ${counted(count, "page")} of ${pageSize} bytes`,
  );
  // a page and nothing that follows it may be any bytes
  if (at < source.size && at <= pageSize + 512) return undefined;
  const rest = at < source.size ? [`the rest is not read, from ${hexOffset(at)} on`] : [];
  const title = "pages by name, as the channel of postcopy-preempt has them, without the stream";
  return { kind: "listed", layer: { title, notes: [...pages, ...rest] } };
}

function headAt(bytes: Uint8Array): Head | undefined {
  if (bytes.length < 8) return undefined;
  const view = viewOf(bytes);
  const flags = view.getUint32(4) & (pageSize - 1);
  if (view.getUint32(0) > 0xffff) return undefined;
  if (flags === (ramFlag.page | ramFlag.continue)) return { flags, name: undefined, size: 8 };
  if (flags !== ramFlag.page) return undefined;
  const length = bytes[8] ?? 0;
  const name = bytes.subarray(9, 9 + length);
  const isName = length > 0 && name.length === length && name.every((octet) => octet > 0x20 && octet < 0x7f);
  return isName ? { flags, name: latin1(name), size: 9 + length } : undefined;
}
