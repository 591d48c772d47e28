/**
 * Arm SMMUv3, stage 1, by the architecture specification: stream table (linear or two-level), context descriptor and
 * VMSAv8-64 tables of the 4 KiB granule, all in guest memory.
 */
import type { GuestMemory } from "../memory/guestMemory";
import { wordsRead } from "./pageTables";
import {
  type DmaRequest,
  faulted,
  type Translation,
  type TranslationUnit,
  translated,
  unseen,
  untranslated,
  type Walked,
  type WalkStep,
} from "./translation";

export interface SmmuRegisters {
  /** SMMU_CR0.SMMUEN. */
  readonly enabled: boolean;
  readonly streamTableBase: bigint;
  readonly streamTableConfig: bigint;
}

/** Event numbers of the specification. */
const events = {
  "bad-stream-id": 0x02,
  "stream-table-unreadable": 0x03,
  "bad-stream-table-entry": 0x04,
  "context-descriptor-unreadable": 0x09,
  "bad-context-descriptor": 0x0a,
  "page-table-unreadable": 0x0b,
  "no-translation": 0x10,
  "address-size": 0x11,
  "access-flag": 0x12,
  "not-permitted": 0x13,
} as const;
type SmmuEvent = keyof typeof events;

const fail = (event: SmmuEvent): Translation => faulted(event, events[event]);
const tableAddress = ((1n << 52n) - 1n) & ~0x3fn;
const rootAddress = ((1n << 52n) - 1n) & ~0xfn;
const pageAddress = ((1n << 48n) - 1n) & ~0xfffn;

/** `registers` is asked at each request: undefined while the unit's section has not been loaded. */
export function createSmmuv3(memory: GuestMemory, registers: () => SmmuRegisters | undefined): TranslationUnit {
  return {
    translate(request, walked = unseen) {
      const state = registers();
      if (state === undefined) return untranslated(request.address);
      walked(registerStep(state));
      if (!state.enabled) return untranslated(request.address);
      const stream = (request.bus << 8) | request.devfn;
      const entry = streamTableEntry(memory, state, stream, walked);
      if (typeof entry === "string") return fail(entry);
      const word = memory.readU64(entry);
      walked({
        entry: "stream-table-entry",
        index: stream,
        address: BigInt(entry),
        ...wordsRead([word], streamFields),
      });
      if (word === undefined) return fail("stream-table-unreadable");
      return translate(memory, word, request, walked);
    },
  };
}

function streamTableEntry(
  memory: GuestMemory,
  state: SmmuRegisters,
  stream: number,
  walked: Walked,
): number | SmmuEvent {
  const base = Number(state.streamTableBase & tableAddress);
  const size = Number(state.streamTableConfig & 0x3fn);
  if (stream >= 2 ** size) return "bad-stream-id";
  if (((state.streamTableConfig >> 16n) & 3n) === 0n) return base + stream * 64;
  const split = Number((state.streamTableConfig >> 6n) & 0x1fn);
  const place = base + (stream >> split) * 8;
  const first = memory.readU64(place);
  walked({
    entry: "stream-table-descriptor",
    index: stream >> split,
    address: BigInt(place),
    ...wordsRead([first], (word) => [
      ["Span", word & 0x1fn],
      ["L2Ptr", word & tableAddress],
    ]),
  });
  if (first === undefined) return "stream-table-unreadable";
  const span = Number(first & 0x1fn);
  const index = stream & (2 ** split - 1);
  if (span === 0 || index >= 2 ** (span - 1)) return "bad-stream-id";
  return Number(first & tableAddress) + index * 64;
}

function translate(memory: GuestMemory, streamEntry: bigint, request: DmaRequest, walked: Walked): Translation {
  if ((streamEntry & 1n) === 0n) return fail("bad-stream-table-entry");
  const config = (streamEntry >> 1n) & 7n;
  if (config === 4n) return untranslated(request.address);
  if (config !== 5n) return fail("bad-stream-table-entry");
  const context = Number(streamEntry & tableAddress);
  const word = memory.readU64(context);
  const table = memory.readU64(context + 8);
  walked({
    entry: "context-descriptor",
    address: BigInt(context),
    ...wordsRead([word, table], contextFields),
  });
  if (word === undefined || table === undefined) return fail("context-descriptor-unreadable");
  const granule = (word >> 6n) & 3n;
  if ((word & (1n << 31n)) === 0n || (word & (1n << 41n)) === 0n || granule !== 0n)
    return fail("bad-context-descriptor");
  const bits = 64 - Number(word & 0x3fn);
  if (bits < 25 || bits > 48) return fail("bad-context-descriptor");
  if (request.address >> BigInt(bits) !== 0n) return fail("no-translation");
  return walk(memory, table & rootAddress, bits, request, walked);
}

function walk(
  memory: GuestMemory,
  root: bigint,
  bits: number,
  { address, access }: DmaRequest,
  walked: Walked,
): Translation {
  let table = root;
  for (let level = 4 - Math.ceil((bits - 12) / 9); level <= 3; level++) {
    const shift = BigInt(12 + 9 * (3 - level));
    const index = Number((address >> shift) & 0x1ffn);
    const place = Number(table) + index * 8;
    const descriptor = memory.readU64(place);
    walked({ entry: "page-table-entry", level, index, address: BigInt(place), ...wordsRead([descriptor], pageFields) });
    if (descriptor === undefined) return fail("page-table-unreadable");
    if ((descriptor & 1n) === 0n) return fail("no-translation");
    const further = (descriptor & 2n) !== 0n;
    if (level < 3 && further) {
      table = descriptor & pageAddress;
      continue;
    }
    if ((level === 3 && !further) || level === 0) return fail("no-translation");
    if ((descriptor & (1n << 10n)) === 0n) return fail("access-flag");
    if (access === "write" && (descriptor & (1n << 7n)) !== 0n) return fail("not-permitted");
    const size = 1n << shift;
    return translated((descriptor & pageAddress & ~(size - 1n)) | (address & (size - 1n)), size);
  }
  return fail("no-translation");
}

type Fields = WalkStep["fields"];

function registerStep({ enabled, streamTableBase, streamTableConfig }: SmmuRegisters): WalkStep {
  return {
    entry: "register",
    words: [streamTableBase, streamTableConfig],
    fields: [
      ["CR0.SMMUEN", enabled ? 1n : 0n],
      ["STRTAB_BASE.ADDR", streamTableBase & tableAddress],
      ["STRTAB_BASE_CFG.FMT", (streamTableConfig >> 16n) & 3n],
      ["STRTAB_BASE_CFG.SPLIT", (streamTableConfig >> 6n) & 0x1fn],
      ["STRTAB_BASE_CFG.LOG2SIZE", streamTableConfig & 0x3fn],
    ],
  };
}

function streamFields(word: bigint): Fields {
  return [
    ["V", word & 1n],
    ["Config", (word >> 1n) & 7n],
    ["S1ContextPtr", word & tableAddress],
  ];
}

function contextFields(word: bigint, table: bigint): Fields {
  return [
    ["V", (word >> 31n) & 1n],
    ["AA64", (word >> 41n) & 1n],
    ["TG0", (word >> 6n) & 3n],
    ["T0SZ", word & 0x3fn],
    ["TTB0", table & rootAddress],
  ];
}

function pageFields(descriptor: bigint): Fields {
  return [
    ["valid", descriptor & 1n],
    ["table or page", (descriptor >> 1n) & 1n],
    ["AP[2]", (descriptor >> 7n) & 1n],
    ["AF", (descriptor >> 10n) & 1n],
    ["address", descriptor & pageAddress],
  ];
}
