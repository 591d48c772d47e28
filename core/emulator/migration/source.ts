/** The source: RAM in rounds while the guest runs, then everything else in the order of the handler list. */
import type { Project } from "../../project/project";
import {
  ByteWriter,
  type DescriptionState,
  type RamBlock,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
  putSectionHeader,
  putTrailer,
  saveDescription,
  targetPageBits,
  type WireDescription,
} from "../../wire";
import type { Machine } from "../machine";
import { placeIn } from "../mainMemory";
import { ramBlocks } from "../ramBlocks";
import { type GuestMemory, pageSize } from "../memory/guestMemory";
import type { Random } from "../random";
import type { Entry } from "../world";
import { fitsDowntime, type Link, millisecondsOf } from "./link";
import type { RamReport, RamRound } from "./report";
import { saverOf } from "./saver";
import { beginVmdescription } from "./vmdescription";

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
  /** Besides main memory and ROMs: what a destination may have in another size. */
  readonly deviceMemory: readonly RamBlock[];
  readonly memory: GuestMemory;
  /** undefined: the section is not sent. */
  readonly stateOf: (
    entry: Entry,
  ) => { readonly schema: WireDescription; readonly state: DescriptionState } | undefined;
  /** The order in which device state is sent. */
  readonly order: readonly Entry[];
  readonly random: Random;
  readonly link: Link;
  readonly progress: (done: number, label: string) => void;
}

/** A guest that writes more than the link carries would be sent for ever. */
const roundLimit = 30;

/** Follows qemu_savevm_state_setup, _iterate, _complete_precopy. */
export function saveStream(source: SourceState): SavedStream {
  const writer = new ByteWriter();
  const sections: SavedSection[] = [];
  const notes: string[] = [];
  const rounds: RamRound[] = [];
  const { project, machine, order, link } = source;
  const vmdescription = beginVmdescription(project, machine);
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
      const result = vmdescription
        ? vmdescription.save(writer, entry, saved.schema, saved.state)
        : saveDescription(writer, saved.schema, saved.state);
      if (!result.ok) notes.push(`${entry.idstr}: ${result.error.message}`);
    });
  };

  putHeader(writer);
  putConfiguration(writer, machine.name, machine.pageBits === undefined ? [] : [targetPageBits(machine.pageBits)]);
  const first = saverOf(project).early === "first";
  for (const entry of all) if (first && entry.earlySetup) full(entry);
  for (const entry of all) {
    if (live.includes(entry)) section(entry, "start", () => putRamBlocks(writer, blocksOf(source)));
    else if (entry.earlySetup && !first) full(entry);
  }
  for (const entry of live) {
    let pages: readonly number[] | undefined;
    for (let round = 0; ; round++) {
      source.progress(round / roundLimit, "RAM");
      section(entry, "part", () => rounds.push(putRound(writer, source, pages)));
      touch(source, rounds.at(-1)?.milliseconds ?? 0);
      pages = source.memory.takeDirty();
      if (fitsDowntime(link, pages.length * pageSize)) break;
      if (round + 1 === roundLimit) {
        notes.push(neverDone(link, pages.length * pageSize));
        break;
      }
    }
    section(entry, "end", () => rounds.push(putRound(writer, source, pages ?? [])));
  }
  order.forEach((entry, index) => {
    source.progress(index / order.length, entry.idstr);
    if (!entry.isRam && !entry.earlySetup) full(entry);
  });
  putEndOfFile(writer);
  if (vmdescription) putTrailer(writer, vmdescription.finish());
  const bytes = rounds.reduce((sum, round) => sum + round.bytes, 0);
  return { bytes: writer.finish(), sections, ram: { bytes, rounds }, notes };
}

function versionOf(source: SourceState, entry: Entry): number {
  return source.stateOf(entry)?.schema.versionId ?? (entry.isRam ? ramVersion : 0);
}

/** As registered with register_savevm_live("ram", 0, 4, …). */
const ramVersion = 4;

/** Of ROMs only the names are known: here all are as long as one page of the usual ones. */
const romLength = 0x40000n;

/** Main memory, then as QEMU sends them, the largest first. */
function blocksOf({ project, machine, deviceMemory }: SourceState): readonly RamBlock[] {
  const blocks = ramBlocks(project, machine).map(({ name, length }) => ({ name, length: length ?? romLength }));
  const main = machine.mainBlocks.length;
  return [...blocks.slice(0, main), ...deviceMemory, ...blocks.slice(main)];
}

function neverDone({ downtimeLimit }: Link, left: number): string {
  return (
    `the guest writes faster than the link carries: ${left} bytes are left after ${roundLimit} rounds, more than ` +
    `${downtimeLimit} ms allow. QEMU would send rounds until a limit is raised; here the guest is stopped`
  );
}

/** Pages that a busy guest works on: 4 MiB, in the middle of its memory. */
const workingSet = 1024;

/** The guest goes on working for some milliseconds; what it shares with its devices keeps its contents. */
function touch({ memory, random, link }: SourceState, milliseconds: number): void {
  const [region] = memory.regions;
  if (region === undefined) return;
  const pages = Math.min(workingSet, Math.floor(region.size / pageSize / 2));
  const first = region.base + Math.floor(region.size / pageSize / 4) * pageSize;
  const shared = new Set(memory.pages());
  const written = Math.ceil((link.dirtyRate * milliseconds) / 1000 / pageSize);
  for (let i = 0; i < Math.min(pages, written); i++) {
    const page = first + random.below(pages) * pageSize;
    const held = shared.has(page) ? memory.read(page, pageSize) : undefined;
    memory.write(page, held ?? Uint8Array.of(1 + random.below(255)));
  }
}

/** RAM larger than this is sent without its zero pages beyond, which say nothing. */
const zeroPagesUpTo = 512 * 2 ** 20;

/** All pages, or those given. */
function putRound(
  writer: ByteWriter,
  { machine, memory, link }: SourceState,
  pages: readonly number[] | undefined,
): RamRound {
  const start = writer.position;
  const used = new Set(pages ?? memory.pages());
  let last: string | undefined;
  let zero = 0;
  let sent = 0;
  const putPage = (at: number, page: Uint8Array | undefined): void => {
    const { name, offset } = placeIn(machine.mainBlocks, at) ?? { name: machine.ram.name, offset: at };
    putRamPage(writer, name === last ? undefined : name, BigInt(offset), page);
    last = name;
    if (page === undefined) zero++;
    else sent++;
  };
  const put = (address: number, at: number): void => {
    const held = memory.read(address, pageSize);
    putPage(at, held?.some((byte) => byte !== 0) ? held : undefined);
  };
  let offset = 0;
  for (const { base, size } of memory.regions) {
    const everything = pages === undefined ? Math.min(size, zeroPagesUpTo) : 0;
    for (let at = 0; at < everything; at += pageSize) {
      if (used.has(base + at)) put(base + at, offset + at);
      else putPage(offset + at, undefined);
    }
    for (const page of used) if (page >= base + everything && page < base + size) put(page, offset + page - base);
    offset += size;
  }
  putRamEnd(writer);
  const bytes = writer.position - start;
  return { pages: sent, zero, bytes, milliseconds: millisecondsOf(link, bytes) };
}
