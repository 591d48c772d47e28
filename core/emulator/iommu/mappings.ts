/** An IOMMU that is told its mappings one by one and keeps the list in its own state, as virtio-iommu does. */
import {
  type DmaRequest,
  faulted,
  type Translation,
  type TranslationUnit,
  translated,
  unseen,
  untranslated,
  type WalkStep,
} from "./translation";

export interface Mapping {
  /** Number that the IOMMU knows the device by: bus << 8 | devfn. */
  readonly endpoint: number;
  readonly iova: bigint;
  readonly physical: number;
  readonly size: bigint;
  readonly writable: boolean;
}

/** `mappings` is asked at each request: undefined while the unit's section has not been loaded. */
export function createMappingUnit(mappings: () => readonly Mapping[] | undefined): TranslationUnit {
  return {
    translate(request: DmaRequest, walked = unseen): Translation {
      const list = mappings();
      if (list === undefined) return untranslated(request.address);
      const endpoint = (request.bus << 8) | request.devfn;
      const own = list.filter((each) => each.endpoint === endpoint);
      if (own.length === 0) return faulted("endpoint-without-domain", 1);
      const found = own.find(({ iova, size }) => request.address >= iova && request.address < iova + size);
      for (const each of found === undefined ? own : [found]) walked(stepOf(each, list.indexOf(each)));
      if (found === undefined || (request.access === "write" && !found.writable)) return faulted("no-mapping", 2);
      return translated(BigInt(found.physical) + (request.address - found.iova), found.size);
    },
  };
}

function stepOf({ endpoint, iova, physical, size, writable }: Mapping, index: number): WalkStep {
  return {
    entry: "mapping",
    index,
    words: [],
    fields: [
      ["endpoint", BigInt(endpoint)],
      ["virt_start", iova],
      ["virt_end", iova + size - 1n],
      ["phys_start", BigInt(physical)],
      ["flags", writable ? "READ | WRITE" : "READ"],
    ],
  };
}
