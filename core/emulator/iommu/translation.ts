/** Who accesses memory, and where: what a PCI device puts on the bus. */
export interface DmaRequest {
  /** Number of the bus the request seems to come from: what the bridges have loaded so far. */
  readonly bus: number;
  /** Device and function: `slot << 3 | function`. */
  readonly devfn: number;
  readonly address: bigint;
  readonly access: "read" | "write";
}

export interface TranslationFault {
  /** Name of the fault in the IOMMU's specification: `root-entry-not-present`. */
  readonly name: string;
  /** The fault reason number of the specification. */
  readonly reason: number;
  /** What QEMU prints, or undefined where it only records the fault for the guest. */
  readonly message: string | undefined;
}

export type Translation =
  | { readonly kind: "translated"; readonly address: bigint; readonly pageSize: bigint }
  | { readonly kind: "fault"; readonly fault: TranslationFault };

/** One entry that a translation reads. */
export interface WalkStep {
  readonly entry:
    | "register"
    | "root-entry"
    | "context-entry"
    | "device-table-entry"
    | "stream-table-descriptor"
    | "stream-table-entry"
    | "context-descriptor"
    | "page-table-entry"
    | "mapping";
  /** Of a page table: the last one is 1 with VT-d and AMD-Vi and 3 with SMMUv3, as their specifications number them. */
  readonly level?: number;
  /** Its place in its table. */
  readonly index?: number;
  /** Where it is in the guest's memory; absent for what the IOMMU has in itself. */
  readonly address?: bigint;
  /** As read, lowest address first; none where there is no memory. */
  readonly words: readonly bigint[];
  /** What the translation goes by, named as in the specification. */
  readonly fields: readonly (readonly [name: string, value: bigint | string])[];
}

/** Told each entry as it is read. */
export type Walked = (step: WalkStep) => void;

/** One IOMMU. Its registers are what its own section has loaded so far, so the same request can end differently later. */
export interface TranslationUnit {
  translate(request: DmaRequest, walked?: Walked): Translation;
}

export const unseen: Walked = () => undefined;

export function translated(address: bigint, pageSize: bigint): Translation {
  return { kind: "translated", address, pageSize };
}

/** As if no IOMMU were there: disabled, or not loaded yet. */
export function untranslated(address: bigint): Translation {
  return { kind: "translated", address, pageSize: 1n << 64n };
}

export function faulted(name: string, reason: number, message?: string): Translation {
  return { kind: "fault", fault: { name, reason, message } };
}
