/** An IOMMU that is told its mappings one by one and keeps the list in its own state, as virtio-iommu does. */
import {
  type DmaRequest,
  faulted,
  type Translation,
  type TranslationUnit,
  translated,
  untranslated,
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
    translate(request: DmaRequest): Translation {
      const list = mappings();
      if (list === undefined) return untranslated(request.address);
      const endpoint = (request.bus << 8) | request.devfn;
      const own = list.filter((each) => each.endpoint === endpoint);
      if (own.length === 0) return faulted("endpoint-without-domain", 1);
      const found = own.find(({ iova, size }) => request.address >= iova && request.address < iova + size);
      if (found === undefined || (request.access === "write" && !found.writable)) return faulted("no-mapping", 2);
      return translated(BigInt(found.physical) + (request.address - found.iova), found.size);
    },
  };
}
