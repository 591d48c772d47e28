/** Why an access of a load went wrong, in one sentence: what had to be loaded before, and what that made of the address. */
import type { DmaBuffer, Entry } from "../world";

/** What the destination did not have when a device used its buffer. */
export type Missing =
  | { readonly kind: "iommu"; readonly provider: Entry }
  /** The state is there, and nothing in the load makes it count. */
  | { readonly kind: "switch"; readonly provider: Entry }
  /** The bridge above has not loaded its bus's number. */
  | { readonly kind: "bus-number"; readonly provider: Entry };

export interface ReportCause {
  readonly kind: "iommu-later" | "iommu-not-sent" | "iommu-without-effect" | "bus-number-later" | "bus-number-not-sent";
  readonly consumer: SectionName;
  readonly provider: SectionName;
  /** Hexadecimal: what the device was told, the physical address that it means, and the one that it became; absent where it faults. */
  readonly address: string;
  readonly meant: string;
  readonly became?: string;
  readonly text: string;
}

export interface SectionName {
  readonly idstr: string;
  /** As the stream numbers its sections. */
  readonly section: number;
}

export interface Misled {
  readonly entry: Entry;
  readonly buffer: DmaBuffer;
  readonly missing: Missing;
  readonly translated: bigint | undefined;
  /** What came of it: `no memory there`. */
  readonly result: string;
}

/** `sent`: the entries of the stream. */
export function causeOf({ entry, buffer, missing, translated, result }: Misled, sent: readonly Entry[]): ReportCause {
  const isSent = sent.some(({ idstr }) => idstr === missing.provider.idstr);
  const [consumer, provider] = [nameOf(entry), nameOf(missing.provider)];
  const [address, meant] = [hex(buffer.address), hex(BigInt(buffer.physical))];
  const late = isSent ? "is loaded before" : "needs";
  const gone = isSent ? "" : ", which is not in the stream";
  const head = `${called(consumer)} ${late} ${called(provider, isSent)}`;
  const taken = translated === undefined ? "" : ` It is taken for a physical address: ${result}.`;
  const io = `${address} is an I/O address for ${meant} in the guest's memory.`;
  const texts = {
    iommu: `${head}${gone}. ${io}${taken}`,
    switch: `${called(provider)} is loaded, but nothing in its load makes it translate. ${io}${taken}`,
    "bus-number": `${head}${gone}, which knows the number of its bus. ${io} The access comes from another bus number than the one it was mapped for: ${result}.`,
  };
  const kinds = {
    iommu: isSent ? "iommu-later" : "iommu-not-sent",
    switch: "iommu-without-effect",
    "bus-number": isSent ? "bus-number-later" : "bus-number-not-sent",
  } as const;
  return {
    kind: kinds[missing.kind],
    consumer,
    provider,
    address,
    meant,
    ...(translated === undefined ? {} : { became: hex(translated) }),
    text: texts[missing.kind],
  };
}

function nameOf({ idstr, sectionId }: Entry): SectionName {
  return { idstr, section: sectionId };
}

function called({ idstr, section }: SectionName, isNumbered = true): string {
  return isNumbered ? `${idstr} (section ${section})` : idstr;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
