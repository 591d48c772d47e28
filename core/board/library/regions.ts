/** Which memory region answers at an address: system/memory.c renders a flat view for that, which is not made here. */
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction } from "../run/runner";
import { asBigint, fromBigint, Rec, Unknown, type Value } from "../run/values";
import { truthOf } from "./arguments";

const most = 4096;

function numberIn(region: Rec, name: string): bigint | undefined {
  const value = region.get(`MemoryRegion.${name}`) ?? 0;
  return value instanceof Rec ? 0n : asBigint(value);
}

function regionIn(region: Rec, name: string): Rec | undefined {
  const value = region.get(`MemoryRegion.${name}`);
  return value instanceof Rec ? value : undefined;
}

/** Regions inside, those that hide others first. */
function* inside(region: Rec): Generator<Rec> {
  let at = regionIn(region, "subregions")?.get("@0");
  for (let k = 0; at instanceof Rec && k < most; k++) {
    spend(bytesOf.visit);
    yield at;
    at = regionIn(at, "subregions_link")?.get("@0");
  }
}

function covers(region: Rec, offset: bigint): boolean {
  const size = numberIn(region, "size");
  return offset >= 0n && (size === undefined || offset < size);
}

interface Found {
  readonly region: Rec;
  readonly offset: bigint;
}

/** The region that answers at an offset of one; undefined where none does. */
function answering(region: Rec, offset: bigint, depth: number): Found | undefined {
  if (depth > 64 || !truthOf(region.get("MemoryRegion.enabled")) || !covers(region, offset)) return undefined;
  const alias = regionIn(region, "alias");
  if (alias !== undefined) return answering(alias, offset + (numberIn(region, "alias_offset") ?? 0n), depth + 1);
  for (const each of inside(region)) {
    const found = answering(each, offset - (numberIn(each, "addr") ?? 0n), depth + 1);
    if (found !== undefined) return found;
  }
  return truthOf(region.get("MemoryRegion.terminates")) ? { region, offset } : undefined;
}

/** Follows memory_region_find, which gives a MemoryRegionSection. */
const find: NativeFunction = (_runner, [given, address, size]) => {
  const from = asBigint(address ?? 0);
  if (!(given instanceof Rec) || from === undefined) return new Unknown("what lies at an address");
  let root = given;
  let at = from + (numberIn(given, "addr") ?? 0n);
  for (let k = 0; k < most; k++) {
    spend(bytesOf.visit);
    const container = regionIn(root, "container");
    if (container === undefined) break;
    root = container;
    at += numberIn(root, "addr") ?? 0n;
  }
  const section = new Rec();
  const found = answering(root, at, 0);
  const set = (name: string, value: Value): void => section.set(`MemoryRegionSection.${name}`, value);
  set("mr", found?.region ?? 0);
  if (found === undefined) return section;
  section.set("@0", size ?? 0);
  set("offset_within_region", fromBigint(found.offset));
  set("offset_within_address_space", fromBigint(at));
  set("readonly", found.region.get("MemoryRegion.readonly") ?? 0);
  return section;
};

export const regionFunctions: readonly (readonly [string, NativeFunction])[] = [
  ["memory_region_find", find],
  ["memory_region_find_rcu", find],
];
