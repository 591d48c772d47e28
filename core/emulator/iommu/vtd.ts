/**
 * Intel VT-d remapping in legacy mode, by the architecture specification: root table, context tables and second-level
 * page tables of three to five levels with superpages, all in guest memory.
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

/** What the unit knows of itself: registers that its section carries. */
export interface VtdRegisters {
  /** Global status: remapping is on. */
  readonly enabled: boolean;
  /** Root Table Address Register, with its mode bits. */
  readonly rootTable: bigint;
  /** Bits of an address the second level can resolve, from the Capability Register's SAGAW. */
  readonly addressWidth: number;
}

const addressBits = ((1n << 52n) - 1n) & ~0xfffn;
const present = 1n;
const readable = 1n << 0n;
const writable = 1n << 1n;
const superpage = 1n << 7n;
const tableMode = 3n << 10n;

/** Translation type of a context entry. */
const throughTable = 0n;
const throughTableWithDeviceTlb = 1n;
const passThrough = 2n;

/** Fault reasons of the specification's legacy mode. */
const reasons = {
  "root-entry-not-present": 0x1,
  "context-entry-not-present": 0x2,
  "invalid-context-entry": 0x3,
  "address-beyond-width": 0x4,
  "write-not-permitted": 0x5,
  "read-not-permitted": 0x6,
  "page-table-unreadable": 0x7,
  "root-table-unreadable": 0x8,
  "context-table-unreadable": 0x9,
  "root-entry-reserved": 0xa,
  "context-entry-reserved": 0xb,
  "page-entry-reserved": 0xc,
  "translation-type-blocked": 0xd,
  "interrupt-address": 0xe,
} as const;
export type VtdFault = keyof typeof reasons;

/** `registers` is asked at each request: undefined while the unit's section has not been loaded. */
export function createVtd(memory: GuestMemory, registers: () => VtdRegisters | undefined): TranslationUnit {
  return {
    translate(request, walked = unseen) {
      const state = registers();
      if (state === undefined) return untranslated(request.address);
      walked({ entry: "register", words: [state.rootTable], fields: registerFields(state) });
      return state.enabled ? walk(memory, state, request, walked) : untranslated(request.address);
    },
  };
}

function walk(memory: GuestMemory, state: VtdRegisters, request: DmaRequest, walked: Walked): Translation {
  const fail = (fault: VtdFault): Translation => faulted(fault, reasons[fault], failureText(request));
  const { address } = request;
  if (address >> 20n === 0xfeen) return fail("interrupt-address");
  if ((state.rootTable & tableMode) !== 0n) return fail("translation-type-blocked");

  const rootAddress = Number(state.rootTable & addressBits) + request.bus * 16;
  const rootLow = memory.readU64(rootAddress);
  const rootHigh = memory.readU64(rootAddress + 8);
  walked({
    entry: "root-entry",
    index: request.bus,
    address: BigInt(rootAddress),
    ...wordsRead([rootLow, rootHigh], (low) => [
      ["P", low & present],
      ["CTP", low & addressBits],
    ]),
  });
  if (rootLow === undefined || rootHigh === undefined) return fail("root-table-unreadable");
  if ((rootLow & present) === 0n) return fail("root-entry-not-present");
  if ((rootLow & 0xffen) !== 0n || rootHigh !== 0n) return fail("root-entry-reserved");

  const contextAddress = Number(rootLow & addressBits) + request.devfn * 16;
  const low = memory.readU64(contextAddress);
  const high = memory.readU64(contextAddress + 8);
  walked({
    entry: "context-entry",
    index: request.devfn,
    address: BigInt(contextAddress),
    ...wordsRead([low, high], contextFields),
  });
  if (low === undefined || high === undefined) return fail("context-table-unreadable");
  if ((low & present) === 0n) return fail("context-entry-not-present");
  if ((low & 0xff0n) !== 0n || high >> 24n !== 0n) return fail("context-entry-reserved");

  const type = (low >> 2n) & 3n;
  if (type === passThrough) return untranslated(address);
  if (type !== throughTable && type !== throughTableWithDeviceTlb) return fail("invalid-context-entry");
  const levels = Number(high & 7n) + 2;
  const width = 12 + 9 * levels;
  if (levels < 3 || levels > 5 || width > state.addressWidth) return fail("invalid-context-entry");
  if (address >> BigInt(width) !== 0n) return fail("address-beyond-width");
  return walkTables(memory, low & addressBits, levels, request, fail, walked);
}

function walkTables(
  memory: GuestMemory,
  root: bigint,
  levels: number,
  request: DmaRequest,
  fail: (fault: VtdFault) => Translation,
  walked: Walked,
): Translation {
  const { address, access } = request;
  const needed = access === "read" ? readable : writable;
  let table = root;
  for (let level = levels; level >= 1; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    const index = (address >> shift) & 0x1ffn;
    const entryAddress = Number(table) + Number(index) * 8;
    const entry = memory.readU64(entryAddress);
    walked({
      entry: "page-table-entry",
      level,
      index: Number(index),
      address: BigInt(entryAddress),
      ...wordsRead([entry], (word) => pageFields(word, level)),
    });
    if (entry === undefined) return fail("page-table-unreadable");
    if ((entry & needed) === 0n) return fail(access === "read" ? "read-not-permitted" : "write-not-permitted");
    const size = 1n << shift;
    const large = level > 1 && (entry & superpage) !== 0n;
    if (large && level > 3) return fail("page-entry-reserved");
    if (level === 1 || large) {
      const frame = entry & addressBits;
      if ((frame & (size - 1n)) !== 0n) return fail("page-entry-reserved");
      return translated(frame | (address & (size - 1n)), size);
    }
    table = entry & addressBits;
  }
  return fail("page-table-unreadable");
}

type Fields = WalkStep["fields"];

function registerFields({ enabled, rootTable }: VtdRegisters): Fields {
  return [
    ["GSTS.TES", enabled ? 1n : 0n],
    ["RTADDR.RTA", rootTable & addressBits],
    ["RTADDR.TTM", (rootTable & tableMode) >> 10n],
  ];
}

function contextFields(low: bigint, high: bigint): Fields {
  return [
    ["P", low & present],
    ["TT", (low >> 2n) & 3n],
    ["SLPTPTR", low & addressBits],
    ["AW", high & 7n],
    ["DID", (high >> 8n) & 0xffffn],
  ];
}

function pageFields(entry: bigint, level: number): Fields {
  return [
    ["R", entry & readable],
    ["W", (entry & writable) >> 1n],
    ...(level > 1 ? ([["PS", (entry & superpage) >> 7n]] as const) : []),
    ["ADDR", entry & addressBits],
  ];
}

function failureText({ bus, devfn, address }: DmaRequest): string {
  const hex = (value: number): string => value.toString(16).padStart(2, "0");
  const device = `${hex(bus)}:${hex(devfn >> 3)}:${hex(devfn & 7)}`;
  return `vtd_iommu_translate: detected translation failure (dev=${device}, iova=0x${address.toString(16)})`;
}
