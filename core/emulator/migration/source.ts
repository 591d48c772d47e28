/** The source: RAM in rounds while the guest runs, then everything else in the order of the handler list. */
import type { Project } from "../../analysis/project";
import {
  ByteWriter,
  type DescriptionState,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
  putSectionHeader,
  saveDescription,
  targetPageBits,
  type WireDescription,
} from "../../wire";
import type { Machine } from "../machine";
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import type { Random } from "../random";
import type { Entry } from "../world";
import type { RamReport } from "./report";

export interface SavedSection {
  readonly entry: Entry;
  readonly kind: "start" | "part" | "end" | "full";
  readonly offset: number;
  readonly size: number;
}

export interface SavedStream {
  readonly bytes: Uint8Array;
  readonly sections: readonly SavedSection[];
  readonly ram: RamReport;
  readonly notes: readonly string[];
}

export interface SourceState {
  readonly project: Project;
  readonly machine: Machine;
  readonly memory: GuestMemory;
  /** undefined: the section is not sent. */
  readonly stateOf: (
    entry: Entry,
  ) => { readonly schema: WireDescription; readonly state: DescriptionState } | undefined;
  /** The order in which device state is sent. */
  readonly order: readonly Entry[];
  readonly random: Random;
  readonly progress: (done: number, label: string) => void;
}

const roundLimit = 4;
/** Pages that may be left for the end: what fits the downtime. */
const lastPages = 16;

/** Follows qemu_savevm_state_setup, _iterate, _complete_precopy. */
export function saveStream(source: SourceState): SavedStream {
  const writer = new ByteWriter();
  const sections: SavedSection[] = [];
  const notes: string[] = [];
  const rounds: { pages: number; zero: number; bytes: number }[] = [];
  const { machine, order } = source;
  const all = [...machine.handlers];
  const live = all.filter(({ isRam, owner }) => isRam && !owner.operations.has("is_active"));

  const section = (entry: Entry, kind: SavedSection["kind"], body: () => void): void => {
    const offset = writer.position;
    if (kind === "start" || kind === "full") {
      const { sectionId, idstr, instanceId } = entry;
      putSectionHeader(writer, kind, { sectionId, idstr, instanceId, versionId: versionOf(source, entry) });
    } else putPartHeader(writer, kind, entry.sectionId);
    body();
    putFooter(writer, entry.sectionId);
    sections.push({ entry, kind, offset, size: writer.position - offset });
  };
  const full = (entry: Entry): void => {
    const saved = source.stateOf(entry);
    if (saved === undefined) return;
    section(entry, "full", () => {
      const result = saveDescription(writer, saved.schema, saved.state);
      if (!result.ok) notes.push(`${entry.idstr}: ${result.error.message}`);
    });
  };

  putHeader(writer);
  putConfiguration(writer, machine.name, machine.family.target === "arm" ? [targetPageBits(12)] : []);
  for (const entry of all) {
    if (live.includes(entry)) section(entry, "start", () => putRamBlocks(writer, blocksOf(machine)));
    else if (entry.earlySetup) full(entry);
  }
  for (const entry of live) {
    let pages: readonly number[] | undefined;
    for (let round = 0; round < roundLimit; round++) {
      source.progress(round / roundLimit, "RAM");
      section(entry, "part", () => rounds.push(putRound(writer, source, pages)));
      touch(source, round);
      pages = source.memory.takeDirty();
      if (pages.length <= lastPages) break;
    }
    section(entry, "end", () => rounds.push(putRound(writer, source, pages ?? [])));
  }
  order.forEach((entry, index) => {
    source.progress(index / order.length, entry.idstr);
    if (!entry.isRam && !entry.earlySetup) full(entry);
  });
  putEndOfFile(writer);
  const bytes = rounds.reduce((sum, round) => sum + round.bytes, 0);
  return { bytes: writer.finish(), sections, ram: { bytes, rounds }, notes };
}

function versionOf(source: SourceState, entry: Entry): number {
  return source.stateOf(entry)?.schema.versionId ?? (entry.isRam ? ramVersion : 0);
}

/** As registered with register_savevm_live("ram", 0, 4, …). */
const ramVersion = 4;

function blocksOf({ family, request }: Machine) {
  return [{ name: family.ram.name, length: BigInt(request.memory) }];
}

/** The guest goes on working: it writes to some of its pages, fewer each round. */
function touch({ memory, random }: SourceState, round: number): void {
  const pages = memory.pages();
  for (let i = 0; i < pages.length >> (2 * round + 1); i++) {
    const page = pages[random.below(pages.length)];
    const held = page === undefined ? undefined : memory.read(page, pageSize);
    if (page !== undefined && held !== undefined) memory.write(page, held);
  }
}

/** RAM larger than this is sent without its zero pages beyond, which say nothing. */
const zeroPagesUpTo = 512 * 2 ** 20;

/** All pages, or those given. */
function putRound(writer: ByteWriter, { machine, memory }: SourceState, pages: readonly number[] | undefined) {
  const start = writer.position;
  const used = new Set(pages ?? memory.pages());
  let named = false;
  let zero = 0;
  let sent = 0;
  const put = (address: number, offset: number): void => {
    const held = memory.read(address, pageSize);
    const page = held?.some((byte) => byte !== 0) ? held : undefined;
    putRamPage(writer, named ? undefined : machine.family.ram.name, BigInt(offset), page);
    named = true;
    if (page === undefined) zero++;
    else sent++;
  };
  const putZero = (offset: number): void => {
    putRamPage(writer, named ? undefined : machine.family.ram.name, BigInt(offset), undefined);
    named = true;
    zero++;
  };
  let offset = 0;
  for (const { base, size } of memory.regions) {
    const everything = pages === undefined ? Math.min(size, zeroPagesUpTo) : 0;
    for (let at = 0; at < everything; at += pageSize) {
      if (used.has(base + at)) put(base + at, offset + at);
      else putZero(offset + at);
    }
    for (const page of used) if (page >= base + everything && page < base + size) put(page, offset + page - base);
    offset += size;
  }
  putRamEnd(writer);
  return { pages: sent, zero, bytes: writer.position - start };
}
