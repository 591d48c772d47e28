/**
 * AMD I/O virtualization, by its specification: the device table and host page tables of one to six levels, where an entry says
 * which level is next, all in guest memory.
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

export interface AmdviRegisters {
  /** Control register: IommuEn. */
  readonly enabled: boolean;
  /** Device Table Base Address. */
  readonly deviceTable: bigint;
}

/** Event codes of the specification. */
const events = {
  "illegal-device-table-entry": 1,
  "page-fault": 2,
  "device-table-error": 3,
  "page-table-error": 4,
} as const;
const fail = (event: keyof typeof events): Translation => faulted(event, events[event]);

const addressBits = ((1n << 52n) - 1n) & ~0xfffn;
const present = 1n;
const translationValid = 1n << 1n;
const readable = 1n << 61n;
const writable = 1n << 62n;
const levels = 6;
/** A next level of 7: how large the page is stands in the address. */
const largePage = 7;

/** Bytes of an entry of the device table. */
export const deviceEntrySize = 32;

/** `registers` is asked at each request: undefined while the unit's section has not been loaded. */
export function createAmdvi(memory: GuestMemory, registers: () => AmdviRegisters | undefined): TranslationUnit {
  return {
    translate(request, walked = unseen) {
      const state = registers();
      if (state === undefined) return untranslated(request.address);
      walked({ entry: "register", words: [state.deviceTable], fields: registerFields(state) });
      // the range of interrupts is never mapped
      const isInterrupt = request.address >> 20n === 0xfeen;
      if (!state.enabled || isInterrupt) return untranslated(request.address);
      return throughDeviceTable(memory, state, request, walked);
    },
  };
}

function throughDeviceTable(
  memory: GuestMemory,
  state: AmdviRegisters,
  request: DmaRequest,
  walked: Walked,
): Translation {
  const device = (request.bus << 8) | request.devfn;
  const place = Number(state.deviceTable & addressBits) + device * deviceEntrySize;
  const entry = memory.readU64(place);
  const high = memory.readU64(place + 8);
  walked({
    entry: "device-table-entry",
    index: device,
    address: BigInt(place),
    ...wordsRead([entry, high], deviceFields),
  });
  if (entry === undefined || high === undefined) return fail("device-table-error");
  if ((entry & present) === 0n) return untranslated(request.address);
  if ((entry & translationValid) === 0n) return fail("page-fault");
  const mode = nextLevel(entry);
  if (mode === 0) return untranslated(request.address);
  if (mode > levels) return fail("illegal-device-table-entry");
  return throughTables(memory, entry, mode, request, walked);
}

function throughTables(
  memory: GuestMemory,
  root: bigint,
  mode: number,
  { address, access }: DmaRequest,
  walked: Walked,
): Translation {
  const needed = access === "read" ? readable : writable;
  if (address >> BigInt(12 + 9 * mode) !== 0n || (root & needed) === 0n) return fail("page-fault");
  let entry = root;
  for (let level = mode; level >= 1; ) {
    const shift = BigInt(12 + 9 * (level - 1));
    const index = Number((address >> shift) & 0x1ffn);
    const place = Number(entry & addressBits) + index * 8;
    const read = memory.readU64(place);
    walked({ entry: "page-table-entry", level, index, address: BigInt(place), ...wordsRead([read], pageFields) });
    if (read === undefined) return fail("page-table-error");
    if ((read & present) === 0n || (read & needed) === 0n) return fail("page-fault");
    const next = nextLevel(read);
    if (next === 0 || next === largePage) {
      const size = next === 0 ? 1n << shift : largeSize(read);
      return translated((read & addressBits & ~(size - 1n)) | (address & (size - 1n)), size);
    }
    if (next >= level) return fail("page-fault");
    entry = read;
    level = next;
  }
  return fail("page-fault");
}

function nextLevel(entry: bigint): number {
  return Number((entry >> 9n) & 7n);
}

/** The lowest clear bit of the address, from bit 12 on, says half of it. */
function largeSize(entry: bigint): bigint {
  let bit = 12n;
  while (bit < 51n && ((entry >> bit) & 1n) === 1n) bit++;
  return 1n << (bit + 1n);
}

type Fields = WalkStep["fields"];

function registerFields({ enabled, deviceTable }: AmdviRegisters): Fields {
  return [
    ["IommuEn", enabled ? 1n : 0n],
    ["DevTabBase", deviceTable & addressBits],
  ];
}

function deviceFields(low: bigint, high: bigint): Fields {
  return [
    ["V", low & present],
    ["TV", (low & translationValid) >> 1n],
    ["Mode", BigInt(nextLevel(low))],
    ["Root", low & addressBits],
    ["IR", (low & readable) >> 61n],
    ["IW", (low & writable) >> 62n],
    ["DomainID", high & 0xffffn],
  ];
}

function pageFields(entry: bigint): Fields {
  return [
    ["PR", entry & present],
    ["NextLevel", BigInt(nextLevel(entry))],
    ["Address", entry & addressBits],
    ["IR", (entry & readable) >> 61n],
    ["IW", (entry & writable) >> 62n],
  ];
}
