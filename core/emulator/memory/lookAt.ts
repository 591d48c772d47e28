/** A few bytes of the destination's memory, as a simulated load leaves it, and what is known of them. */
import type { Project } from "../../project";
import { failure, type Outcome, success } from "../commandLine";
import { type KnownPages, simulate, type SimulationOptions } from "../migration/simulate";
import { type GuestMemory, pageSize } from "./guestMemory";

/** Numbers are hexadecimal where they are addresses. */
export interface MemoryView {
  /** Of the first byte: a multiple of `shownBytes`. */
  readonly address: string;
  /** Hexadecimal digits; absent where the guest has no memory. */
  readonly bytes?: string;
  /** The block of RAM they are in. */
  readonly block?: string;
  /** Byte of the stream at which RAM's section has this page; absent where it brought none, so that it is zero. */
  readonly sent?: number;
  /** What the page is for; absent where nothing of the kind is known. */
  readonly holds?: PageUse;
  /** All memory there is. */
  readonly regions: readonly { readonly name: string; readonly first: string; readonly last: string }[];
}

export type PageUse =
  /** A driver gave it to this section's device: its first word is a mark that the load looks for. */
  | { readonly kind: "buffer"; readonly idstr: string }
  /** Tables of the IOMMU with this section. */
  | { readonly kind: "tables"; readonly idstr: string };

/** Bytes that are looked at at once; pages hold a whole number of these. */
const shownBytes = 256;

/** `address` is rounded down. Deterministic, as `simulate` is; a message where that gives one, or the address is none. */
export function lookAtMemory(project: Project, options: SimulationOptions, address: bigint): Outcome<MemoryView> {
  if (address < 0n || address >= 2n ** 64n) return failure("an address has up to 64 bits");
  let view: MemoryView | undefined;
  const run = simulate(project, {
    ...options,
    observe: (_, memory, pages) => (view = viewOf(memory, pages, address - (address % BigInt(shownBytes)))),
  });
  if (!run.ok) return run;
  return view === undefined ? failure("nothing is sent: the machine cannot be migrated") : success(view);
}

function viewOf(memory: GuestMemory, { sent, buffers, tables }: KnownPages, start: bigint): MemoryView {
  const regions = memory.regions.map(({ name, base, size }) => ({
    name,
    first: hex(base),
    last: hex(base + size - 1),
  }));
  const at = Number(start);
  const region = memory.regions.find(({ base, size }) => at >= base && at < base + size);
  const bytes = region && memory.read(at, shownBytes);
  if (region === undefined || bytes === undefined) return { address: hex(start), regions };
  const page = at - (at % pageSize);
  const place = sent.get(page);
  const table = tables.get(page);
  const buffer = [...buffers].find(([, { physical }]) => physical === page)?.[0];
  const holds: PageUse | undefined =
    table !== undefined
      ? { kind: "tables", idstr: table }
      : buffer === undefined
        ? undefined
        : { kind: "buffer", idstr: buffer };
  return {
    address: hex(start),
    bytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    block: region.name,
    ...(place === undefined ? {} : { sent: place }),
    ...(holds === undefined ? {} : { holds }),
    regions,
  };
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
