/** How an access found its address, entry by entry, as the IOMMU's model read them. */
import {
  type DmaRequest,
  type Translation,
  type TranslationUnit,
  untranslated,
  type WalkStep,
} from "../iommu/translation";
import type { GuestMemory } from "../memory/guestMemory";

export interface ReportWalk {
  /** Section of the IOMMU; absent where none stands before the device. */
  readonly iommu?: string;
  /** `00:1f.2`, with the bus number that is known at this point of the load. */
  readonly requester: string;
  readonly access: "read" | "write";
  /** Hexadecimal, as all numbers here. */
  readonly address: string;
  readonly steps: readonly ReportWalkStep[];
  readonly end: ReportWalkEnd;
  /** The first 64 bytes at the address that it ends at; absent where there is no memory. */
  readonly bytes?: string;
}

export interface ReportWalkStep {
  readonly entry: WalkStep["entry"];
  readonly level?: number;
  readonly index?: number;
  readonly address?: string;
  readonly words: readonly string[];
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export type ReportWalkEnd =
  | { readonly kind: "translated"; readonly address: string }
  | { readonly kind: "untranslated"; readonly address: string; readonly why: Untranslated }
  | { readonly kind: "fault"; readonly name: string; readonly reason: number };

export type Untranslated = "no-iommu" | "not-loaded" | "without-effect" | "off" | "passed-through";

export interface Walk {
  readonly translation: Translation;
  readonly report: ReportWalk;
}

/** What stands before a device: `state` says what is known of it so far. */
export interface Before {
  readonly iommu: string;
  readonly unit: TranslationUnit;
  readonly state: "loaded" | "not-loaded" | "without-effect";
}

const shown = 64;

export function walk(before: Before | undefined, request: DmaRequest, memory: GuestMemory): Walk {
  const steps: WalkStep[] = [];
  const translation = before?.unit.translate(request, (step) => steps.push(step)) ?? untranslated(request.address);
  const bytes = translation.kind === "fault" ? undefined : bytesAt(memory, translation.address);
  return {
    translation,
    report: {
      ...(before === undefined ? {} : { iommu: before.iommu }),
      requester: requesterText(request),
      access: request.access,
      address: hex(request.address),
      steps: steps.map(reported),
      end: endOf(translation, before, steps),
      ...(bytes === undefined ? {} : { bytes }),
    },
  };
}

function endOf(translation: Translation, before: Before | undefined, steps: readonly WalkStep[]): ReportWalkEnd {
  if (translation.kind === "fault")
    return { kind: "fault", name: translation.fault.name, reason: translation.fault.reason };
  const address = hex(translation.address);
  if (translation.pageSize < wholeSpace) return { kind: "translated", address };
  const none = steps.every(({ entry }) => entry === "register") ? "off" : "passed-through";
  const why = before === undefined ? "no-iommu" : before.state === "loaded" ? none : before.state;
  return { kind: "untranslated", address, why };
}

const wholeSpace = 1n << 64n;

function reported({ entry, level, index, address, words, fields }: WalkStep): ReportWalkStep {
  return {
    entry,
    ...(level === undefined ? {} : { level }),
    ...(index === undefined ? {} : { index }),
    ...(address === undefined ? {} : { address: hex(address) }),
    words: words.map((word) => `0x${word.toString(16).padStart(16, "0")}`),
    fields: fields.map(([name, value]) => [name, typeof value === "string" ? value : shortly(value)] as const),
  };
}

function bytesAt(memory: GuestMemory, address: bigint): string | undefined {
  if (address >= 2n ** 52n) return undefined;
  const bytes = memory.read(Number(address), shown);
  return bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function requesterText({ bus, devfn }: Pick<DmaRequest, "bus" | "devfn">): string {
  const part = (value: number): string => value.toString(16).padStart(2, "0");
  return `${part(bus)}:${part(devfn >> 3)}.${devfn & 7}`;
}

/** Flags and small numbers read the same in both. */
function shortly(value: bigint): string {
  return value < 10n ? String(value) : hex(value);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
